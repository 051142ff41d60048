"""The 16 pads as the note path sees them: one reference, swapped whole by the state thread, read by any other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Protocol

from latentaudio.engine.commands import Sound, Strike
from latentaudio.events import Hit
from latentaudio.parameters import DECAY_AS_RENDERED, PAD_SETTINGS, PADS
from latentaudio.units import gain_from_db, pan_gains, ratio_from_semitones


class Port(Protocol):
    """A thread's own way to the audio thread; `engine.CommandPort` is one."""

    def play(self, strike: Strike, gain: float, arrival_ns: int, at_ns: int = 0) -> bool:
        """Start a sound."""

    def silence(self) -> bool:
        """Fade everything that sounds."""

    def master(self, gain: float) -> bool:
        """Move the master gain."""


@dataclass(frozen=True, slots=True)
class Pad:
    """A pad that can be played: its strikes, and how much velocity moves its level.

    `strikes[turn][layer]`: each hit takes the next turn (round robin); layer 0 is the loudest. Raises ValueError
    where there is no turn, or a turn without a layer.
    """

    strikes: tuple[tuple[Strike, ...], ...]
    velocity: float  # 0..1
    _turns: Iterator[tuple[Strike, ...]] = field(init=False, repr=False, compare=False)
    _only: Strike | None = field(init=False, repr=False, compare=False)  # of a pad that has no choice

    def __post_init__(self) -> None:
        if not (self.strikes and all(self.strikes)):
            raise ValueError("a pad needs a turn, and each turn a layer")
        object.__setattr__(self, "_turns", cycle(self.strikes))
        object.__setattr__(
            self, "_only", self.strikes[0][0] if len(self.strikes) == len(self.strikes[0]) == 1 else None
        )

    def strike(self, velocity: float) -> Strike:
        """What a hit at `velocity`, above 0 and at most 1, plays; the next turn's. Any thread."""
        if self._only is not None:
            return self._only
        layers = next(self._turns)  # one step of the interpreter: two threads never get the same turn
        count = len(layers)
        layer = int((1.0 - velocity) * count)
        return layers[layer if layer < count else -1]

    def gain(self, velocity: float) -> float:
        """Linear gain of a hit: the square of the velocity, as General MIDI has it (40 log v dB)."""
        return 1.0 + self.velocity * (velocity * velocity - 1.0)


class Kit:
    """What a hit needs to know, and nothing that it would have to wait for."""

    def __init__(self) -> None:
        """No pad has a sound yet; the first has the focus."""
        self.pads: tuple[Pad | None, ...] = (None,) * PADS
        self.focus = 1  # 1..16
        self.offset_ns = 0  # constant time from a hit's arrival to its sound; 0: the next block's start

    def focused(self) -> int:
        """The focused pad, 1..16. Any thread."""
        return self.focus

    def hits(self, port: Port) -> Hit:
        """The note path for the one thread that has `port`."""

        def hit(pad: int, velocity: float, arrival_ns: int, at_ns: int) -> bool:
            ready = self.pads[pad - 1]
            if ready is None:
                return False
            if not at_ns and self.offset_ns:
                at_ns = arrival_ns + self.offset_ns
            return port.play(ready.strike(velocity), ready.gain(velocity), arrival_ns, at_ns)

        return hit

    def replace(self, index: int, pad: Pad) -> None:
        """Swap one pad (index from 0) in a single step. The state thread."""
        self.pads = (*self.pads[:index], pad, *self.pads[index + 1 :])


def strike_of(sound: Sound, pad: int, settings: Mapping[str, float] = PAD_SETTINGS) -> Strike:
    """How `pad` plays `sound` with `settings`, natural values by name; by default with every pad's defaults."""
    level = gain_from_db(settings["level"])
    left, right = pan_gains(settings["pan"])
    decay = settings["decay"]
    return Strike(
        sound,
        left=level * left,
        right=level * right,
        step=ratio_from_semitones(settings["tune"]),
        decay=0.0 if decay >= DECAY_AS_RENDERED else decay,
        choke=int(settings["choke"]),
        pair=int(settings["output"]) - 1,
        pad=pad,
    )
