"""Max's own widgets: what a hand moves, the letters on it, and the messages of both ways. Offline."""

from typing import Any

from latentaudio.parameter import Parameter
from latentaudio.parameters import PARAMETERS
from latentaudio.surface.max_patcher import Patcher, Rect, rgba
from latentaudio.surface.widget import SHADES, Box, Widget

UNIT = 10  # points
GAP = 4  # points left free on each side
GROUND, PANEL, INK = SHADES
CAPTION = 18.0  # points, the height of a line of letters
TALL = 40.0  # points at most, of what has a line of letters on it
FINE = 1000  # steps of the map each way: a pictslider knows whole numbers alone
WHOLE = 256  # values that a whole-number parameter of Live has at most
BENT = 3.0  # the exponent that bends a live.slider's way most like a parameter that grows by factors
UNIT_STYLES = {"db": 4, "hz": 3, "st": 7}  # of live.*; whole numbers 0, all others 1


def rect_of(box: Box, top: float) -> Rect:
    """A box in points, GAP smaller on each side, `top` points from the top of the patcher."""
    return (box.x * UNIT + GAP, box.y * UNIT + GAP + top, box.w * UNIT - 2 * GAP, box.h * UNIT - 2 * GAP)


def put(patcher: Patcher, widget: Widget, rect: Rect) -> None:
    """A widget and its wires."""
    match widget.kind:
        case "fader":
            upright = rect[3] > rect[2]
            height = rect[3] if upright else min(rect[3], TALL)
            fader(patcher, widget, "live.slider", (*rect[:3], height), hidden=True, orientation=int(not upright))
        case "xy":
            xy(patcher, widget, rect)
        case "choice":
            _choice(patcher, widget, rect)
        case "text":
            _text(patcher, widget, rect)
        case "label":
            _label(patcher, widget, rect)
        case _:
            _button(patcher, widget, rect)


def letters(patcher: Patcher, rect: Rect, text: str) -> str:
    """A line of letters."""
    return patcher.add("comment", text, rect, textcolor=rgba(INK), fontsize=11.0)


def says(patcher: Patcher, source: str, address: str) -> None:
    """Send what a box says to an address."""
    patcher.wire(source, patcher.add("prepend", address), patcher.out())


def fader(patcher: Patcher, widget: Widget, kind: str, rect: Rect, *, hidden: bool, **attributes: Any) -> None:
    """A live.slider or live.dial in the parameter's unit where it has one, else 0..1; `hidden` as in `live`."""
    exact = bool(widget.natural) and widget.address == widget.reports
    row = PARAMETERS[widget.to[0]]
    span = _span(row) if exact else {"parameter_type": 0, "parameter_mmin": 0.0, "parameter_mmax": 1.0,
                                     "parameter_unitstyle": 1}  # fmt: skip
    box = patcher.add(kind, seen=rect, **live(widget, hidden=hidden, **span), **attributes, textcolor=rgba(INK))
    says(patcher, box, widget.natural if exact else widget.address)
    patcher.wire(patcher.add("receive", widget.natural if exact else widget.reports), box)


def live(widget: Widget, *, hidden: bool, **more: Any) -> dict[str, Any]:
    """What a live.* box says of the parameter that it is: `hidden` from Live, or automated under its name in words."""
    name = " ".join(widget.to)
    value = {"parameter_longname": name if hidden else name.replace(".", " ").capitalize(),
             "parameter_shortname": widget.label, "parameter_invisible": 2 if hidden else 0, **more}  # fmt: skip
    return {"parameter_enable": 1, "varname": name, "saved_attribute_attributes": {"valueof": value}}


def _span(row: Parameter) -> dict[str, Any]:
    style = 0 if row.integer else UNIT_STYLES.get(row.unit, 1)
    whole = row.integer and row.high - row.low < WHOLE
    bend = {"parameter_exponent": BENT} if row.curve == "exponential" else {}
    return {"parameter_type": int(whole), "parameter_mmin": row.low, "parameter_mmax": row.high,
            "parameter_unitstyle": style, **bend}  # fmt: skip


def xy(patcher: Patcher, widget: Widget, rect: Rect) -> None:
    """The map under one knob. Its numbers are whole: they are scaled on both ways."""
    box = patcher.add("pictslider", seen=rect, varname=" ".join(widget.to), leftvalue=0, rightvalue=FINE,
                      bottomvalue=0, topvalue=FINE, invisiblebkgnd=1, jump=1, scaleknob=0)  # fmt: skip
    place, found = patcher.add("pack", "0. 0."), patcher.add("pack", "0 0")
    heard = patcher.add("unpack", "0. 0.")
    patcher.wire(patcher.add("receive", widget.reports), patcher.add("route", "set"), heard)
    for number in (0, 1):
        patcher.wire(box, patcher.add("/", f"{FINE}."), place, outlet=number, inlet=number)
        patcher.wire(heard, patcher.add("*", f"{FINE}."), found, outlet=number, inlet=number)
    patcher.wire(found, patcher.add("prepend", "set"), box)
    says(patcher, place, widget.address)


def cells(patcher: Patcher, widget: Widget, rect: Rect) -> tuple[str, str]:
    """A row of words, one of them chosen: the box, and the one that says the number that came, counted from 0."""
    box = patcher.add("tab", seen=rect, varname=" ".join(widget.to), tabs=list(widget.choices), parameter_enable=0,
                      tabcolor=rgba(PANEL), htabcolor=rgba(widget.colour), textcolor=rgba(INK), fontsize=10.0,
                      spacing_x=1.0)  # fmt: skip
    first = f"{widget.span[0]:g}"
    count = patcher.add("+", first)
    patcher.wire(box, count)
    says(patcher, count, widget.address)
    heard = patcher.add("-", first)
    patcher.wire(patcher.add("receive", widget.reports), patcher.add("route", "set"), heard)
    patcher.wire(heard, patcher.add("prepend", "set"), box)
    return box, heard


def _choice(patcher: Patcher, widget: Widget, rect: Rect) -> None:
    left, top, width, height = rect
    letters(patcher, (left, top, width, CAPTION), widget.label)
    cells(patcher, widget, (left, top + CAPTION, width, min(height - CAPTION, TALL)))


def _button(patcher: Patcher, widget: Widget, rect: Rect) -> None:
    """A toggle follows what comes. What only presses does not: a hit from elsewhere never ends, nor would its light."""
    toggle = widget.kind == "toggle"
    box = patcher.add("textbutton", seen=rect, text=widget.label, texton=widget.label, mode=int(toggle),
                      parameter_enable=0, varname=" ".join(widget.to), bgcolor=rgba(PANEL),
                      bgoncolor=rgba(widget.colour), textcolor=rgba(INK), rounded=6.0)  # fmt: skip
    if toggle:
        says(patcher, box, widget.address)
        patcher.wire(patcher.add("receive", widget.reports), box)
    else:
        pressed(patcher, box, widget)


def pressed(patcher: Patcher, box: str, widget: Widget) -> None:
    """Send a 1 whatever a box says."""
    patcher.wire(box, patcher.add("message", f"{widget.address} 1"), patcher.out())


def _text(patcher: Patcher, widget: Widget, rect: Rect) -> None:
    left, top, width, height = rect
    letters(patcher, (left, top, width / 3, CAPTION), widget.label)
    box = patcher.add("textedit", seen=(left + width / 3, top, width * 2 / 3, min(height, 24.0)), keymode=1, lines=1,
                      parameter_enable=0, varname=" ".join(widget.to))  # fmt: skip
    word = patcher.add("tosymbol")
    patcher.wire(box, patcher.add("route", "text"), word)
    says(patcher, word, widget.address)


def _label(patcher: Patcher, widget: Widget, rect: Rect) -> None:
    left, top, width, height = rect
    letters(patcher, (left, top, width / 4, CAPTION), widget.label)
    shown = letters(patcher, (left + width / 4, top, width * 3 / 4, height), "")
    patcher.wire(patcher.add("receive", widget.reports), shown)
