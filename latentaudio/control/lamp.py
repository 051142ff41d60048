"""What a controller shows of a parameter, and the messages that make it: rings, motor faders, pad lights. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from latentaudio.control.binding import Binding
from latentaudio.control.curve import midi_value
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_control import PAIRED, Control, Kind
from latentaudio.control.registered import CHOOSING, DATA, DATA_LOWER
from latentaudio.parameters import PARAMETERS

_STATUS = {"cc": 0xB0, "note": 0x90, "aftertouch": 0xA0, "pressure": 0xD0, "program": 0xC0}


@dataclass(frozen=True, slots=True)
class Lamp:
    """One of them; the same on every port."""

    binding: Binding
    kind: Kind  # of the message that makes it show
    number: int
    channel: int  # 0..15
    is_anywhere: bool  # whether it is on the channel from which its control was heard, if ever
    is_held: bool  # whether it is a hand's: a knob or fader that stands where its value is

    @property
    def bits(self) -> int:
        """Of the value that is sent."""
        return self.binding.bits if self.binding.light and self.binding.light.kind is None else 7

    def value(self, natural: float | None) -> int | None:
        """What is sent for a parameter's natural value; None where there is no such parameter, and no light for it."""
        light, binding = self.binding.light, self.binding
        if binding.is_action:
            return light.on if light else None
        if natural is None or light is None:
            return None
        if light.on is not None:
            return light.on if binding.is_up(natural) else light.off
        return midi_value(binding.travel(natural), self.bits)

    def stands(self, position: float, natural: float | None) -> bool:
        """Whether a control at `position` 0..1 has given just that value, so that nothing need be sent."""
        if natural is None or self.binding.is_button:
            return False
        row = PARAMETERS[self.binding.to]
        made, wanted = row.position(self.binding.value(position)), row.position(natural)
        close = midi_value(position, self.bits) == midi_value(self.binding.travel(natural), self.bits)
        return close or abs(made - wanted) < 1e-5

    def messages(self, channel: int, value: int) -> list[list[int]]:
        """The bytes that show `value`, of 7 or 14 bits."""
        upper, lower = (value >> 7, value & 127) if self.bits == 14 else (value, 0)
        if self.kind == "bend":
            return [[0xE0 | channel, lower, upper]]
        if self.kind in CHOOSING:
            high, low = CHOOSING[self.kind]
            entry = [(high, self.number >> 7), (low, self.number & 127), (DATA, upper), (DATA_LOWER, lower)]
            return [[0xB0 | channel, *each] for each in (entry if self.bits == 14 else entry[:3])]
        if self.kind in ("pressure", "program"):
            return [[_STATUS[self.kind] | channel, upper]]
        first = [_STATUS[self.kind] | channel, self.number, upper]
        return [first, [0xB0 | channel, self.number + PAIRED, lower]] if self.bits == 14 else [first]


def lamps_of(mapping: Mapping) -> Iterator[Lamp]:
    """Everything that a mapping wants shown; of two on one message the first."""
    found: dict[tuple[Kind, int, int | None], tuple[Control, Binding]] = {}
    for control, bindings in mapping.controls.items():
        for binding in bindings:
            if light := binding.light:
                kind, number = (light.kind, light.number) if light.kind else (control.kind, control.number)
                found.setdefault((kind, number, light.channel), (control, binding))
    for (kind, number, channel), (control, binding) in found.items():
        own = (kind, number) == (control.kind, control.number)
        is_held = own and channel in (None, control.channel) and not (binding.is_button or binding.relative)
        yield Lamp(binding, kind, number, control.channel if channel is None else channel, channel is None, is_held)
