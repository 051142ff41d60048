"""A surface as a Max patch (.maxpat). Offline.

Pages are parts of one patcher below one another, seen through a frame: a tab moves what is under it. It was written
from Max's documentation, and never opened in Max.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentaudio.surface.formats import Place
from latentaudio.surface.layout import FOOT, HEAD, Dot, Layout
from latentaudio.surface.max_controls import CAPTION, GROUND, INK, PANEL, UNIT, cells, letters, put, rect_of
from latentaudio.surface.max_network import network
from latentaudio.surface.max_patcher import Patcher, Rect, rgba
from latentaudio.surface.widget import Page, Widget

DOT = 6  # points
APART = 40  # points between pages
NOTE = "LatentAudio: start `latentaudio play` first. Made from Max's documentation and not yet opened in Max."


def write(layout: Layout, place: Place) -> bytes:
    """The bytes of a .maxpat file: the same for the same layout."""
    patcher = surface(layout)
    network(patcher, place, "loadbang")
    return as_json({"patcher": patcher.content()}, place)


def advice(file: Path, place: Place) -> str:
    """How the patch is opened, and how far it was tried."""
    return (
        f"{file}: open it in Max; it sends to {place.host}:{place.port} and hears at port {place.back}; "
        "made from Max's documentation, it was not tried in Max"
    )


def surface(layout: Layout) -> Patcher:
    """All pages and the foot, without what talks to the daemon."""
    width, height = layout.width * UNIT, layout.height * UNIT
    patcher = Patcher((width, height + CAPTION), GROUND)
    _tabs(patcher, "la-pages", layout.pages, (0, 0, width, height - FOOT * UNIT), layout.dots)
    for widget in layout.foot:
        put(patcher, widget, rect_of(widget.box, 0))
    letters(patcher, (4, height, width - 8, CAPTION), NOTE)
    return patcher


def as_json(content: dict[str, Any], place: Place) -> bytes:
    """What Max reads; it indents when it saves."""
    return place.said(json.dumps(content, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n"


def _tabs(patcher: Patcher, name: str, pages: Sequence[Page], rect: Rect, dots: Sequence[Dot],
          widget: Widget | None = None) -> None:  # fmt: skip
    """Pages and the row of tabs above them; where they have a `widget`, a tab is its number."""
    left, top, width, height = rect
    head = HEAD * UNIT
    pitch = height - head + APART
    inner = Patcher((width, len(pages) * pitch), GROUND)
    for number, page in enumerate(pages):
        for each in reversed(page.widgets):
            _put(inner, each, number * pitch, dots)
    patcher.within(inner, (left, top + head, width, height - head), name)
    bar = (left + 4, top + 4, width - 8, head - 8)
    turned = cells(patcher, widget, bar) if widget else (_bar(patcher, pages, bar),)
    depth = patcher.add("*", f"{-pitch:g}")
    patcher.wire(depth, patcher.add("message", f"script sendbox {name} offset 0 $1"), patcher.add("thispatcher"))
    for number_of_page in turned:
        patcher.wire(number_of_page, depth)


def _bar(patcher: Patcher, pages: Sequence[Page], rect: Rect) -> str:
    shade = rgba(pages[0].widgets[0].colour)
    return patcher.add("tab", seen=rect, tabs=[page.title for page in pages], parameter_enable=0, fontsize=12.0,
                       tabcolor=rgba(PANEL), htabcolor=shade, textcolor=rgba(INK))  # fmt: skip


def _put(patcher: Patcher, widget: Widget, top: float, dots: Sequence[Dot]) -> None:
    match widget.kind:
        case "tabs":
            name, box = f"la-{widget.to[0] if widget.to else 'banks'}", widget.box
            rect = (box.x * UNIT, box.y * UNIT + top, box.w * UNIT, box.h * UNIT)
            _tabs(patcher, name, widget.pages, rect, dots, widget if widget.address else None)
        case "dots":
            _sounds(patcher, rect_of(widget.box, top), dots)
        case _:
            put(patcher, widget, rect_of(widget.box, top))


def _sounds(patcher: Patcher, rect: Rect, dots: Sequence[Dot]) -> None:
    """The dots, below the knob, on a ground of their own."""
    left, top, width, height = rect
    for dot in dots:
        x, y = round(left + dot.x * (width - DOT)), round(top + (1.0 - dot.y) * (height - DOT))
        _panel(patcher, (x, y, DOT, DOT), dot.colour, DOT // 2)
    _panel(patcher, rect, PANEL, 0)


def _panel(patcher: Patcher, rect: Rect, colour: str, rounded: int) -> None:
    patcher.add("panel", seen=rect, bgcolor=rgba(colour), rounded=rounded, mode=0, ignoreclick=1, border=0)
