"""What a surface is made of: widgets on pages, each with the addresses it speaks to. Frozen, without a thread."""

from dataclasses import dataclass, replace
from typing import Literal

from latentaudio.parameter import Parameter
from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS, address

Kind = Literal["fader", "xy", "dots", "button", "toggle", "choice", "label", "text", "tabs"]

SHADES = ("14121c", "2a2735", "f4f1fa")  # rrggbb: of the ground, of what stands on it, of letters


@dataclass(frozen=True, slots=True)
class Box:
    """A place in units from the top left corner of its page."""

    x: int = 0
    y: int = 0
    w: int = 0
    h: int = 0


@dataclass(frozen=True, slots=True)
class Widget:
    """One thing to touch or to read.

    fader, xy: send a number for each of `to`. dots: drawn below an xy, at the same place. button: sends 1 when pressed,
    and may send 0 when let go. toggle: 0 or 1. choice: the number of one of `choices`, counted from `span[0]`. text:
    what is typed, as a string. label: shows what comes at `reports`. tabs: one of `pages`, and where it has an address,
    the number of the page, counted from `span[0]`.
    """

    kind: Kind
    label: str = ""
    to: tuple[str, ...] = ()  # parameters, or an action, or an order
    address: str = ""  # where it sends; a label sends nothing
    reports: str = ""  # where changes come back in the same numbers; "" where none do
    natural: str = ""  # where changes come back in the parameter's unit, for a number to read; "" where none do
    span: tuple[float, float] = (0.0, 1.0)  # what is sent at either end
    start: tuple[float, ...] = ()  # what it shows, in the same numbers, before anything has come
    steps: int = 0  # different values; 0: any
    choices: tuple[str, ...] = ()
    colour: str = ""  # rrggbb
    box: Box = Box()
    pages: tuple["Page", ...] = ()  # of tabs


@dataclass(frozen=True, slots=True)
class Page:
    """Widgets that are seen together."""

    title: str
    widgets: tuple[Widget, ...]


def control(name: str, label: str = "") -> Widget:
    """The widget that suits a parameter, action or order of the table."""
    label = label or name.rpartition(".")[2]
    if name in ACTIONS:
        reports = address(name) if name.endswith("trigger") else ""  # hits alone are told
        return Widget("button", label, (name,), address(name), reports)
    if name in ORDERS:
        return Widget("text", label, (name,), address(name))
    row = PARAMETERS[name]
    if row.choices == ("off", "on"):
        return Widget("toggle", label, (name,), address(name), address(name), steps=2, start=(row.default,))
    return _choice(row, label, row.choices) if row.choices else _fader(row, label)


def _fader(row: Parameter, label: str) -> Widget:
    here, steps = address(row.name), int(row.high - row.low) + 1 if row.integer else 0
    natural = f"{here}/{row.unit}" if row.unit else ""
    start = (row.position(row.default),)
    return Widget("fader", label, (row.name,), here, here, natural, steps=steps, start=start)


def _choice(row: Parameter, label: str, choices: tuple[str, ...]) -> Widget:
    here = f"{address(row.name)}/{row.unit}"
    return Widget("choice", label, (row.name,), here, here, span=(row.low, row.high), steps=len(choices),
                  start=(row.default,), choices=choices)  # fmt: skip


def numbers(name: str, label: str = "") -> Widget:
    """A whole-number parameter as a choice of its numbers."""
    row = PARAMETERS[name]
    choices = tuple(map(str, range(int(row.low), int(row.high) + 1)))
    return _choice(row, label or name.rpartition(".")[2], choices)


def place() -> Widget:
    """Both coordinates of the map under one finger: two numbers, x before y; y counts upwards."""
    here = address("map.xy")
    return Widget("xy", "map", ("map.x", "map.y"), here, here, start=(0.5, 0.5))


def shown(reports: str, label: str) -> Widget:
    """What the instrument says at an address."""
    return Widget("label", label, reports=reports)


def tabs(pages: tuple[Page, ...], name: str = "") -> Widget:
    """Pages within a page; where they have a parameter's `name`, its number is the page's."""
    if not name:
        return Widget("tabs", pages=pages)
    return replace(numbers(name), kind="tabs", pages=pages)
