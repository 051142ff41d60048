"""A controller that is plugged in brings its own mapping."""

from latentaudio.config import find_mapping, shipped_mappings
from latentaudio.control import recognise
from latentaudio.control.mapping import load_mapping


def test_a_port_that_a_shipped_mapping_names_brings_it(monkeypatch):
    monkeypatch.setattr(recognise, "list_ports", lambda api: ["Akai LPD8:Akai LPD8 MIDI 1 20:0"])
    files = sorted(shipped_mappings().glob("*.yaml"))
    assert [file.stem for file in recognise.fitting(files, None)] == ["akai-lpd8"]


def test_no_port_brings_none(monkeypatch):
    monkeypatch.setattr(recognise, "list_ports", lambda api: [])
    assert recognise.fitting(shipped_mappings().glob("*.yaml"), None) == []


def test_a_guest_shuts_no_other_controller_out(tmp_path):
    guest = tmp_path / "guest.yaml"
    guest.write_text("midi: {port: Mine, channel: 10, bindings: [{cc: 1, to: temperature}]}")
    alone = load_mapping([find_mapping("default")])
    mapping = load_mapping([find_mapping("default")], [guest])
    assert (mapping.ports, mapping.channel) == (alone.ports, alone.channel)
    assert mapping.bindings_for_cc(3, 1)[0].to == "temperature"
