"""What the values of an OSC message mean: numbers, choices by name, words. OSC thread."""

import math

from latentaudio.control.osc_addresses import Refusal
from latentaudio.parameter import Parameter

LONGEST = 256  # characters of a text: names have 64, and tags may stand behind one


def number(value: object, choices: tuple[str, ...] = ()) -> float:
    """A finite number from an int, float, boolean or numeric string; raises Refusal.

    `choices` are what could have stood in its place, for the message.
    """
    try:
        result = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        result = math.nan
    if not math.isfinite(result):
        raise Refusal("wants a finite number" + (f" or one of {', '.join(choices)}" if choices else ""))
    return result


def choice(row: Parameter, value: object) -> float | None:
    """The natural value that a choice's name, in any case, stands for; None where `value` is no such name."""
    word = value.strip().lower() if isinstance(value, str) else ""
    return row.low + row.choices.index(word) if word in row.choices else None


def text(values: list[object]) -> str:
    """A message's values as one text with spaces between, as Pure Data and Max send names of several words.

    Numbers are as one writes them: the preset 12 comes as 12, 12.0 or "12". Raises Refusal.
    """
    words = " ".join(_word(value) for value in values).strip()
    if not words:
        raise Refusal("wants a name")
    if len(words) > LONGEST:
        raise Refusal(f"wants a name of at most {LONGEST} characters")
    return words


def _word(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refusal("wants a name")
    return f"{value:.0f}" if value == int(value) else f"{value:.7g}"  # what a 32-bit float holds


def velocity(value: object) -> float:
    """A velocity 0..1 from a float 0..1 or a MIDI velocity 0..127, which Pure Data sends as a float too."""
    given = number(value)
    is_midi = given > 1.0 or (isinstance(value, int) and not isinstance(value, bool))
    return min(max(given / 127.0 if is_midi else given, 0.0), 1.0)
