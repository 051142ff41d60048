"""What a mapping file says of one control: where it leads, and how it gets there. Read on the starting thread."""

from typing import cast

from latentaudio.control.binding import CURVES, Binding, Curve
from latentaudio.control.entry import Entry
from latentaudio.errors import suggest
from latentaudio.parameters import ACTIONS, PARAMETERS


def target_of(entry: Entry, table: dict[str, Entry]) -> Entry:
    """What a binding leads to. Raises MappingError where it says nothing of it."""
    if "to" not in table:
        raise entry.error("a binding needs 'to': the parameter or action that it moves")
    return table["to"]


def read_binding(target: Entry, table: dict[str, Entry]) -> Binding:
    """A binding to one target, as its table says. Raises MappingError."""
    name = target.text()
    if name not in PARAMETERS and name not in ACTIONS:
        raise target.error(f"no parameter '{name[:80]}'{suggest(name[:80], [*PARAMETERS, *ACTIONS])}")
    low, high = _range(name, table["range"]) if "range" in table else (0.0, 1.0)
    curve = cast(Curve, table["curve"].choice(CURVES)) if "curve" in table else "linear"
    invert = table["invert"].boolean() if "invert" in table else False
    toggle = table["toggle"].boolean() if "toggle" in table else False
    if toggle and not (name in PARAMETERS and PARAMETERS[name].choices):
        raise table["toggle"].error(f"'{name}' has no choices to toggle through")
    return Binding(name, low, high, curve, invert, toggle)


def _range(name: str, entry: Entry) -> tuple[float, float]:
    """Ends in the parameter's natural unit, as places in its range; the first may be the higher."""
    if name not in PARAMETERS:
        raise entry.error(f"'{name}' is an action and has no range")
    row, ends = PARAMETERS[name], [end.number() for end in entry.items()]
    if len(ends) != 2 or not all(row.low <= end <= row.high for end in ends):
        unit = f" {row.unit}" if row.unit else ""
        raise entry.error(f"range must be two numbers in {row.low:g}..{row.high:g}{unit}, as in [low, high]")
    return row.position(ends[0]), row.position(ends[1])
