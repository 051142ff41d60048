"""What a control moves and how: position in, natural value out. Frozen, used by any input thread."""

from dataclasses import dataclass
from typing import Literal

from latentaudio.parameters import ACTIONS, PARAMETERS

Curve = Literal["linear", "exponential", "s"]
CURVES: tuple[Curve, ...] = ("linear", "exponential", "s")

_STEEPNESS = 64.0  # exponential: the last sixth of a knob's way covers half the range (36 dB over the way)


def shape(position: float, curve: Curve) -> float:
    """Bend `position` 0..1 by `curve`; 0 and 1 stay where they are."""
    if curve == "s":
        return position * position * (3.0 - 2.0 * position)
    if curve == "exponential":
        return float((_STEEPNESS**position - 1.0) / (_STEEPNESS - 1.0))
    return position


def midi_position(value: int) -> float:
    """Where a 7-bit controller value stands in 0..1: 0 is 0, 64 is the exact middle, 127 is 1.

    The MIDI specification calls 64 the centre; value/127 would put a centred pan 0.4 % off.
    """
    return value / 128.0 if value <= 64 else 0.5 + (value - 64) / 126.0


@dataclass(frozen=True, slots=True)
class Binding:
    """A control's way to one parameter or action; positions are 0..1 of the control's travel."""

    to: str
    low: float = 0.0  # where the travel starts in the parameter's range, 0..1
    high: float = 1.0  # where it ends; below `low` the control runs backwards
    curve: Curve = "linear"
    invert: bool = False

    def position(self, position: float) -> float:
        """The control's position, 0..1, as a place in the target's range, 0..1."""
        position = min(max(position, 0.0), 1.0)
        bent = shape(1.0 - position if self.invert else position, self.curve)
        return self.low + bent * (self.high - self.low)

    def value(self, position: float) -> float:
        """The parameter's natural value at the control's position."""
        return PARAMETERS[self.to].natural(self.position(position))

    @property
    def is_action(self) -> bool:
        """Whether it presses a button rather than moves a parameter."""
        return self.to in ACTIONS
