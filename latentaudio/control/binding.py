"""What a control moves and how: position in, natural value out. Frozen, used by any input thread."""

from dataclasses import dataclass
from typing import Literal

from latentaudio.parameter import Parameter
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
    toggle: bool = False  # each press is the next of the parameter's choices, and a release is nothing

    def position(self, position: float) -> float:
        """The control's position, 0..1, as a place in the target's range, 0..1."""
        return self.low + self._bent(position) * (self.high - self.low)

    def value(self, position: float) -> float:
        """The parameter's natural value at the control's position."""
        row = PARAMETERS[self.to]
        return self._zone(row, position) if row.integer else row.natural(self.position(position))

    def following(self, value: float) -> float:
        """The whole number after `value` between the binding's ends; after the last comes the first."""
        low, high = sorted(self._ends(PARAMETERS[self.to]))
        return value + 1.0 if low <= value < high else low

    @property
    def is_action(self) -> bool:
        """Whether it presses a button rather than moves a parameter."""
        return self.to in ACTIONS

    def _bent(self, position: float) -> float:
        position = min(max(position, 0.0), 1.0)
        return shape(1.0 - position if self.invert else position, self.curve)

    def _ends(self, row: Parameter) -> tuple[float, float]:
        return row.natural(self.low), row.natural(self.high)

    def _zone(self, row: Parameter, position: float) -> float:
        """Whole numbers share the travel in equal parts; rounding would give the first and last half a part."""
        first, last = self._ends(row)
        count = int(abs(last - first)) + 1
        steps = min(int(self._bent(position) * count), count - 1)
        return first + steps if last >= first else first - steps
