"""What a file made by hand may say: numbers, rows of them, tables; each check names the place. Any thread."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import PresetError
from latentaudio.parameter import Parameter

FARTHEST = 100.0  # of any number in a row: far beyond every sound, near enough to be computed with
NUMBERS = {int, float, bool, str}  # what files hold of them; the text is looked at when it is read


def table(value: object, place: str) -> dict[str, Any]:
    """Keys and values; None is an empty table. Raises PresetError."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise PresetError(f"{place}: expected names and values, got {shown(value)}")
    return value


def rows(value: object, most: int, count: int, place: str) -> list[NDArray[np.float32]]:
    """Up to `most` rows of `count` numbers; None is none. Raises PresetError."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise PresetError(f"{place}: expected at most {most} rows of numbers, got {shown(value)}")
    return [row(each, count, f"{place}: row {number}") for number, each in enumerate(value, 1)]


def row(value: object, count: int | None, place: str, farthest: float = FARTHEST) -> NDArray[np.float32]:
    """Numbers [count], a list or a text of them with spaces between, brought within ±`farthest`.

    `count` None takes any number of them. Raises PresetError.
    """
    items = value.split() if isinstance(value, str) else value
    # The kinds are looked at first: numpy would follow a list that contains itself.
    if not isinstance(items, list) or not NUMBERS.issuperset(map(type, items)):
        raise PresetError(f"{place}: expected numbers, got {shown(value)}")
    if count is not None and len(items) != count:
        raise PresetError(f"{place}: {len(items)} numbers where {count} are expected")
    try:
        numbers = np.array(list(map(float, items)))
    except (ValueError, OverflowError) as error:
        raise PresetError(f"{place}: something here is not a number") from error
    if not np.isfinite(numbers).all():
        raise PresetError(f"{place}: something here is not a finite number")
    near: NDArray[np.float32] = np.clip(numbers, -farthest, farthest).astype(np.float32)
    return near


def value_of(parameter: Parameter, value: object, problems: list[str], place: str) -> float:
    """The natural value that `value`, a number or one of the parameter's choices, means.

    What is out of range is clipped and what is no value is the default; either is a sentence in `problems`.
    """
    if isinstance(value, str) and value in parameter.choices:
        return parameter.low + parameter.choices.index(value)
    number = float(value) if isinstance(value, int | float) and abs(value) < 1e300 else math.nan
    if math.isnan(number):
        expected = f"one of {', '.join(parameter.choices)}" if parameter.choices else "a number"
        default = written(parameter, parameter.default)
        problems.append(f"{place}: expected {expected}, got {shown(value)}; {default} is taken")
        return parameter.default
    clipped = parameter.clip(number)
    if not parameter.low <= number <= parameter.high:
        problems.append(f"{place}: {number:g} is outside {parameter.low:g} to {parameter.high:g}; {clipped:g} is taken")
    return clipped


def written(parameter: Parameter, value: float) -> float | str:
    """A natural value as files have it: a choice by its name, a whole number without a fraction."""
    if parameter.choices:
        return parameter.choices[int(value - parameter.low)]
    return int(value) if parameter.integer else value


def name_of(value: object, place: str, longest: int = 64) -> str:
    """A text of 1 to `longest` characters that can be printed. Raises PresetError."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise PresetError(f"{place}: expected a name of at most {longest} characters, got {shown(value)}")
    return value


def shown(value: object) -> str:
    """A value as a message shows it: a hostile one must not fill the screen."""
    if isinstance(value, dict | list | set | tuple):
        return f"{'a table' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value) if not isinstance(value, int) or abs(value) < 1e30 else "a huge number"
    return text if len(text) <= 40 else text[:37] + "..."
