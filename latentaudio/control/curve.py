"""How a control's travel bends on its way to a value, and back again for what shows it. Pure; any thread."""

import math
from itertools import pairwise
from typing import Literal

Named = Literal["linear", "exponential", "s"]
Curve = Named | tuple[float, ...]  # a name, or a table: heights 0..1 at even steps of the travel, straight between them
CURVES: tuple[Named, ...] = ("linear", "exponential", "s")
TABLE = (2, 128)  # heights of a table, at least and at most

_STEEPNESS = 64.0  # exponential: the last sixth of a knob's way covers half the range (36 dB over the way)


def shape(position: float, curve: Curve) -> float:
    """Bend `position` 0..1 by `curve`; the named ones leave 0 and 1 where they are."""
    if curve == "linear":
        return position
    if curve == "s":
        return position * position * (3.0 - 2.0 * position)
    if curve == "exponential":
        return float((_STEEPNESS**position - 1.0) / (_STEEPNESS - 1.0))
    place = position * (len(curve) - 1)
    step = min(int(place), len(curve) - 2)
    return curve[step] + (place - step) * (curve[step + 1] - curve[step])


def unshape(height: float, curve: Curve) -> float:
    """The position 0..1 that `shape` takes to `height` 0..1: the first of several, the nearest where there is none."""
    if curve == "linear":
        return height
    if curve == "s":  # the cubic's root in 0..1, by its sine
        return 0.5 - math.sin(math.asin(1.0 - 2.0 * height) / 3.0)
    if curve == "exponential":
        return math.log(1.0 + height * (_STEEPNESS - 1.0)) / math.log(_STEEPNESS)
    last = len(curve) - 1
    for step, (low, high) in enumerate(pairwise(curve)):
        if min(low, high) <= height <= max(low, high):
            return (step + ((height - low) / (high - low) if high != low else 0.0)) / last
    return min(range(last + 1), key=lambda place: abs(curve[place] - height)) / last


def deaden(position: float, dead: float) -> float:
    """Where `position` 0..1 counts as being: `dead` is the share of the travel that counts as the exact middle, and
    half as much at each end as the end.
    """
    side = math.copysign(1.0, position - 0.5)
    away = (abs(position - 0.5) - dead / 2) / (0.5 - dead)
    return 0.5 + side * 0.5 * min(max(away, 0.0), 1.0)


def enliven(position: float, dead: float) -> float:
    """A position that `deaden` takes to `position` 0..1; ends and middle stay where they are."""
    if position in (0.0, 0.5, 1.0):
        return position
    return 0.5 + math.copysign(dead / 2, position - 0.5) + (position - 0.5) * 2.0 * (0.5 - dead)


def midi_position(value: int, bits: int = 7) -> float:
    """Where a controller value of 7 or 14 bits stands in 0..1: 0 is 0, 64 (8192) is the exact middle, the last is 1.

    The MIDI specification calls 64 the centre; value/127 would put a centred pan 0.4 % off.
    """
    middle = 1 << (bits - 1)
    return value / (2 * middle) if value <= middle else 0.5 + (value - middle) / (2 * (middle - 1))


def midi_value(position: float, bits: int = 7) -> int:
    """The controller value that stands nearest to `position` 0..1."""
    middle = 1 << (bits - 1)
    return round(position * 2 * middle) if position <= 0.5 else middle + round((position - 0.5) * 2 * (middle - 1))
