"""What a control moves and how: position in, natural value out. Frozen, used by any input thread."""

from dataclasses import dataclass
from typing import Literal

from latentaudio.control.curve import Curve, deaden, enliven, shape, unshape
from latentaudio.control.midi_control import Kind
from latentaudio.parameter import Parameter
from latentaudio.parameters import ACTIONS, PARAMETERS

Pickup = Literal["jump", "pickup", "scale", "relative"]
PICKUPS: tuple[Pickup, ...] = ("jump", "pickup", "scale", "relative")
Relative = Literal["twos", "offset", "sign"]
RELATIVES: tuple[Relative, ...] = ("twos", "offset", "sign")

DEAD = 0.4  # the largest dead zone: a fifth of the travel is left to move in

_TICKS = 128  # of an encoder over the whole of its range, where no `step` says how far one goes


@dataclass(frozen=True, slots=True)
class Light:
    """How a controller shows a value: by the message that moves it, but for what is said here."""

    kind: Kind | None = None
    number: int = 0
    channel: int | None = None  # 0..15
    on: int | None = None  # sent while the value is above its lowest; None: the value itself is sent
    off: int = 0


@dataclass(frozen=True, slots=True)
class Binding:
    """A control's way to one parameter or action; positions are 0..1 of the control's travel."""

    to: str
    low: float = 0.0  # where the travel starts in the parameter's range, 0..1
    high: float = 1.0  # where it ends; below `low` the control runs backwards
    curve: Curve = "linear"
    invert: bool = False
    toggle: bool = False  # each press is the next of the parameter's choices, and a release is nothing
    momentary: bool = False  # the parameter is at `high` while it is held, else at `low`
    step: float = 0.0  # natural: values are whole steps from the range's lower end; an encoder's tick is one
    dead: float = 0.0  # share of the travel that counts as its middle, and half as much at each end: 0..DEAD
    pickup: Pickup = "jump"
    relative: Relative | None = None
    bits: int = 7  # of its values; 14 are two messages
    light: Light | None = None  # None: the control is not told of changes

    def position(self, position: float) -> float:
        """The control's position, 0..1, as a place in the target's range, 0..1."""
        return self.low + self._bent(position) * (self.high - self.low)

    def value(self, position: float) -> float:
        """The parameter's natural value at the control's position."""
        row = PARAMETERS[self.to]
        if row.integer:
            return self._zone(row, position)
        return self.stepped(row.natural(self.position(position)))

    def travel(self, value: float) -> float:
        """Where a control would stand, 0..1, that has given the parameter this natural value; the nearest it can."""
        row = PARAMETERS[self.to]
        low, high = self._ends(row) if row.integer else (self.low, self.high)
        place = value if row.integer else row.position(value)
        share = min(max((place - low) / (high - low), 0.0), 1.0) if high != low else 0.0
        bent = unshape(share, self.curve)
        return enliven(1.0 - bent if self.invert else bent, self.dead)

    def moved(self, value: float, ticks: int) -> float:
        """The natural value that so many ticks of an encoder make of `value`; it stops at the binding's ends."""
        row = PARAMETERS[self.to]
        low, high = self._ends(row)
        signed = -ticks if self.invert != (high < low) else ticks
        if self.step or row.integer:
            moved = value + signed * (self.step or 1.0)
        else:
            moved = row.natural(row.position(value) + signed * abs(self.high - self.low) / _TICKS)
        return min(max(moved, min(low, high)), max(low, high))

    def stepped(self, value: float) -> float:
        """The nearest natural value that is a whole number of steps from the range's lower end."""
        if not self.step:
            return value
        low, high = sorted(self._ends(PARAMETERS[self.to]))
        return min(max(low + round((value - low) / self.step) * self.step, low), high)

    def following(self, value: float) -> float:
        """The whole number after `value` between the binding's ends; after the last comes the first."""
        low, high = sorted(self._ends(PARAMETERS[self.to]))
        return value + 1.0 if low <= value < high else low

    def is_up(self, value: float) -> bool:
        """Whether a natural value is above the lowest that the binding gives."""
        return value > min(self._ends(PARAMETERS[self.to])) + 1e-9

    @property
    def is_action(self) -> bool:
        """Whether it presses a button rather than moves a parameter."""
        return self.to in ACTIONS

    @property
    def is_button(self) -> bool:
        """Whether presses count, and not how far a control stands."""
        return self.is_action or self.toggle or self.momentary

    def _bent(self, position: float) -> float:
        position = min(max(position, 0.0), 1.0)
        if self.dead:
            position = deaden(position, self.dead)
        return shape(1.0 - position if self.invert else position, self.curve)

    def _ends(self, row: Parameter) -> tuple[float, float]:
        return row.natural(self.low), row.natural(self.high)

    def _zone(self, row: Parameter, position: float) -> float:
        """Whole numbers share the travel in equal parts; rounding would give the first and last half a part."""
        first, last = self._ends(row)
        count = int(abs(last - first)) + 1
        steps = min(int(self._bent(position) * count), count - 1)
        value = first + steps if last >= first else first - steps
        return self.stepped(value)
