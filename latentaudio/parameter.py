"""What a row of the table is: a quantity, or something a button does."""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Parameter:
    """One quantity: its natural range, default, unit and how 0..1 spreads over the range."""

    name: str
    low: float
    high: float
    default: float
    doc: str
    unit: str = ""  # db, st, s, hz, n (a number) or none: also the last part of its natural OSC address
    curve: Literal["linear", "exponential"] = "linear"
    integer: bool = False
    choices: tuple[str, ...] = ()  # names of the integers from `low` on, which OSC takes as well
    kept: bool = True  # by presets; sessions keep everything

    def clip(self, value: float) -> float:
        """The nearest value that the parameter can have."""
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.integer else value

    def natural(self, position: float) -> float:
        """The value at `position` 0..1 of the range."""
        position = min(max(position, 0.0), 1.0)
        if self.curve == "exponential":
            return self.clip(self.low * (self.high / self.low) ** position)
        return self.clip(self.low + position * (self.high - self.low))

    def position(self, value: float) -> float:
        """Where `value` lies in the range, 0..1: the inverse of `natural`."""
        value = self.clip(value)
        if self.curve == "exponential":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a button does: it acts on no argument or on a value of at least 0.5."""

    name: str
    doc: str
