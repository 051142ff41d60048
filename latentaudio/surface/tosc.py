"""A surface as a TouchOSC layout (.tosc), written with py2tosc. Offline.

TouchOSC keeps the host and the ports of its connections to itself, so a person types them in. It has nothing to type
text into: what wants a name is left out.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import py2tosc
from py2tosc import Control, ui

from latentaudio.surface.formats import Place
from latentaudio.surface.layout import FOOT, HEAD, Dot, Layout
from latentaudio.surface.tosc_controls import (
    GAP,
    GROUND,
    INK,
    PANEL,
    UNIT,
    count_from,
    frame_of,
    line,
    messages,
    touched,
)
from latentaudio.surface.widget import Box, Page, Widget

DOT = 7  # points
WIDE = 50  # points of a tab that has room for letters of the usual size
IDENTITIES = UUID("6f1b5c52-4a0c-5d0b-9d54-0a1d6b8a9d10")  # ids that stay the same from one writing to the next


def write(layout: Layout, place: Place) -> bytes:
    """The bytes of a .tosc file: the same for the same layout."""
    whole = Box(0, 0, layout.width, layout.height - FOOT)
    pages = _pager("pages", layout.pages, whole, layout.dots)
    pages.messages = [_subscription(place, value) for value in ("touch", "page")]
    foot = [control for widget in layout.foot for control in _controls(widget, ())]
    root = Control("GROUP", name=layout.title, frame=(0, 0, layout.width * UNIT, layout.height * UNIT), color=GROUND,
                   children=[pages, *foot])  # fmt: skip
    document = py2tosc.Document(root=root)
    for number, control in enumerate(document.walk()):
        control.id = str(uuid5(IDENTITIES, str(number)))
    return zlib.compress(place.said(document.dumps(validate=True)).encode(), 9)


def advice(file: Path, place: Place) -> str:
    """What to type into TouchOSC."""
    here = place.host in ("127.0.0.1", "localhost")
    host = "that of the computer that plays, with --lan" if here else place.host
    return (
        f"{file}: in TouchOSC, Connections, OSC: host {host}, send port {place.port}, receive port {place.back}; "
        "touch the tab of a page, and it shows what is"
    )


def _subscription(place: Place, value: str) -> Any:
    """Asks for changes at the receive port when a tab is touched: TouchOSC may send from another port."""
    port = ui.const(str(place.back), conversion="INTEGER")
    return ui.osc("/la/subscribe", args=[port], var=value, receive=False)


def _pager(name: str, pages: Sequence[Page], box: Box, dots: Sequence[Dot]) -> Any:
    """Pages under a row of tabs."""
    inside = (0, HEAD * UNIT, box.w * UNIT, (box.h - HEAD) * UNIT)
    size = 14 if box.w * UNIT / len(pages) >= WIDE else 9
    groups = [
        Control("GROUP", name=page.title, frame=inside, color=GROUND, outline=False, tabLabel=page.title,
                tabColorOff=PANEL, tabColorOn=f"#{page.widgets[0].colour}", textColorOff=INK, textColorOn=GROUND,
                children=[control for widget in page.widgets for control in _controls(widget, dots)])
        for page in pages
    ]  # fmt: skip
    return Control("PAGER", name=name, frame=frame_of(box, gap=0), color=GROUND, outline=False, children=groups,
                   tabbarSize=HEAD * UNIT, textSizeOff=size, textSizeOn=size)  # fmt: skip


def _controls(widget: Widget, dots: Sequence[Dot]) -> list[Any]:
    """The controls of a widget, the lowest first."""
    match widget.kind:
        case "tabs":
            return [_tabs(widget)]
        case "dots":
            return [_sounds(widget.box, dots)]
        case "text":
            return []
        case "label":
            return line(widget)
    return touched(widget)


def _tabs(widget: Widget) -> Any:
    pager = _pager(widget.to[0] if widget.to else "banks", widget.pages, widget.box, ())
    if widget.address:
        pager.messages = messages(widget, [ui.value("page", scale=count_from(widget.span[0]))], "page")
    return pager


def _sounds(box: Box, dots: Sequence[Dot]) -> Any:
    """The dots, each where the finger is that plays it, and out of the finger's way."""
    frame = frame_of(box, GAP)
    children = [
        Control("BOX", frame=(round(dot.x * frame[2]) - DOT // 2, round((1.0 - dot.y) * frame[3]) - DOT // 2, DOT, DOT),
                color=f"#{dot.colour}", shape=py2tosc.Shape.CIRCLE, outline=False)
        for dot in dots
    ]  # fmt: skip
    return Control("GROUP", name="sounds", frame=frame, color=PANEL, children=children)
