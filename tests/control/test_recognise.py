"""A controller that is plugged in brings its own mapping."""

from pathlib import Path

import pytest

from latentaudio.config import find_mapping, shipped_mappings, user_mappings
from latentaudio.control import recognise
from latentaudio.control.lamp import lamps_of
from latentaudio.control.layer import read_layer
from latentaudio.control.mapping import load_mapping
from latentaudio.control.recognise import Recognised, ports_now
from latentaudio.errors import ControlError, UsageError
from tests.control.desk import Desk


def test_a_port_that_a_shipped_mapping_names_brings_it():
    assert [file.stem for file in Recognised().fitting(["Akai LPD8:Akai LPD8 MIDI 1 20:0"])] == ["akai-lpd8"]


def test_a_mapping_for_another_controller_is_read_no_further_than_its_port(caplog: pytest.LogCaptureFixture):
    user_mappings().mkdir(parents=True)
    (user_mappings() / "other.yaml").write_text("name: {a: [1]}\nmidi: {channel: 1, port: [Other, Thing], bindings: 7}")
    recognised = Recognised()
    assert recognised.fitting(["Foo", "nanoPAD2 1"]) == [shipped_mappings() / "korg-nanopad2.yaml"]
    assert caplog.messages == []
    recognised.fitting(["A Thing"])
    recognised.fitting(["Another Thing"])
    assert caplog.messages == ["other.yaml:1: expected text, got a table; no controller gets this mapping"]


def test_a_mapping_that_is_played_by_is_told_wrong_by_who_loads_it_and_not_here_too(caplog: pytest.LogCaptureFixture):
    user_mappings().mkdir(parents=True)
    (file := user_mappings() / "mine.yaml").write_text("midi: {port: LPD8}")
    recognised = Recognised()
    assert file in recognised.fitting(["LPD8 1"])
    file.write_text("midi: {port: {}}")
    assert file in recognised.fitting(["LPD8 1"]) and caplog.messages == []


@pytest.mark.parametrize("text", ["", "# none", "midi: [port]", "name: port", "midi: {bindings: [port, x]}", "[midi]"])
def test_a_mapping_that_names_no_port_is_for_no_controller(tmp_path: Path, text: str):
    (tmp_path / "mine.yaml").write_text(text)
    assert recognise.patterns_of(tmp_path / "mine.yaml") == ()


def test_every_port_that_a_shipped_mapping_names_is_found_without_the_rest_of_it():
    for file in recognise.candidates():
        assert recognise.patterns_of(file) == tuple(port for port in read_layer(file).ports or () if port != "all")


def test_no_port_brings_none():
    assert Recognised().fitting([]) == []


def test_a_machine_without_midi_has_no_ports(monkeypatch: pytest.MonkeyPatch):
    def refuse(api):
        raise ControlError("no MIDI here")

    monkeypatch.setattr(recognise, "list_ports", refuse)
    assert ports_now(None) == []


def test_a_guest_shuts_no_other_controller_out(tmp_path):
    guest = tmp_path / "guest.yaml"
    guest.write_text("midi: {port: Mine, channel: 10, bindings: [{cc: 1, to: temperature}]}")
    alone = load_mapping([find_mapping("default")])
    mapping = load_mapping([find_mapping("default")], [guest])
    assert (mapping.ports, mapping.channel) == (alone.ports, alone.channel)
    assert mapping.bindings_for_cc(3, 1)[0].to == "temperature"


GUESTS = ("midi: {port: Grid, channel: 1, bindings: [{note: 36, to: draw, feedback: {on: 5}}]}",
          "midi: {port: Knobs, bindings: [{cc: 7, to: temperature, pickup: pickup}]}")  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The default mapping, and two controllers with one of their own."""
    paths = [tmp_path / f"{number}.yaml" for number, _ in enumerate(GUESTS)]
    for path, text in zip(paths, GUESTS, strict=True):
        path.write_text(text)
    return Desk(load_mapping([find_mapping("default")], paths))


def test_a_controllers_own_mapping_holds_on_its_port_and_the_default_on_all_others(desk: Desk):
    assert desk.send([0x90, 36, 99], origin="midi:Grid 1") == "draw"
    assert desk.send([0x90, 36, 99], origin="midi:Drums").startswith("pad 1 ")
    assert desk.send([0xB0, 7, 64], origin="midi:Grid 1").startswith("master.level =")
    assert "pickup" in desk.send([0xB0, 7, 64], origin="midi:Knobs")


def test_messages_of_two_controllers_in_turn_make_none_forget_what_it_has_picked_up(desk: Desk):
    desk.send([0xB0, 7, 0], [0xB0, 7, 127], origin="midi:Knobs")
    assert desk.send([0xB0, 1, 9], [0xB0, 1, 10], origin="midi:Grid 1").startswith("morph.amount =")
    assert desk.send([0xB0, 7, 126], origin="midi:Knobs").startswith("temperature =")


def test_only_the_controller_whose_lights_they_are_is_told_to_light_them(desk: Desk):
    mapping = desk.midi.mapping
    assert [len([*lamps_of(mapping.of(port))]) for port in ("Grid 1", "Knobs", "A synthesizer")] == [1, 0, 0]


def test_what_holds_on_a_port_is_the_same_each_time(desk: Desk):
    mapping = desk.midi.mapping
    assert mapping.of("Grid") is mapping.of("Grid") and mapping.of("a") is mapping.of("b")


def test_a_mapping_of_the_users_own_and_the_shipped_one_of_its_name_are_named_as_one() -> None:
    user_mappings().mkdir(parents=True)
    (user_mappings() / "akai-lpd8.yaml").touch()
    with pytest.raises(UsageError, match="akai-apc-key-25, akai-lpd8, akai-mpd218"):
        find_mapping("x")
