"""A layout: every widget in a place of its own, at an address that exists, and nothing of the instrument left out."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Addresses
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS
from latentaudio.surface.formats import DEVICES
from latentaudio.surface.layout import FOOT, HEAD, Layout, lay_out
from latentaudio.surface.widget import Box, Page, Widget
from tests.control.conftest import Stage

LEFT_OUT = {  # from the surfaces: what wants no finger, or a list that a surface cannot show
    "map.x", "map.y", "model.list", "preset.list", "preset.search", "attribute.forget",
    *(f"pad.{pad}.preset" for pad in range(1, 17)),
}  # fmt: skip


@pytest.fixture(params=list(DEVICES))
def layout(request: pytest.FixtureRequest) -> Layout:
    return lay_out("kicks", request.param)


def rooms(layout: Layout) -> Iterator[tuple[Box, tuple[Widget, ...]]]:
    """Each page, each page within a page, the foot: its room, and what stands in it."""
    yield Box(0, 0, layout.width, layout.height), layout.foot
    for page in layout.pages:
        yield Box(0, 0, layout.width, layout.height - HEAD - FOOT), page.widgets
        for tabs in page.widgets:
            yield from ((Box(0, 0, tabs.box.w, tabs.box.h - HEAD), inner.widgets) for inner in tabs.pages)


def test_every_widget_has_an_address_that_exists(layout):
    known = Addresses(instrument_routes(Mapping(), Stage().hands()))
    sent = [widget.address for widget in layout.widgets() if widget.address]
    assert len(sent) > 500 and [address for address in sent if not known.find(address)] == []


def test_everything_that_can_be_moved_is_on_it(layout):
    moved = {name for widget in layout.widgets() for name in widget.to} | LEFT_OUT
    assert {*PARAMETERS, *ACTIONS, *ORDERS} - moved == set()


def test_widgets_stand_within_their_page_and_not_on_one_another(layout):
    for room, widgets in rooms(layout):
        seen = [widget for widget in widgets if widget.kind != "dots"]
        for box, kind in ((widget.box, widget.kind) for widget in seen):
            assert min(box.w, box.h) >= (1 if kind == "label" else 3)
            assert box.x + box.w <= room.w and box.y + box.h <= room.h
        for one, other in combinations(seen, 2):
            assert not overlap(one.box, other.box), (one, other)


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.w and other.x < one.x + one.w
    return across and one.y < other.y + other.h and other.y < one.y + one.h


def test_a_mappings_own_address_is_sent_to_and_changes_come_back_at_ours():
    layout = lay_out("mine", "phone", foreign={("morph.amount",): "/1/fader1"})
    [amount] = [widget for widget in layout.widgets() if widget.to == ("morph.amount",)]
    assert (amount.address, amount.reports) == ("/1/fader1", "/la/morph/amount")


def test_a_choice_of_several_sends_its_number_to_ours_whatever_a_mapping_has():
    layout = lay_out("mine", "phone", foreign={("map.layer",): "/1/layer"})
    assert [each.address for each in layout.widgets() if each.to == ("map.layer",)] == ["/la/map/layer/n"]


def test_a_pad_shows_the_note_that_plays_it():
    layout = lay_out("mine", "tablet", notes={3: 38})
    assert [each.label for each in layout.widgets() if each.to == ("pad.3.trigger",)] == ["3  (38)"]


def test_the_settings_that_are_seen_are_the_focused_pads(layout):
    [focus] = [widget for widget in layout.widgets() if widget.to == ("focus",)]
    assert (focus.kind, focus.address, focus.span) == ("tabs", "/la/focus/n", (1.0, 16.0))
    assert [page.title for page in focus.pages] == [str(pad) for pad in range(1, 17)]
    for pad, page in enumerate(focus.pages, 1):
        assert all(name.startswith(f"pad.{pad}.") for widget in page.widgets for name in widget.to)


def test_the_first_pad_is_at_the_bottom_left(layout):
    [pads] = [page for page in layout.pages if page.title == "pads"]
    first, last = (find(pads, f"pad.{pad}.trigger").box for pad in (1, 16))
    assert first.x == 0 and first.y > last.y and first.x < last.x


def find(page: Page, name: str) -> Widget:
    return next(widget for widget in page.widgets if widget.to == (name,))
