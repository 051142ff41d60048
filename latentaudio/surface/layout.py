"""All pages of a surface, every widget in its place: what each format is written from. Offline, without a thread."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from latentaudio.colours import STOPS
from latentaudio.surface.formats import DEVICES
from latentaudio.surface.pages import (
    BANK,
    Block,
    Row,
    foot_row,
    latent_pages,
    map_blocks,
    master_blocks,
    morph_blocks,
    pad_block,
    settings_pages,
    sound_blocks,
)
from latentaudio.surface.widget import SHADES, Box, Page, Widget, tabs

HEAD = 6  # units of a row of tabs
FOOT = 6
INK = SHADES[-1]  # of what belongs to no page


@dataclass(frozen=True, slots=True)
class Dot:
    """A sound on the map: 0..1, y upwards, and its colour rrggbb."""

    x: float
    y: float
    colour: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole surface: a row of tabs, HEAD units high, the page that is seen, and the foot.

    Boxes on a page count from its own top left corner, below the row of tabs; those of the foot from the surface's.
    Pages within a page are alike: a row of tabs, HEAD units high, lies at the top of their widget's box.
    """

    title: str
    width: int  # units
    height: int
    pages: tuple[Page, ...]
    foot: tuple[Widget, ...]  # on every page
    dots: tuple[Dot, ...]

    def widgets(self) -> Iterator[Widget]:
        """Every widget once, those within tabs too."""
        yield from self.foot
        for page in self.pages:
            yield from _within(page)


def lay_out(title: str, device: str, notes: Mapping[int, int] | None = None,
            foreign: Mapping[tuple[str, ...], str] | None = None, dots: Sequence[Dot] = (),
            types: bool = True) -> Layout:  # fmt: skip
    """A surface for `device`, one of DEVICES.

    `notes` are MIDI notes by pad, to read beside the pads. `foreign` are addresses of a mapping's own by what they
    move: those are sent to instead of ours, and changes come back at ours all the same. Where no name can be typed,
    not `types`, what wants one is left out.
    """
    width, height = DEVICES[device]
    room = Box(0, 0, width, height - HEAD - FOOT)
    made = _pages(notes or {}, room, types)
    shades = [hex_colour(stop) for stop in STOPS[: len(made)]]
    finish = _Finish(foreign or {})
    foot = _rows((foot_row(),), Box(0, height - FOOT, width, FOOT))
    return Layout(
        title, width, height, tuple(map(finish.page, made, shades)), finish.widgets(foot, INK), tuple(dots)
    )  # fmt: skip


def _pages(notes: Mapping[int, int], room: Box, types: bool) -> tuple[Page, ...]:
    across = BANK if room.w > room.h else BANK // 2
    inside = Box(0, 0, room.w, room.h - HEAD)  # of tabs as large as the room
    banks = [Page(title, _rows(block.rows, inside)) for title, block in latent_pages(across)]
    pads, settings = _areas((pad_block(notes), Block(((14, ()),))), room)
    inside = Box(0, 0, settings.w, settings.h - HEAD)
    each = [Page(title, _rows(block.rows, inside)) for title, block in settings_pages()]
    return (
        Page("map", _blocks(map_blocks(), room)),
        Page("pads", (*_rows(pad_block(notes).rows, pads), replace(tabs(tuple(each), "focus"), box=settings))),
        Page("morph", _blocks(morph_blocks(), room)),
        Page("sound", _blocks(sound_blocks(types), room)),
        Page("latent", (replace(tabs(tuple(banks)), box=room),)),
        Page("master", _blocks(master_blocks(types), room)),
    )


def _blocks(blocks: tuple[Block, ...], room: Box) -> tuple[Widget, ...]:
    return tuple(
        widget for block, area in zip(blocks, _areas(blocks, room), strict=True) for widget in _rows(block.rows, area)
    )


def _areas(blocks: tuple[Block, ...], room: Box) -> list[Box]:
    """The room, shared out: side by side by the blocks' widths where it is wide, else by the heights of their rows."""
    if room.w > room.h:
        ends = _ends([block.width for block in blocks], room.x, room.w)
        return [Box(left, room.y, right - left, room.h) for left, right in ends]
    ends = _ends([sum(height for height, _ in block.rows) for block in blocks], room.y, room.h)
    return [Box(room.x, top, room.w, bottom - top) for top, bottom in ends]


def _rows(rows: tuple[Row, ...], area: Box) -> tuple[Widget, ...]:
    placed = []
    for (_, widgets), (top, bottom) in zip(rows, _ends([height for height, _ in rows], area.y, area.h), strict=True):
        for widget, (left, right) in zip(widgets, _ends([1] * len(widgets), area.x, area.w), strict=True):
            box = Box(left, top, right - left, bottom - top)
            placed += [Widget("dots", box=box)] if widget.kind == "xy" else []
            placed.append(replace(widget, box=box))
    return tuple(placed)


def _ends(shares: Sequence[int], start: int, size: int) -> list[tuple[int, int]]:
    """`size` units from `start` on, cut by `shares`: where each part begins and ends."""
    cuts = [start + round(size * at / sum(shares)) for at in accumulate(shares, initial=0)]
    return list(pairwise(cuts))


@dataclass(frozen=True, slots=True)
class _Finish:
    """Gives widgets their page's colour, and a mapping's own addresses."""

    foreign: Mapping[tuple[str, ...], str]

    def page(self, page: Page, colour: str) -> Page:
        return replace(page, widgets=self.widgets(page.widgets, colour))

    def widgets(self, widgets: Sequence[Widget], colour: str) -> tuple[Widget, ...]:
        return tuple(self._widget(each, colour) for each in widgets)

    def _widget(self, widget: Widget, colour: str) -> Widget:
        address = self.foreign.get(widget.to, widget.address) if widget.span == (0.0, 1.0) else widget.address
        pages = tuple(self.page(page, colour) for page in widget.pages)
        return replace(widget, address=address, colour=colour, pages=pages)


def _within(page: Page) -> Iterator[Widget]:
    for widget in page.widgets:
        yield widget
        for inner in widget.pages:
            yield from _within(inner)


def hex_colour(rgb: Sequence[float] | NDArray[np.float32]) -> str:
    """`rrggbb` of red, green and blue in 0..1."""
    return "".join(f"{round(255 * part):02x}" for part in rgb)
