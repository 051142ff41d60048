"""A TouchOSC layout: py2tosc finds nothing wrong, its numbers are the daemon's, and nothing loops."""

import py2tosc
import pytest

from latentaudio.surface.formats import FORMATS, Place
from latentaudio.surface.layout import Dot, Layout, lay_out

PLACE = Place("127.0.0.1", 9000)
DOTS = (Dot(0.0, 0.0, "5d4dbe"), Dot(1.0, 0.75, "ffd16b"))


def layout(device: str = "tablet", **more: object) -> Layout:
    return lay_out("kicks", device, dots=DOTS, types=False, **more)


def document(made: Layout) -> py2tosc.Document:
    return py2tosc.loads(FORMATS["tosc"].write(made, PLACE))


def messages(control: py2tosc.Control) -> list[tuple[str, bool, bool, list[tuple[str, float, float]]]]:
    """Address, whether it sends and receives, and what it carries."""
    return [
        ("".join(part.value for part in each.path), each.send, each.receive,
         [(part.value, part.scale_min, part.scale_max) for part in each.arguments])
        for each in control.messages
    ]  # fmt: skip


@pytest.mark.parametrize("device", ["phone", "tablet"])
def test_the_validator_finds_nothing(device):
    assert document(layout(device)).validate() == []


def test_the_same_layout_is_the_same_file():
    assert FORMATS["tosc"].write(layout(), PLACE) == FORMATS["tosc"].write(layout(), PLACE)


def test_every_widget_is_there_once():
    made = layout()
    bound = [name for control in document(made).walk() for name in (control.get("name") or "").split()]
    moved = [name for widget in made.widgets() for name in widget.to]
    assert len(moved) > 500 and sorted(set(moved)) == sorted(name for name in bound if name in set(moved))


def test_a_fader_sends_0_to_1_and_starts_at_the_default():
    tempo = document(layout()).find("tempo")
    assert messages(tempo) == [("/la/tempo", True, True, [("x", 0, 1)])]
    assert tempo.values[0].default == pytest.approx(90 / 270, abs=1e-6)


def test_a_choice_sends_its_number():
    assert messages(document(layout()).find("walk.guide")) == [("/la/walk/guide/n", True, True, [("x", 0, 1)])]
    assert messages(document(layout()).find("variation.pick"))[0][3] == [("x", 1, 2)]  # TouchOSC counts from 0


def test_the_page_that_is_seen_is_the_focused_pads():
    assert messages(document(layout()).find("focus")) == [("/la/focus/n", True, True, [("page", 1, 2)])]


def test_a_trigger_sends_but_its_press_and_hears_nothing():
    trigger = document(layout()).find("pad.3.trigger")
    assert messages(trigger) == [("/la/pad/3/trigger", True, False, [("x", 0, 1)])]
    assert trigger.messages[0].triggers == [py2tosc.Trigger("x", "RISE")]


def test_nothing_that_comes_is_sent_on():
    assert not any(message.feedback for control in document(layout()).walk() for message in control.messages)


def test_a_mappings_own_address_only_sends_and_ours_only_hears():
    amount = document(layout(foreign={("morph.amount",): "/1/fader1"})).find("morph.amount")
    assert [each[:3] for each in messages(amount)] == [("/1/fader1", True, False), ("/la/morph/amount", False, True)]


def test_touching_a_tab_asks_for_changes_at_the_receive_port():
    [by_touch, by_page] = messages(document(layout()).find("pages"))
    assert by_touch == by_page == ("/la/subscribe", True, False, [("9001", 0, 1)])


def test_dots_lie_where_the_finger_is_that_plays_them():
    sounds = document(layout()).find("sounds")
    width, height = sounds.frame[2:]
    centres = [(dot.frame[0] + 3, dot.frame[1] + 3) for dot in sounds.children]
    assert centres == [(0, height), (width, round(height / 4))]


def test_what_to_type_into_touchosc_is_said(tmp_path):
    said = FORMATS["tosc"].advice(tmp_path / "k.tosc", Place("10.0.0.7", 9100))
    assert "host 10.0.0.7, send port 9100, receive port 9101" in said
