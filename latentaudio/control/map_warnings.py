"""What a mapping's writer may not have meant, though it is sound: a sentence for each, with file and line. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from latentaudio.control.binding import Binding
from latentaudio.control.layer import Layer
from latentaudio.control.layer_midi import Key
from latentaudio.control.midi_control import PAIRED, Control

Channels = tuple[int, ...]  # 0..15
Pairs = Sequence[tuple[Path, Layer]]


@dataclass(frozen=True, slots=True)
class Bound:
    """A MIDI binding and where it stands."""

    place: int  # of its file
    file: str
    line: int
    key: Key
    binding: Binding

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def control(self) -> str:
        _, kind, number = self.key
        name = kind if kind in ("bend", "pressure") else f"{kind} {number}"
        return f"{name}+{number + PAIRED}" if kind == "cc" and self.binding.bits == 14 else name

    def channels(self, default: Channels) -> Channels:
        return default if self.key[0] is None else self.key[0]

    def meets(self, other: "Bound", default: Channels) -> bool:
        """Whether one message may move both."""
        return self.key[1:] == other.key[1:] and bool({*self.channels(default)} & {*other.channels(default)})


def warnings(files: Sequence[Path], layers: Sequence[Layer], bound: Sequence[Bound], default: Channels) -> list[str]:
    """All there are of sound files, one lying over the other; controls without a channel listen to `default`."""
    pairs = list(zip(files, layers, strict=True))
    return [*_empty(pairs), *_shadowed(pairs), *_doubled(bound, default), *_loops(bound, default)]


def _empty(pairs: Pairs) -> Iterator[str]:
    for path, layer in pairs:
        if not (layer.note_pads or layer.controls or layer.addresses):
            yield f"{path.name}:1: binds nothing"


def _shadowed(pairs: Pairs) -> Iterator[str]:
    """Pads that a later file makes buttons of."""
    for (earlier, one), (later, other) in combinations(pairs, 2):
        pressed = {number for _, kind, number in other.controls if kind == "note"}
        if lost := sorted(pressed & one.note_pads.keys()):
            notes = ", ".join(map(str, lost))
            yield f"{earlier.name}:1: {later.name} makes buttons of notes that play pads here: {notes}"


def _doubled(bound: Sequence[Bound], default: Channels) -> Iterator[str]:
    """One control that moves two things, and one that is the lower half of another."""
    for one, other in combinations(bound, 2):
        if one.place != other.place:
            continue
        if one.meets(other, default):
            yield f"{other.where}: {other.control} moves {one.binding.to} as well (line {one.line})"
        for wide, low in ((one, other), (other, one)):
            _, kind, number = wide.key
            if kind == "cc" and wide.binding.bits == 14 and low.key[1:] == ("cc", number + PAIRED):
                yield f"{low.where}: {low.control} is the lower half of cc {number} (line {wide.line})"


def _loops(bound: Sequence[Bound], default: Channels) -> Iterator[str]:
    """What shows one value by the message that moves another: a controller that sends it back moves both for ever."""
    for one in bound:
        if one.binding.light is None or one.binding.is_action:
            continue
        shown = {_shown_by(one, channel) for channel in one.channels(default)}
        for other in bound:
            moved = {Control(other.key[1], channel, other.key[2]) for channel in other.channels(default)}
            if other.binding.to != one.binding.to and shown & moved:
                yield (f"{one.where}: {one.binding.to} is shown by {other.control}, which moves {other.binding.to} "
                       f"({other.where}): a controller that sends back what it is told would move both")  # fmt: skip


def _shown_by(bound: Bound, channel: int) -> Control:
    light, (_, kind, number) = bound.binding.light, bound.key
    assert light is not None
    return Control(light.kind or kind, channel if light.channel is None else light.channel,
                   light.number if light.kind else number)  # fmt: skip
