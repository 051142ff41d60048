"""A surface as a session of Open Stage Control 1.x (.json), which runs in any browser. Offline.

Numbers of whole-number widgets go and come at the parameter's natural address: they are exact there, and a switch knows
its values by equality. What comes never goes out again: the program sends what a hand moved, and nothing else.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentaudio.parameter_table import UNITS
from latentaudio.parameters import PARAMETERS, address
from latentaudio.surface.formats import Place
from latentaudio.surface.layout import FOOT, HEAD, Dot, Layout
from latentaudio.surface.widget import Box, Page, Widget

VERSION = "1.29.0"  # of the program whose widgets these are
AGAIN_S = 60.0  # between two subscriptions: the daemon may have been started anew
DOT = 4  # points, a radius
GROUND, PANEL, INK = "#14121c", "#1b1926", "#f4f1fa"

Properties = dict[str, Any]


def write(layout: Layout, place: Place) -> bytes:
    """The bytes of a session file. Where the daemon listens is said when the program is started (`advice`)."""
    whole = Box(0, 0, layout.width, layout.height)
    body = Box(0, 0, layout.width, layout.height - FOOT)
    tabs = {"type": "panel", "id": "pages", **_place(body, whole), "tabs": _tabs(layout.pages, body, layout.dots)}
    foot = [_widget(widget, whole, ()) for widget in layout.foot]
    listen = f"send('/la/subscribe'); setInterval(() => send('/la/subscribe'), {AGAIN_S * 1000:.0f})"
    root = {"type": "root", "id": "root", "colorBg": GROUND, "colorText": INK, "padding": 2, "onCreate": listen,
            "widgets": [tabs, *foot]}  # fmt: skip
    session = {"createdWith": "Open Stage Control", "version": VERSION, "type": "session", "content": root}
    return place.said(json.dumps(session, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n"


def advice(file: Path, place: Place) -> str:
    """How the program is started."""
    return f"open-stage-control --send {place.host}:{place.port} --load {file}; then a browser at port 8080"


def _tabs(pages: Sequence[Page], box: Box, dots: Sequence[Dot]) -> list[Properties]:
    room = Box(0, 0, box.w, box.h - HEAD)
    return [
        {"type": "tab", "id": f"page {page.title}", "label": page.title, "colorBg": GROUND, "scroll": False,
         "colorWidget": f"#{page.widgets[0].colour}",
         "widgets": [_widget(widget, room, dots) for widget in page.widgets]}
        for page in pages
    ]  # fmt: skip


def _widget(widget: Widget, room: Box, dots: Sequence[Dot]) -> Properties:
    look = {**_place(widget.box, room), "colorWidget": f"#{widget.colour}"}
    match widget.kind:
        case "tabs":
            return _pages(widget) | look
        case "dots":
            return {"type": "svg", "id": "sounds", "svg": _sounds(dots), "padding": 0} | look
        case "label":
            shown = {"type": "text", "id": widget.label, "address": widget.reports, "wrap": True}
            return shown | {"html": widget.label} | look
    return _control(widget) | _heard(widget) | {"id": " ".join(widget.to), "address": widget.address} | look


def _control(widget: Widget) -> Properties:
    """What a hand moves: its type, and how it moves."""
    match widget.kind:
        case "fader":
            return {"type": "fader", "horizontal": widget.box.w >= widget.box.h, "design": "compact", "snap": True,
                    "decimals": 5, "html": _caption(widget), "default": widget.start[0]}  # fmt: skip
        case "xy":
            clear = "background: transparent;\ninner { background: transparent; }"
            return {"type": "xy", "snap": True, "decimals": 5, "pips": False, "css": clear,
                    "default": list(widget.start)}  # fmt: skip
        case "toggle":
            return {"type": "button", "label": widget.label, "mode": "toggle", "default": widget.start[0]}
        case "choice":
            values = [widget.span[0] + number for number in range(widget.steps)]
            return {"type": "switch", "layout": "horizontal", "html": widget.label, "default": widget.start[0],
                    "values": {"labels": list(widget.choices), "values": values}}  # fmt: skip
        case "text":
            return {"type": "input", "html": widget.label}
    return {"type": "button", "label": widget.label, "mode": "tap"}


def _heard(widget: Widget) -> Properties:
    """A widget hears at the address that it sends to; where a mapping has its own, changes come at ours."""
    if not widget.reports or widget.reports == widget.address:
        return {}
    return {"value": f"OSC{{{widget.reports}}}"}


def _caption(widget: Widget) -> str:
    """The label, and what comes in the parameter's unit."""
    if not widget.natural:
        return widget.label
    row = PARAMETERS[widget.to[0]]
    digits = 0 if row.integer else 2
    number = f"#{{Number(OSC{{{widget.natural}, {row.default:g}}}).toFixed({digits})}}"
    return f"{widget.label} {number}{UNITS.get(row.unit, f' {row.unit}')}"


def _pages(widget: Widget) -> Properties:
    """Pages within a page. The program counts them from 0 and the daemon from `span[0]`."""
    panel: Properties = {"type": "panel", "id": " ".join(widget.to) or "banks", "bypass": True,
                         "tabs": _tabs(widget.pages, widget.box, ())}  # fmt: skip
    if widget.address:
        first = f"{widget.span[0]:g}"
        panel["value"] = f"#{{OSC{{{widget.reports}, {first}}} - {first}}}"
        panel["onValue"] = f"send('{widget.address}', value + {first})"
    return panel


def _sounds(dots: Sequence[Dot]) -> str:
    """The dots where the finger is that plays them, whatever part of the map is shown."""
    row = PARAMETERS["map.zoom"]
    zoom = f"Math.pow({row.high / row.low:g}, OSC{{{address(row.name)}, 0}})"
    corner = {
        axis: f"Math.min(1 - 1 / {zoom}, Math.max(0, OSC{{{address(f'map.pan.{axis}')}, 0.5}} - 0.5 / {zoom}))"
        for axis in "xy"
    }
    left, top = f"-100 * {zoom} * {corner['x']}", f"100 - 100 * {zoom} * (1 - {corner['y']})"
    circles = "".join(
        f"<circle cx='{100 * dot.x:.1f}%' cy='{100 * (1.0 - dot.y):.1f}%' r='{DOT}' fill='#{dot.colour}'/>"
        for dot in dots
    )
    size = f"#{{100 * {zoom}}}%"
    return f"<svg x='#{{{left}}}%' y='#{{{top}}}%' width='{size}' height='{size}'>{circles}</svg>"


def _place(box: Box, room: Box) -> Properties:
    """In parts of the room, so that it fits any window."""
    left, width = 100.0 * box.x / room.w, 100.0 * box.w / room.w
    top, height = 100.0 * box.y / room.h, 100.0 * box.h / room.h
    return {"left": f"{left:.4g}%", "top": f"{top:.4g}%", "width": f"{width:.4g}%", "height": f"{height:.4g}%"}
