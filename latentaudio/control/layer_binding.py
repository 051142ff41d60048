"""What a mapping file says of one control: where it leads, and how it gets there. Read on the starting thread.

A binding is a table. One key says which control (the first group; OSC has `address` instead), `to` where it leads:

    cc: 74                   controller 0..119
    cc: 1, bits: 14          controllers 1 and 33 together, the upper half first; 0..31
    nrpn: 300, bits: 14      parameter 0..16382, by CC 99, 98, 6 and 38; 7 bits where nothing is said; 96 and 97 step it
    rpn: 2                   likewise, by CC 101 and 100
    bend: true               pitch bend, 14 bits; 0.5 of the travel is its rest
    pressure: true           channel aftertouch
    aftertouch: 40           polyphonic aftertouch of a note; that note's chokes no pad
    note: 52                 a key as a button: an action, `toggle` or `momentary`; it plays no pad
    program: 5               a program change 0..127 as a button that is never released

    to: map.x                a parameter, or an action such as draw or pad.3.trigger
    channel: 10              1..16 or all; else the file's
    range: [-20, 0]          where the travel begins and ends, in the parameter's unit; may run downwards
    curve: s                 linear, exponential, s, or a table of 2..128 heights 0..1: [0, 0.1, 0.5, 1]
    invert: true             the other way round
    step: 0.5                in the parameter's unit: only whole steps from the range's lower end
    dead: 0.05               share of the travel, 0..0.4: so much around the middle is the middle, half as much at
                             each end is the end
    toggle: true             each press is the next of the parameter's choices
    momentary: true          the range's end while it is held, the range's beginning when it is let go
    pickup: pickup           jump: at once, wherever it stands; pickup: nothing until it passes the value; scale: moves
                             by a share of the way that is left, relative: by as much as it is turned. Of knobs alone;
                             `midi: pickup:` says it for all of a file that say nothing, which are else jump
    relative: twos           an encoder: twos (1, 2 … up; 127, 126 … down), offset (65 … up; 63 … down) or sign
                             (1 … up; 65 … down). A tick is `step`, else 1/128 of the range, or 1 of a whole number.
                             To an action: each turn up is a press; with `invert`, each turn down
    feedback: true           the controller is told of changes by the message that it sends (LED rings, motor faders)
    feedback: {note: 52, channel: 1, on: 60, off: 12}
                             by another: `note` or `cc`, on a channel of its own; `on` while the value is above its
                             lowest, else `off` (0), and without `on` the value. An action is lit by `on` throughout.
                             `midi: feedback: true` says it for all of a file that can be shown and say nothing

OSC's bindings have range, curve, invert, step and dead.
"""

from typing import cast

from latentaudio.control.binding import DEAD, Binding
from latentaudio.control.curve import CURVES, TABLE, Curve
from latentaudio.control.entry import Entry
from latentaudio.errors import suggest
from latentaudio.parameters import ACTIONS, PARAMETERS

KEYS = ("to", "range", "curve", "invert", "step", "dead")  # that MIDI's and OSC's bindings share


def target_of(entry: Entry, table: dict[str, Entry]) -> Entry:
    """What a binding leads to. Raises MappingError where it says nothing of it."""
    if "to" not in table:
        raise entry.error("a binding needs 'to': the parameter or action that it moves")
    return table["to"]


def read_binding(target: Entry, table: dict[str, Entry]) -> Binding:
    """A binding to one target, as the shared keys of its table say. Raises MappingError."""
    name = target.text()
    if name not in PARAMETERS and name not in ACTIONS:
        raise target.error(f"no parameter '{name[:80]}'{suggest(name[:80], [*PARAMETERS, *ACTIONS])}")
    low, high = _range(name, table["range"]) if "range" in table else (0.0, 1.0)
    return Binding(
        name, low, high,
        curve=_curve(table["curve"]) if "curve" in table else "linear",
        invert=table["invert"].boolean() if "invert" in table else False,
        step=_step(name, table["step"]) if "step" in table else 0.0,
        dead=_between(table["dead"], 0.0, DEAD, "dead") if "dead" in table else 0.0,
    )  # fmt: skip


def _range(name: str, entry: Entry) -> tuple[float, float]:
    """Ends in the parameter's natural unit, as places in its range; the first may be the higher."""
    if name not in PARAMETERS:
        raise entry.error(f"'{name}' is an action and has no range")
    row, ends = PARAMETERS[name], [end.number() for end in entry.items()]
    if len(ends) != 2 or not all(row.low <= end <= row.high for end in ends):
        unit = f" {row.unit}" if row.unit else ""
        raise entry.error(f"range must be two numbers in {row.low:g}..{row.high:g}{unit}, as in [low, high]")
    return row.position(ends[0]), row.position(ends[1])


def _curve(entry: Entry) -> Curve:
    if not isinstance(entry.value, tuple):
        return cast(Curve, entry.choice(CURVES))
    if not TABLE[0] <= len(entry.value) <= TABLE[1]:
        raise entry.error(f"a curve's table has {TABLE[0]} to {TABLE[1]} heights, got {len(entry.value)}")
    return tuple(_between(height, 0.0, 1.0, "a height") for height in entry.items())


def _step(name: str, entry: Entry) -> float:
    if name not in PARAMETERS:
        raise entry.error(f"'{name}' is an action and has no steps")
    row = PARAMETERS[name]
    step = _between(entry, 0.0, row.high - row.low, "step")
    if step <= 0.0:
        raise entry.error("step must be above 0")
    return step


def _between(entry: Entry, low: float, high: float, what: str) -> float:
    number = entry.number()
    if not low <= number <= high:
        raise entry.error(f"{what} must be a number in {low:g}..{high:g}, got {number:g}")
    return number
