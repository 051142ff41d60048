"""TouchOSC controls of single widgets: what a finger moves, the letters on it, and the messages of both. Offline."""

from typing import Any

from py2tosc import AlignH, AlignV, ButtonType, Control, Orientation, OutlineStyle, Trigger, Value, ui

from latentaudio.surface.widget import SHADES, Box, Widget

UNIT = 10  # points; TouchOSC fits the whole to the screen
GAP = 2  # points left free on each side of what can be touched
GROUND, PANEL, INK = (f"#{shade}" for shade in SHADES)
CAPTION = 18  # points, the height of a line of letters
LETTERS, SMALL = 12, 9  # points
LETTER = 8  # points across of one of LETTERS, about

Frame = tuple[int, int, int, int]


def touched(widget: Widget) -> list[Any]:
    """What a finger moves, and its letters, which let touches through."""
    match widget.kind:
        case "xy":
            return [_xy(widget)]
        case "choice":
            return [_radio(widget), *_choices(widget)]
        case "fader":
            return [_fader(widget), *_caption_and_value(widget)]
    return [_button(widget), _letters(widget.label, frame_of(widget.box, GAP))]


def line(widget: Widget) -> list[Any]:
    """A line that shows what comes, behind its caption. Of several texts the last stays: in an error, why."""
    left, top, width, height = frame_of(widget.box, GAP)
    comes = ui.osc(widget.reports, args=[ui.value("text", conversion="STRING")] * 2, var="text", send=False)
    caption = _letters(widget.label, (left, top, width // 5, height))
    return [caption, _letters("", (left + width // 5, top, width - width // 5, height), comes)]


def messages(widget: Widget, arguments: list[Any], *values: str) -> list[Any]:
    """One message for both ways, or one each where a mapping has an address of its own.

    What comes is never sent on (TouchOSC's feedback), or two surfaces would answer each other for ever.
    """
    triggers = [Trigger(value) for value in values]
    if widget.address == widget.reports:
        return [ui.osc(widget.address, args=arguments, triggers=triggers)]
    return [
        ui.osc(widget.address, args=arguments, triggers=triggers, receive=False),
        ui.osc(widget.reports, args=arguments, triggers=triggers, send=False),
    ]


def count_from(first: float) -> tuple[float, float]:
    """The scale of what TouchOSC counts 0, 1, 2 …: it sends low + number * (high - low)."""
    return first, first + 1.0


def frame_of(box: Box, gap: int) -> Frame:
    """A box in points, `gap` smaller on each side."""
    return box.x * UNIT + gap, box.y * UNIT + gap, box.w * UNIT - 2 * gap, box.h * UNIT - 2 * gap


def _look(widget: Widget) -> dict[str, Any]:
    shown = [
        Value(key, default=start - widget.span[0]) for key, start in zip("xy", widget.start or (0.0,), strict=False)
    ]
    return {"name": " ".join(widget.to), "frame": frame_of(widget.box, GAP), "color": f"#{widget.colour}",
            "outlineStyle": OutlineStyle.FULL, "values": [*shown, Value("touch", default=False)]}  # fmt: skip


def _xy(widget: Widget) -> Any:
    both = messages(widget, [ui.value("x"), ui.value("y")], "x", "y")
    return Control("XY", **_look(widget), background=False, gridX=False, gridY=False, messages=both)


def _fader(widget: Widget) -> Any:
    along = Orientation.EAST if _lies(widget) else Orientation.NORTH
    return Control("FADER", **_look(widget), orientation=along, grid=False,
                   messages=messages(widget, [ui.value("x")], "x"))  # fmt: skip


def _radio(widget: Widget) -> Any:
    chosen = ui.value("x", scale=count_from(widget.span[0]))
    return Control("RADIO", **_look(widget), steps=widget.steps, messages=messages(widget, [chosen], "x"))


def _button(widget: Widget) -> Any:
    """A toggle follows what comes. What only presses does not: a hit from elsewhere never ends, nor would its light."""
    if widget.kind == "toggle":
        both = messages(widget, [ui.value("x")], "x")
        return Control("BUTTON", **_look(widget), buttonType=ButtonType.TOGGLE_PRESS, messages=both)
    press = ui.osc(widget.address, args=[ui.value("x")], on="RISE", receive=False)
    return Control("BUTTON", **_look(widget), messages=[press])


def _choices(widget: Widget) -> list[Any]:
    left, top, width, height = frame_of(widget.box, GAP)
    ends = [left + round(width * number / widget.steps) for number in range(widget.steps + 1)]
    longest = max(map(len, widget.choices))
    size = LETTERS if width / widget.steps >= longest * LETTER else SMALL
    labels = [
        _letters(text, (ends[number], top, ends[number + 1] - ends[number], height), size=size)
        for number, text in enumerate(widget.choices)
    ]
    return [*labels, _letters(widget.label, (left + 4, top, width - 8, CAPTION), size=SMALL, align=AlignH.LEFT)]


def _caption_and_value(widget: Widget) -> list[Any]:
    left, top, width, height = frame_of(widget.box, GAP)
    if not _lies(widget):
        return [_letters(widget.label, (left, top + height - CAPTION, width, CAPTION))]
    caption = _letters(widget.label, (left + 8, top, width - 16, height), align=AlignH.LEFT)
    if not widget.natural:
        return [caption]
    number = ui.value("text", conversion="INTEGER" if widget.steps else "STRING")
    comes = ui.osc(widget.natural, args=[number], var="text", send=False)
    return [caption, _letters("", (left + 8, top, width - 16, height), comes, align=AlignH.RIGHT)]


def _lies(widget: Widget) -> bool:
    return widget.box.w >= widget.box.h


def _letters(text: str, frame: Frame, *comes: Any, size: int = LETTERS, align: AlignH = AlignH.CENTER) -> Any:
    return Control("LABEL", frame=frame, color=PANEL, background=False, outline=False, textColor=INK, textSize=size,
                   textAlignH=align, textAlignV=AlignV.MIDDLE, messages=list(comes),
                   values=[Value("text", default=text), Value("touch", default=False)])  # fmt: skip
