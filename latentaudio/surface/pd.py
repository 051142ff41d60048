"""A surface as a Pure Data patch (.pd) of vanilla objects. Offline.

Pages are parts of one canvas below one another, of which its parent shows one: a tab moves what is shown. Pure Data has
no square to move a finger in: the place on the map is drawn as a thing of data (`struct`) that a hand drags.
"""

from collections.abc import Sequence
from pathlib import Path

from latentaudio.surface.formats import Place
from latentaudio.surface.layout import FOOT, HEAD, Dot, Layout
from latentaudio.surface.pd_canvas import Canvas
from latentaudio.surface.pd_controls import INK, LETTERS, PANEL, UNIT, choice, frame_of, letters, panel, put, says
from latentaudio.surface.pd_network import network
from latentaudio.surface.widget import Page, Widget

DOT = 6  # points
APART = 140  # points between pages: what Pure Data draws of one that is not shown must lie outside the window
TAB = 48  # points at most
SPOT_FOUND = "traverse pd-la-map \\, next"
SPOT = 8  # points, half the size of what marks the place
ASIDE = 190  # points beside the tabs, for the port
MARGIN = 8  # points around what is seen


def write(layout: Layout, place: Place) -> bytes:
    """The bytes of a .pd file: the same for the same layout."""
    width, height = layout.width * UNIT, layout.height * UNIT
    whole = Canvas("la-surface", (width, height))
    whole.show((0, -1, 1, 1), (width, height))
    panel(whole, (0, 0, width, height))
    whole.inside(20, 20, network(place))
    _tabs(whole, "la-pages", layout.pages, (0, 0, width, height - FOOT * UNIT), layout.dots, aside=ASIDE)
    _head(whole, width)
    for widget in layout.foot:
        put(whole, widget, frame_of(widget.box, 0))
    window = Canvas("", (width + 2 * MARGIN, height + 2 * MARGIN))
    window.inside(MARGIN, MARGIN, whole)
    return place.said(window.file().decode()).encode()


def advice(file: Path, place: Place) -> str:
    """How the patch is opened."""
    return f"pd {file}; it speaks with {place.host}:{place.port}; other patches send lists to la-out and hear la-in"


def _head(main: Canvas, width: int) -> None:
    """The daemon's port, and whether it answers."""
    look = f"la-port la-port-shown port -40 8 0 {LETTERS} {PANEL} {INK} {INK}"
    main.add(width - 100, 10, "nbx 5 16 1 65535 0 0", look, 0, 256)
    main.add(width - 100, 34, f"tgl 16 0 empty la-answers answers -60 8 0 {LETTERS} {PANEL} #ffd16b {INK} 0 1")


def _tabs(canvas: Canvas, name: str, pages: Sequence[Page], frame: tuple[int, int, int, int],
          dots: Sequence[Dot], widget: Widget | None = None, aside: int = 0) -> None:  # fmt: skip
    """Pages and the row of tabs above them, `aside` points shorter; where they have a `widget`, a tab is its number."""
    x, y, width, height = frame
    head = HEAD * UNIT
    inner, size = Canvas(name, (width, 400)), (width, height - head)
    inner.show((0, -1, 1, 1), size)
    for number, page in enumerate(pages):
        top = number * (size[1] + APART)
        panel(inner, (0, top, *size))
        for each in page.widgets:
            _widget(inner, each, top, dots)
    canvas.inside(x, y + head, inner)
    bar = (x + 4, y + 4, width - 8 - aside, head - 8)
    chosen = choice(canvas, widget, bar) if widget else _bar(canvas, name, pages, bar)
    turn = canvas.message(x + 8, y + 8, f"\\; pd-{name} donecanvasdialog 1 -1 3 0 -1 1 1 {size[0]} {size[1]} 0 \\$1")
    canvas.wire(chosen, canvas.add(x + 8, y + 8, "*", size[1] + APART), turn)


def _bar(canvas: Canvas, name: str, pages: Sequence[Page], frame: tuple[int, int, int, int]) -> int:
    """A row of tabs, which another patch turns by sending a number, counted from 0, to their canvas's name."""
    x, y, width, height = frame
    size, colour = min(width // len(pages), height, TAB), pages[0].widgets[0].colour
    look = f"empty {name} empty 0 0 0 {LETTERS} {PANEL} #{colour} {INK} 0"
    radio = canvas.add(x, y, "hradio", size, 1, 0, len(pages), look)
    for number, page in enumerate(pages):
        letters(canvas, x + number * size + 3, y + size // 2, page.title)
    return radio


def _widget(canvas: Canvas, widget: Widget, top: int, dots: Sequence[Dot]) -> None:
    match widget.kind:
        case "tabs":
            name = f"la-{widget.to[0] if widget.to else 'banks'}"
            box = widget.box
            frame = (box.x * UNIT, box.y * UNIT + top, box.w * UNIT, box.h * UNIT)
            _tabs(canvas, name, widget.pages, frame, dots, widget if widget.address else None)
        case "dots":
            pass
        case "xy":
            x, y, width, height = frame_of(widget.box, top)
            canvas.inside(x, y, _map(widget, (width, height), dots))
        case _:
            put(canvas, widget, frame_of(widget.box, top))


def _map(widget: Widget, size: tuple[int, int], dots: Sequence[Dot]) -> Canvas:
    """The dots, and above them the place, which is dragged."""
    width, height = size
    canvas = Canvas("la-map", size)
    panel(canvas, (0, 0, width, height), PANEL)
    for dot in dots:
        x, y = round(dot.x * (width - DOT)), round((1.0 - dot.y) * (height - DOT))
        canvas.add(x, y, f"cnv 1 {DOT} {DOT} empty empty empty 0 0 0 8 #{dot.colour} #000000 0")
    canvas.inside(20, height + 20, _spot(widget, size))
    canvas.scalar("la-spot", 0.5, 0.5)
    canvas.show((0, height, width, 0), size)
    return canvas


def _spot(widget: Widget, size: tuple[int, int]) -> Canvas:
    """What marks the place: its drawing, and the messages of both ways."""
    canvas = Canvas("la-spot-drawn", (500, 300))
    x, y = (tuple(f"{field}(0:1)({side}:{length + side})" for side in (-SPOT, 0, SPOT))
            for field, length in zip(("px", "py"), size, strict=True))  # fmt: skip
    corners = ((1, 1), (0, 0), (2, 0), (2, 2), (0, 2), (0, 0))  # the middle too: a hand takes hold of corners alone
    drawn = canvas.add(20, 20, "struct la-spot float px float py")
    canvas.add(20, 50, "filledpolygon 999 0 2", *(f"{x[across]} {y[up]}" for across, up in corners))
    places, list_of = canvas.add(20, 110, "get la-spot px py"), canvas.add(20, 140, "pack f f")
    canvas.wire(drawn, canvas.add(20, 80, "route change"), places, list_of)
    known = canvas.add(140, 80, "pointer")
    canvas.wire(canvas.add(140, 20, "r la-spot-ask"), canvas.message(140, 50, SPOT_FOUND), known, places)
    canvas.wire(places, list_of, outlet=1, inlet=1)
    says(canvas, list_of, widget.address, 20, 170, "\\$1 \\$2")
    both, each = canvas.add(260, 80, "t a b"), canvas.add(260, 140, "unpack f f")
    move = canvas.add(260, 200, "set la-spot px py")
    canvas.wire(canvas.add(260, 50, "r", widget.reports), both, each, move)
    canvas.wire(each, move, outlet=1, inlet=1)
    find = canvas.message(340, 110, SPOT_FOUND)
    canvas.wire(both, find, canvas.add(340, 140, "pointer"), move, outlet=1, inlet=2)
    return canvas
