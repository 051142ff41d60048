"""MIDI ports: found by pattern, opened as they come, played from a real JACK server."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import rtmidi

from latentaudio.control import port_watch
from latentaudio.control.binding import Binding, Light
from latentaudio.control.curve import midi_value
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi import MidiInput, list_ports
from latentaudio.control.midi_control import Control
from latentaudio.control.midi_feedback import MidiFeedback
from latentaudio.control.midi_ports import Port
from latentaudio.control.port_names import chosen, gone, labelled
from latentaudio.errors import ControlError
from latentaudio.events import Clock, Event, Played, Set
from tests.control.conftest import Stage, eventually
from tests.fader import Fader
from tests.jack import jack_server

__all__ = ["jack_server"]

ALSA = ["Midi Through:Midi Through Port-0 14:0", "LPD8:LPD8 MIDI 1 20:0", "VMPK Output:out 128:0"]
JACK = ["system:midi_capture_1", "a2j:LPD8 (capture)", "probe:out", "latentaudio-01:latentaudio"]
OTHER = ["LPD8 0", "nanoPAD2 1"]


@pytest.mark.parametrize(
    ("patterns", "names", "ports"),
    [
        (["all"], ALSA, ["LPD8:LPD8 MIDI 1 20:0"]),
        (["all"], JACK, ["system:midi_capture_1", "a2j:LPD8 (capture)"]),
        (["all"], OTHER, OTHER),
        (["none"], OTHER, []),
        (["lpd8"], ALSA, ["LPD8:LPD8 MIDI 1 20:0"]),
        (["LPD8*"], OTHER, ["LPD8 0"]),
        (["lpd8", "*pad2*"], OTHER, OTHER),
        (["vmpk", "through"], ALSA, [ALSA[0], ALSA[2]]),
        (["latentaudio", "probe"], JACK, ["probe:out"]),
    ],
)
def test_patterns_choose_ports(patterns: list[str], names: list[str], ports: list[str]) -> None:
    assert chosen(names, patterns) == ports


Listen = Callable[..., MidiInput]


@pytest.fixture
def listen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    monkeypatch.setattr(port_watch, "SCAN_SECONDS", 0.05)
    inputs: list[MidiInput] = []

    def start(*ports: str, api: str = "jack") -> MidiInput:
        mapping = Mapping(note_pads={note: note - 35 for note in range(36, 52)})
        started = MidiInput(mapping, stage.hit, stage.post, lambda: 1, lambda: False, ports, api)
        inputs.append(started)
        started.start()
        return started

    yield start
    for each in inputs:
        each.close()


@pytest.mark.usefixtures("jack_server")
def test_ticks_of_a_clock_come_while_they_are_wanted_and_starts_always(listen: Listen, stage: Stage) -> None:
    listening = listen("none")
    source = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="clock")
    source.open_port(0)
    for wanted in (False, True, False):
        listening.clock = lambda wanted=wanted: wanted
        time.sleep(0.02)  # the poller looks at what is wanted some thousand times a second
        source.send_message([0xFE])
        source.send_message([0xF8])
        source.send_message([0xFC])
        assert eventually(lambda: stage.events[-1:] == [Clock("midi:latentaudio", "stop")])
        stage.events.append(Event())
    kinds = [clock.kind for clock in stage.of(Clock)]
    assert kinds == ["stop", "tick", "stop", "stop"]
    unplug(source)


def controller() -> rtmidi.MidiOut:
    """A source that another program offers under JACK."""
    made = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="LPD8")
    made.open_virtual_port("out")
    return made


def unplug(source: rtmidi.MidiOut) -> None:
    source.close_port()
    source.delete()


@pytest.mark.usefixtures("jack_server")
def test_whoever_connects_to_our_port_plays_every_note_in_order(listen: Listen, stage: Stage) -> None:
    listen("none")
    source = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="keys")
    assert source.get_ports() == ["latentaudio:latentaudio"]
    source.open_port(0)
    for note in range(36, 52):
        source.send_message([0x90, note, 127])
        source.send_message([0x80, note, 0])
    assert eventually(lambda: len(stage.hits) == 16)
    assert [pad for pad, *_ in stage.hits] == list(range(1, 17))
    assert stage.of(Played)[0].origin == "midi:latentaudio"
    unplug(source)


@pytest.mark.usefixtures("jack_server")
def test_a_controller_that_comes_late_is_opened_and_again_when_it_comes_back(
    listen: Listen, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    listening = listen("lpd8*")
    assert "no MIDI port matches lpd8* yet" in caplog.text
    for plays in (1, 2):
        source = controller()
        assert eventually(lambda: "LPD8:out" in listening.ports)
        source.send_message([0x90, 36, 100])
        assert eventually(lambda plays=plays: len(stage.hits) == plays)
        unplug(source)
        assert eventually(lambda: listening.ports == ["latentaudio"])
    assert caplog.text.count("MIDI port LPD8:out opened") == 2 and "LPD8:out has gone" in caplog.text


@pytest.mark.usefixtures("jack_server")
def test_that_a_controller_has_gone_is_told_in_one_line(listen: Listen, caplog: pytest.LogCaptureFixture) -> None:
    source = controller()
    listening = listen("lpd8*")
    assert listening.ports == ["latentaudio", "LPD8:out"]
    unplug(source)
    assert eventually(lambda: listening.ports == ["latentaudio"])
    source = controller()
    assert eventually(lambda: "LPD8:out" in listening.ports)
    assert "has gone" in caplog.text and "no MIDI port matches" not in caplog.text
    unplug(source)


@pytest.mark.usefixtures("jack_server")
def test_a_program_that_a_controllers_own_mapping_names_is_opened_with_all_hardware(listen: Listen) -> None:
    listening, source = listen(), controller()
    assert not eventually(lambda: "LPD8:out" in listening.ports, 0.3)
    listening.messages.mapping = replace(mapping := listening.messages.mapping, own=((("LPD8",), mapping),))
    assert eventually(lambda: "LPD8:out" in listening.ports)
    unplug(source)


@pytest.mark.usefixtures("jack_server")
def test_soon_after_the_start_a_controller_is_found_without_waiting_for_the_next_scan(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_watch, "SCAN_SECONDS", 60.0)
    listening = listen("lpd8*")
    source = controller()
    assert eventually(lambda: "LPD8:out" in listening.ports)
    unplug(source)


@pytest.mark.usefixtures("jack_server")
def test_all_leaves_other_programs_alone(listen: Listen) -> None:
    source = controller()
    assert list_ports("jack") == ["LPD8:out"]
    assert listen("all").ports == ["latentaudio"]
    unplug(source)


@pytest.fixture
def shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[MidiFeedback]:
    """Feedback of controller 1, which moves the map's x."""
    monkeypatch.setattr(port_watch, "SCAN_SECONDS", 0.05)
    stage.values["map.x"] = 0.25
    mapping = Mapping(controls={Control("cc", 0, 1): (Binding("map.x", light=Light()),)})
    feedback = MidiFeedback(stage.values.get)
    listening = MidiInput(
        mapping, stage.hit, stage.post, lambda: 1, lambda: False, ["fader"], "jack", value=stage.values.get,
        feedback=feedback,
    )  # fmt: skip
    feedback.start()
    listening.start()
    yield feedback
    listening.close()
    feedback.close()


@pytest.mark.usefixtures("jack_server")
def test_a_fader_is_shown_the_state_when_it_comes_and_every_change_and_moves_nothing_by_its_echo(
    shown: MidiFeedback, stage: Stage
) -> None:
    for value in (0.25, 1.0):  # and once more after it was unplugged
        fader = Fader("Größe [2] fader", echoes=True)
        assert eventually(lambda fader=fader: fader.shown != [])
        assert fader.shown[0] == [0xB0, 1, midi_value(stage.values["map.x"])]
        stage.values["map.x"] = value / 2
        shown.changed({"map.x": (value / 2, "osc:somebody", False)})
        assert eventually(lambda fader=fader, value=value: fader.shown[-1] == [0xB0, 1, midi_value(value / 2)])
        fader.close()
        assert eventually(lambda: shown.ports == [])
    assert stage.of(Set) == []


@pytest.mark.usefixtures("jack_server")
@pytest.mark.parametrize("fault", [OSError("no memory"), RuntimeError("of ours")])
def test_ports_are_looked_after_though_something_fails_once(
    listen: Listen, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    listening = listen("lpd8")
    scanner = listening._watch._scanner
    with monkeypatch.context() as patch:
        patch.setattr(listening._watch, "_scanner", Failing(fault))
        assert eventually(lambda: str(fault) in caplog.text)
        patch.setattr(listening._watch, "_scanner", scanner)
    source = controller()
    assert eventually(lambda: "LPD8:out" in listening.ports)
    unplug(source)


@pytest.mark.usefixtures("jack_server")
def test_a_driver_that_fails_ends_no_start(
    listen: Listen, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_watch, "new_scanner", lambda api: Failing(RuntimeError("of the driver")))
    assert listen("lpd8").ports == ["latentaudio"] and "of the driver" in caplog.text


class Failing:
    """A MIDI system that is in trouble."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def get_ports(self) -> list[str]:
        raise self.fault

    def delete(self) -> None:
        pass


@pytest.mark.usefixtures("jack_server")
def test_a_fault_beside_the_notes_is_told_once_and_counted_and_they_go_on(
    listen: Listen, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    listening, source = listen("lpd8"), controller()
    assert eventually(lambda: "LPD8:out" in listening.ports)
    listening._watch.stop()
    opened = listening._watch.open
    listening.clock = lambda: stage.values["gone"] > 0.0
    listening._watch.open = (Port("broken", None), *opened)
    assert eventually(lambda: listening.report()["faults"] > 10)
    source.send_message([0x90, 36, 100])
    assert eventually(lambda: len(stage.hits) == 1)
    assert caplog.text.count("MIDI goes on after a fault") == 2
    listening._watch.open = opened
    unplug(source)


@pytest.mark.usefixtures("jack_server")
def test_a_port_with_brackets_in_its_name_is_opened_by_that_name_and_plays(listen: Listen, stage: Stage) -> None:
    fader = Fader("Größe [2] *x?")
    listening = listen("größe [2] *x?:out")
    assert eventually(lambda: listening.ports == ["latentaudio", "Größe [2] *x?:out"])
    fader.to_send.append([0x90, 36, 100])
    assert eventually(lambda: len(stage.hits) == 1)
    fader.close()


@pytest.mark.usefixtures("jack_server")
def test_a_controller_that_is_pulled_out_lets_go_of_what_it_held(listen: Listen, stage: Stage) -> None:
    stage.gate = True
    listening = listen("lpd8")
    source = controller()
    assert eventually(lambda: "LPD8:out" in listening.ports)
    source.send_message([0x90, 40, 100])
    assert eventually(lambda: len(stage.hits) == 1)
    unplug(source)
    assert eventually(lambda: stage.ended == [("release", 5, 0.0)])


def test_two_controllers_of_one_name_are_told_apart() -> None:
    names = labelled(["LPD8", "nanoPAD2", "LPD8"])
    assert names == ["LPD8", "nanoPAD2", "LPD8 #2"] and chosen(names, ["lpd8"]) == ["LPD8", "LPD8 #2"]


def test_where_one_of_two_of_a_name_has_gone_both_are_opened_anew() -> None:
    opened = ["latentaudio", "LPD8", "LPD8 #2", "nanoPAD2"]
    assert gone(opened, ["latentaudio", "LPD8", "nanoPAD2"]) == {"LPD8", "LPD8 #2"}
    assert gone(opened, opened) == set()


def test_who_wants_no_port_misses_no_midi_system(listen: Listen, caplog: pytest.LogCaptureFixture) -> None:
    assert listen("none", api="winmm").ports == []
    assert caplog.text == ""


def test_without_a_midi_system_there_is_a_warning_and_the_music_plays(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    assert listen(api="winmm").ports == []
    assert "no MIDI system 'winmm' here (there is: " in caplog.text
    with pytest.raises(ControlError, match="no MIDI system 'winmm'"):
        list_ports("winmm")
