"""Pure Data's own widgets: what a hand moves, the letters on it, and the messages of both ways. Offline.

A widget is sent what comes at its address by the name of it (`pd_network`); what it says goes by wire into a message
box, which nobody sees, and from there to `la-out`.
"""

from latentaudio.parameters import PARAMETERS
from latentaudio.surface.pd_canvas import Canvas, escaped
from latentaudio.surface.widget import SHADES, Box, Widget

UNIT = 10  # points
GAP = 4  # points left free on each side
GROUND, PANEL, INK = (f"#{shade}" for shade in SHADES)
LETTERS = 10  # points
WIDE = 6  # points, a letter of what is typed and of what comes
CAPTION = 18  # points, the height of a line of letters
BUTTON = 44  # points at most, unless it is a pad
CELL = 56  # points at most, of a choice

Frame = tuple[int, int, int, int]


def frame_of(box: Box, top: int) -> Frame:
    """A box in points, GAP smaller on each side, `top` points from the top of the canvas."""
    return box.x * UNIT + GAP, box.y * UNIT + GAP + top, box.w * UNIT - 2 * GAP, box.h * UNIT - 2 * GAP


def put(canvas: Canvas, widget: Widget, frame: Frame) -> None:
    """A widget and its wires."""
    match widget.kind:
        case "fader" if frame[2] >= frame[3]:
            _lying(canvas, widget, frame)
        case "fader":
            _standing(canvas, widget, frame)
        case "choice":
            choice(canvas, widget, frame)
        case "text" | "label":
            _line(canvas, widget, frame)
        case _:
            _button(canvas, widget, frame)


def hand(widget: Widget) -> str:
    """The name by which another patch touches what does not hear the daemon by itself."""
    return f"hand{widget.address}"


def panel(canvas: Canvas, frame: Frame, colour: str = GROUND) -> None:
    """A coloured ground."""
    x, y, width, height = frame
    canvas.add(x, y, "cnv 1", width, height, f"empty empty empty 0 0 0 8 {colour} #000000 0")


def letters(canvas: Canvas, x: int, y: int, text: str, size: int = LETTERS) -> None:
    """A line of letters, its left end and its middle at x, y."""
    canvas.add(x, y, f"cnv 1 1 1 empty empty {escaped(text)} 0 0 0 {size} {PANEL} {INK} 0")


def says(canvas: Canvas, source: int, address: str, x: int, y: int, value: str = "\\$1") -> None:
    """Send what an object says."""
    canvas.wire(source, canvas.message(x, y, "\\; la-out list", address, value))


def _look(label: str, x: int, y: int, colour: str, heard: str = "", size: int = LETTERS) -> str:
    """The names and letters of a widget, and its colours: ground, what moves, letters."""
    shown = escaped(label) if label else "empty"
    return f"empty {heard or 'empty'} {shown} {x} {y} 0 {size} {PANEL} #{colour} {INK}"


def _button(canvas: Canvas, widget: Widget, frame: Frame) -> None:
    """A toggle follows what comes. What only presses does not: a bang that hears anything says so again."""
    x, y, width, height = frame
    pad = widget.reports != "" and widget.kind == "button" and height > 2 * BUTTON
    size = min(width, height) if pad else min(width, height - CAPTION, BUTTON)
    beside = not pad and width > size + 7 * len(widget.label)
    at = (8, 12) if pad else (size + 6, size // 2) if beside else (0, size + 8)
    if widget.kind == "toggle":
        look = _look(widget.label, *at, widget.colour, widget.reports)
        number = canvas.add(x, y, "tgl", size, 0, look, 0, 1)
        return says(canvas, number, widget.address, x + 4, y + 4)
    look = _look(widget.label, *at, widget.colour, hand(widget))
    number = canvas.add(x, y, "bng", size, 150, 50, 0, look)
    return says(canvas, number, widget.address, x + 4, y + 4, "1")


def _lying(canvas: Canvas, widget: Widget, frame: Frame) -> None:
    """A fader and its caption above; and where it has a unit, a number box in the unit, each moving the other."""
    x, y, width, height = frame
    tall = max(min(height - CAPTION, 24), 8)
    exact = bool(widget.natural) and widget.address == widget.reports
    row = PARAMETERS[widget.to[0]]
    low, high, log = (row.low, row.high, int(row.curve == "exponential")) if exact else (0.0, 1.0, 0)
    here, heard = (widget.natural, widget.natural) if exact else (widget.address, widget.reports)
    look = _look(widget.label, 0, -9, widget.colour, heard)
    fader = canvas.add(x + 2, y + CAPTION, "hsl", width - 8, tall, f"{low:g} {high:g}", log, 0, look, 0, 1)
    says(canvas, fader, here, x + 8, y + CAPTION)
    if exact:
        number = _number(canvas, widget, (x + width - 66, y, low, high))
        canvas.wire(fader, canvas.message(x + 60, y + CAPTION, "set \\$1"), number)
        canvas.wire(number, fader)


def _number(canvas: Canvas, widget: Widget, place: tuple[int, int, float, float]) -> int:
    x, y, low, high = place
    look = _look("", 0, 0, widget.colour, widget.natural)
    return canvas.add(x, y, "nbx", 6, 15, f"{low:g} {high:g}", 0, 0, look.replace(f"#{widget.colour}", INK), 0, 256)


def _standing(canvas: Canvas, widget: Widget, frame: Frame) -> None:
    x, y, width, height = frame
    across = min(width, 24)
    look = _look(widget.label, 0, height - CAPTION + 8, widget.colour, widget.reports)
    fader = canvas.add(x + (width - across) // 2, y + 2, "vsl", across, height - CAPTION, "0 1 0 0", look, 0, 1)
    says(canvas, fader, widget.address, x + 4, y + 4)


def choice(canvas: Canvas, widget: Widget, frame: Frame) -> int:
    """A row of cells, a word in each: what says the number of the cell, counted from 0, whoever chose it."""
    x, y, width, height = frame
    size = max(min(width // widget.steps, height - CAPTION, CELL), 12)
    first = f"{widget.span[0]:g}"
    look = _look(widget.label, 0, -9, widget.colour, hand(widget))
    radio = canvas.add(x, y + CAPTION, "hradio", size, 1, 0, widget.steps, look, 0)
    small = max(min(LETTERS, (size - 2) * 10 // 6 // max(map(len, widget.choices))), 6)
    for number, text in enumerate(widget.choices):
        letters(canvas, x + number * size + 2, y + CAPTION + size // 2, text, small)
    count = canvas.add(x + 4, y, "+", first)
    canvas.wire(radio, count)
    says(canvas, count, widget.address, x + 4, y + 4)
    heard = canvas.add(x + 4, y, "-", first)
    canvas.wire(canvas.add(x + 4, y, "r", widget.reports), canvas.add(x + 4, y, "route set"), heard)
    canvas.wire(heard, canvas.message(x + 4, y, "set \\$1"), radio)
    either = canvas.add(x + 4, y, "f")
    canvas.wire(radio, either)
    canvas.wire(heard, either)
    return either


def _line(canvas: Canvas, widget: Widget, frame: Frame) -> None:
    """What is typed, or what comes, behind its caption."""
    x, y, width, height = frame
    beside = min(120, width // 3)
    wide, middle = (width - beside - 2) // WIDE - 1, y + height // 2
    letters(canvas, x, middle, widget.label)
    name, kind = (widget.reports, "listbox") if widget.kind == "label" else ("-", "symbolatom")
    panel(canvas, (x + beside - 2, middle - 11, wide * WIDE + 7, 22), INK)
    box = canvas.add(x + beside, middle - 9, wide, "0 0 0 -", name, "-", 0, kind=kind)
    if widget.kind == "text":
        says(canvas, box, widget.address, x + beside + 8, middle)
