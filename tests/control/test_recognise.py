"""A controller that is plugged in brings its own mapping."""

import pytest

from latentaudio.config import find_mapping
from latentaudio.control import recognise
from latentaudio.control.mapping import load_mapping
from latentaudio.control.recognise import Recognised, ports_now
from latentaudio.errors import ControlError


def test_a_port_that_a_shipped_mapping_names_brings_it():
    assert [file.stem for file in Recognised().fitting(["Akai LPD8:Akai LPD8 MIDI 1 20:0"])] == ["akai-lpd8"]


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
