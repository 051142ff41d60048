"""Which control a performer has moved, by what a daemon's `/la/monitor` tells of the messages. Pure; any thread."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from mido import Message

from latentaudio.control.binding import Relative
from latentaudio.control.midi_control import NUMBERS, PAIRED, Kind
from latentaudio.control.registered import CHOOSERS, DATA_LOWER, ENTRY, Registered

ENOUGH = 12  # messages of one control: it is turned, and by now shows how

_SMALL = 15  # the most ticks that an encoder sends at once, as far as it is told from a knob
_TURNED = 4  # messages that tell an encoder from a knob, which sends no value twice in a row,
_JUMP = 48  # nor makes such jumps between small numbers and large ones


@dataclass(frozen=True, slots=True)
class Moved:
    """A control and what is known of it; `kind` None is OSC's, which has an address instead."""

    port: str  # of MIDI, or who sent it
    kind: Kind | None = None
    channel: int = 0  # 0..15
    number: int = 0
    address: str = ""
    values: int = 1  # numbers in each OSC message

    def __str__(self) -> str:
        """As people say it: `cc 21 on channel 1 of LPD8`."""
        what = self.address or (f"{self.kind} {self.number}" if self.kind not in ("bend", "pressure") else self.kind)
        return f"{what} of {self.port}" if self.address else f"{what} on channel {self.channel + 1} of {self.port}"


@dataclass(slots=True)
class Heard:
    """All that came since one listens."""

    values: dict[Moved, list[int]] = field(default_factory=lambda: defaultdict(list))  # in the order they came
    _registered: Registered = field(default_factory=Registered)

    def hear(self, origin: str, message: str, effect: str) -> None:
        """Take a line of `/la/monitor`; what is no gesture of a performer is left."""
        source, _, port = origin.partition(":")
        if source == "osc":
            self._hear_osc(port, message)
        elif source == "midi" and "echo" not in effect and (parsed := parse(message)) is not None:
            self._hear_midi(port, parsed)

    def _hear_osc(self, client: str, message: str) -> None:
        address, *values = message.split()
        if not address.startswith("/la/") and address != "/la" and all(map(_is_number, values)):
            moved = Moved(client.rpartition(":")[0], address=address, values=len(values))
            self.values[moved].append(round(float(values[0]) * 127) if values else 127)

    def _hear_midi(self, port: str, message: Message) -> None:
        match message.type:
            case "control_change":
                self._hear_controller(port, message.channel, message.control, message.value)
            case "note_on" if message.velocity:
                self.values[Moved(port, "note", message.channel, message.note)].append(message.velocity)
            case "pitchwheel":
                self.values[Moved(port, "bend", message.channel)].append(message.pitch)
            case "aftertouch":
                self.values[Moved(port, "pressure", message.channel)].append(message.value)
            case "polytouch":
                self.values[Moved(port, "aftertouch", message.channel, message.note)].append(message.value)
            case "program_change":
                self.values[Moved(port, "program", message.channel, message.program)].append(127)

    def _hear_controller(self, port: str, channel: int, controller: int, value: int) -> None:
        """A controller by itself, or a part of a registered parameter that has been chosen before."""
        if controller in CHOOSERS:
            self._registered.choose(port, channel, controller, value)
        elif controller in ENTRY and (chosen := self._registered.chosen(port, channel)):
            moved = Moved(port, chosen.kind, channel, chosen.number)
            self.values[moved].append(value + (controller == DATA_LOWER) * 128)
        elif controller <= NUMBERS["cc"]:
            self.values[Moved(port, "cc", channel, controller)].append(value)

    def most_moved(self, kinds: tuple[Kind | None, ...]) -> Moved | None:
        """The control, of these kinds, that was moved most; the upper one of a pair."""
        of_kind = [moved for moved in self.values if moved.kind in kinds]
        if not of_kind:
            return None
        best = max(of_kind, key=lambda moved: (len(set(self.values[moved])), len(self.values[moved])))
        upper = Moved(best.port, "cc", best.channel, best.number - PAIRED)
        return upper if best.kind == "cc" and upper in self.values and self.is_pair(upper) else best

    def is_pair(self, moved: Moved) -> bool:
        """Whether a control has 14 bits: a controller and the one 32 above it, or both data entries of a parameter."""
        values = self.values[moved]
        if moved.kind in ("nrpn", "rpn"):
            return any(value >= 128 for value in values)
        if moved.kind != "cc" or moved.number >= PAIRED:
            return False
        lower = self.values.get(Moved(moved.port, "cc", moved.channel, moved.number + PAIRED), [])
        return 2 * len(lower) >= len(values) and len(lower) > 1

    def relative(self, moved: Moved) -> Relative | None:
        """How an encoder counts its ticks; None for what says where it stands."""
        values = self.values[moved]
        steps = [abs(one - other) for one, other in pairwise(values)]
        if moved.kind != "cc" or len(values) < _TURNED or (max(steps) < _JUMP and 4 * steps.count(0) < len(values)):
            return None
        up, down = range(1, _SMALL + 1), range(128 - _SMALL, 128)
        above, below = range(65, 65 + _SMALL), range(64 - _SMALL, 64)
        kinds: list[tuple[Relative, set[int]]] = [
            ("twos", {*up, *down}), ("offset", {*above, *below}), ("sign", {*up, *above}),
        ]  # fmt: skip
        return next((kind for kind, fitting in kinds if fitting.issuperset(values)), None)

    def is_button(self, moved: Moved) -> bool:
        """Whether it was pressed and let go again, rather than turned."""
        return set(self.values[moved]) == {0, 127} and self.values[moved][0] == 127


def parse(text: str) -> Message | None:
    """The MIDI message that a line of `monitor` shows: `control_change control 7 value 3 channel 1`."""
    kind, *words = text.split() or [""]
    try:
        values = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        return Message(kind, **values | {"channel": values["channel"] - 1})
    except (ValueError, TypeError, LookupError):
        return None


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False
