"""A Max patch and a Max for Live device: sound by Max's reference, and each widget says and shows what it should.

Max itself was not at hand: `tests/max_program.py` follows the wires in its place.
"""

from pathlib import Path
from typing import Any

import pytest
from py2max import Patcher
from py2max.lint import lint
from py2max.maxref import get_object_info

from latentaudio.surface.formats import FORMATS, Place
from latentaudio.surface.layout import Dot, lay_out
from tests.max_program import Max, open_patch, patchers

PLACE = Place("10.0.0.7", 9100)
EVERY_BOX = {"id", "maxclass", "text", "numinlets", "numoutlets", "outlettype", "patching_rect", "presentation",
             "presentation_rect", "varname", "ignoreclick", "fontsize", "parameter_enable", "textcolor",
             "saved_attribute_attributes", "patcher"}  # of any box, or of one with letters  # fmt: skip
OTHERS = {"viewvisibility"}  # that Max saves for a bpatcher, and no reference page names


def made(folder: Path, kind: str = "maxpat", **more: Any) -> Path:
    layout = lay_out("kicks", "tablet", dots=(Dot(0.25, 0.5, "5d4dbe"),), **more)
    file = folder / f"kicks{FORMATS[kind].suffix}"
    file.write_bytes(FORMATS[kind].write(layout, PLACE))
    return file


def texts(file: Path) -> list[str]:
    return [each["box"].get("text", "") for patcher in patchers(open_patch(file)) for each in patcher["boxes"]]


@pytest.mark.parametrize("kind", ["maxpat", "amxd"])
def test_every_box_is_one_of_maxs_and_every_wire_has_ends(kind, tmp_path):
    for patcher in patchers(open_patch(made(tmp_path, kind))):
        found = lint(Patcher.from_dict(patcher))
        assert [each for each in found if each.severity == "error" or each.code == "W-UNKNOWN-OBJECT"] == []


@pytest.mark.parametrize("kind", ["maxpat", "amxd"])
def test_every_attribute_is_one_of_its_boxs(kind, tmp_path):
    for patcher in patchers(open_patch(made(tmp_path, kind))):
        for each in patcher["boxes"]:
            known = set((get_object_info(each["box"]["maxclass"]) or {"attributes": ()})["attributes"])
            assert set(each["box"]) - EVERY_BOX - known <= OTHERS, each["box"]["maxclass"]


@pytest.mark.parametrize("kind", ["maxpat", "amxd"])
def test_the_same_layout_is_the_same_file(kind, tmp_path):
    assert made(tmp_path, kind).read_bytes() == made(tmp_path, kind).read_bytes()


def test_what_comes_is_shown_and_nothing_is_sent_back(tmp_path):
    program = Max(made(tmp_path))
    program.hear("/la/tempo/bpm", 90.0)
    program.hear("/la/map/xy", 0.25, 0.5)
    program.hear("/la/walk/run", 1.0)
    shown = {name: program.shown[name] for name in ("tempo", "map.x map.y", "walk.run")}
    assert shown == {"tempo": ["set", 90.0], "map.x map.y": ["set", 250.0, 500.0], "walk.run": ["set", 1.0]}
    assert program.sent == []


def test_the_page_that_is_seen_is_the_focused_pads(tmp_path):
    program = Max(made(tmp_path))
    program.hear("/la/focus/n", 3.0)
    assert program.shown["focus"] == ["set", 2.0]
    height = next(each["box"]["presentation_rect"][3] for patcher in patchers(open_patch(made(tmp_path)))
                  for each in patcher["boxes"] if each["box"].get("varname") == "la-focus")  # fmt: skip
    assert program.turned == [["script", "sendbox", "la-focus", "offset", 0.0, -2.0 * (height + 40)]]


def test_it_speaks_to_the_place_that_it_is_made_for_and_hears_beside_it(tmp_path):
    assert {"udpsend 10.0.0.7 9100", "udpreceive 9101", "/la/subscribe 9101"} <= set(texts(made(tmp_path)))


def test_a_mappings_own_address_is_sent_to_and_ours_is_heard(tmp_path):
    found = texts(made(tmp_path, foreign={("morph.amount",): "/1/fader1"}))
    assert "prepend /1/fader1" in found and "receive /la/morph/amount" in found


def test_a_device_is_a_midi_effect_whose_strip_is_automated_under_names_of_its_own(tmp_path):
    file = made(tmp_path, "amxd")
    assert file.read_bytes()[:16] == b"ampf\4\0\0\0mmmmptch"
    values = [each["box"].get("saved_attribute_attributes", {}).get("valueof") for patcher in patchers(open_patch(file))
              for each in patcher["boxes"]]  # fmt: skip
    names = [value["parameter_longname"] for value in values if value]
    assert len(names) == len(set(names))
    automated = {value["parameter_longname"] for value in values if value and value["parameter_invisible"] == 0}
    assert {"Morph amount", "Walk run", "Map snap", "Attribute pitch", "Focus"} <= automated and len(automated) < 40


def test_notes_of_a_clip_go_to_the_daemon_and_on(tmp_path):
    strip = open_patch(made(tmp_path, "amxd"))
    assert {"notein", "pack 0 0.", "/ 127.", "prepend /la/note", "midiin", "midiout"} <= {
        each["box"].get("text") for each in strip["boxes"]
    }
