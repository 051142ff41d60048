"""An Open Stage Control session: only what the program knows, ids of their own, and the daemon's numbers."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from latentaudio.latent.map_window import Window
from latentaudio.surface.formats import FORMATS, Place
from latentaudio.surface.layout import Dot, lay_out

# Properties that each widget declares in the sources of Open Stage Control (1.30.0-beta4), of those written here.
COMMON = {"type", "id", "left", "top", "width", "height", "colorWidget", "padding", "html", "css", "value", "default",
          "address", "onCreate", "onValue", "bypass", "decimals"}  # fmt: skip
OWN = {
    "root": {"colorBg", "colorText", "widgets"},
    "panel": {"tabs"},
    "tab": {"label", "colorBg", "scroll", "widgets"},
    "fader": {"horizontal", "design", "snap"},
    "xy": {"snap", "pips"},
    "button": {"label", "mode"},
    "switch": {"layout", "values"},
    "input": set(),
    "text": {"wrap"},
    "svg": {"svg"},
}


def session(**more: Any) -> dict[str, Any]:
    dots = (Dot(0.25, 0.5, "5d4dbe"),)
    made: dict[str, Any] = json.loads(
        FORMATS["osc"].write(lay_out("kicks", "tablet", dots=dots, **more), Place("h", 9000))
    )
    return made


def walk(widget: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield widget
    for inner in widget.get("widgets", []) + widget.get("tabs", []):
        yield from walk(inner)


def find(name: str, **more: Any) -> dict[str, Any]:
    return next(widget for widget in walk(session(**more)["content"]) if widget["id"] == name)


def test_only_properties_that_the_program_knows():
    for widget in walk(session()["content"]):
        assert set(widget) <= COMMON | OWN[widget["type"]], widget["id"]


def test_every_widget_has_an_id_of_its_own():
    assert Counter(widget["id"] for widget in walk(session()["content"])).most_common(1)[0][1] == 1


def test_a_fader_sends_0_to_1_and_shows_its_unit():
    level = find("pad.1.level")
    assert (level["type"], level["address"], level["decimals"]) == ("fader", "/la/pad/1/level", 5)
    assert level["html"] == "level #{Number(OSC{/la/pad/1/level/db, -6}).toFixed(2)} dB"


def test_a_choice_sends_the_number_of_its_name():
    assert find("map.layer")["values"] == {"labels": ["model", "data", "synth"], "values": [0, 1, 2]}
    assert find("map.layer")["address"] == "/la/map/layer/n"


def test_the_page_that_is_seen_is_the_focused_pads():
    focus = find("focus")
    assert focus["value"] == "#{OSC{/la/focus/n, 1} - 1}" and focus["onValue"] == "send('/la/focus/n', value + 1)"


def test_it_asks_for_changes_when_it_is_opened():
    assert find("root")["onCreate"].startswith("send('/la/subscribe');")


def test_a_mappings_own_address_is_sent_to_and_ours_is_heard():
    amount = find("morph.amount", foreign={("morph.amount",): "/1/fader1"})
    assert (amount["address"], amount["value"]) == ("/1/fader1", "OSC{/la/morph/amount}")


@pytest.mark.parametrize(("zoom", "x", "y"), [(0.0, 0.5, 0.5), (0.4, 0.3, 0.6), (1.0, 0.0, 1.0)])
def test_dots_follow_zoom_and_pan(zoom, x, y):
    """The program's arithmetic, done here: where the one dot is on the surface."""
    heard = {"/la/map/zoom": zoom, "/la/map/pan/x": x, "/la/map/pan/y": y}
    svg = re.sub(r"OSC\{([^,}]+), [^}]+\}", lambda match: str(heard[match[1]]), find("sounds")["svg"])
    svg = re.sub(r"#\{(.*?)\}", lambda match: str(eval(match[1].replace("Math.", ""))), svg)
    left, top, width, height = (float(re.search(rf" {key}='(\S+)%'", svg)[1]) for key in ("x", "y", "width", "height"))
    seen = (left + 0.25 * width) / 100, 1 - (top + 0.5 * height) / 100
    assert seen == pytest.approx(Window(32**zoom, x, y).outside(0.25, 0.5))
