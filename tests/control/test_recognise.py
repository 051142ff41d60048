"""A controller that is plugged in brings its own mapping."""

from latentaudio.config import shipped_mappings
from latentaudio.control import recognise


def test_a_port_that_a_shipped_mapping_names_brings_it(monkeypatch):
    monkeypatch.setattr(recognise, "list_ports", lambda api: ["Akai LPD8:Akai LPD8 MIDI 1 20:0"])
    files = sorted(shipped_mappings().glob("*.yaml"))
    assert [file.stem for file in recognise.fitting(files, None)] == ["akai-lpd8"]


def test_no_port_brings_none(monkeypatch):
    monkeypatch.setattr(recognise, "list_ports", lambda api: [])
    assert recognise.fitting(shipped_mappings().glob("*.yaml"), None) == []
