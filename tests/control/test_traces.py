"""What who watches is told: every message and what it did, in a bounded queue, and how the ports stand."""

from collections.abc import Callable
from typing import Any

import pytest

from latentaudio.control.midi_messages import MidiMessages
from latentaudio.control.osc import OscServer
from latentaudio.control.port_names import fate
from latentaudio.control.traces import A_FLUSH, WAITING
from latentaudio.events import Trace
from tests.control.conftest import Client, Stage
from tests.control.test_midi_messages import MAPPING, ORIGIN

Connect = Callable[[], Client]


def watching(client: Client) -> Client:
    client.send("/la/unsubscribe")
    client.send("/la/monitor", 1)
    client.settle()
    client.pending()
    return client


def lines(client: Client) -> list[list[Any]]:
    return [values for address, values in client.pending() if address == "/la/monitor"]


def test_a_line_says_who_what_effect_when_and_its_number(server: OscServer, client: Client) -> None:
    watching(client)
    for effect in ("pad 1 at velocity 1.00", lambda: "nothing: searched for later"):
        server.feedback.traces.add(Trace("midi:LPD8", "note_on", effect))
    server.feedback.traces.flush()
    (*first, time, one), (*second, _, two) = lines(client)
    assert first == ["midi:LPD8", "note_on", "pad 1 at velocity 1.00"] and time.endswith("+00:00")
    assert second == ["midi:LPD8", "note_on", "nothing: searched for later"] and (one, two) == (1, 2)


def test_a_flood_is_bounded_and_what_was_left_out_shows_in_the_numbers(server: OscServer, client: Client) -> None:
    watching(client)
    for _ in range(3 * WAITING):
        server.feedback.traces.add(Trace("midi:LPD8", "note_on", "x"))
    server.feedback.traces.flush()
    numbers = [number for *_, number in lines(client)]
    assert numbers == list(range(2 * WAITING + 1, 2 * WAITING + 1 + A_FLUSH))


def test_one_packet_makes_nobody_watch(server: OscServer, client: Client, connect: Connect) -> None:
    forged = connect()
    forged.send("/la/monitor", 1)
    client.settle()
    server.feedback.traces.add(Trace("midi:LPD8", "note_on", "x"))
    server.feedback.traces.flush()
    assert lines(forged) == []


def test_nothing_waits_for_who_watches_later(server: OscServer, client: Client) -> None:
    server.feedback.traces.add(Trace("midi:LPD8", "note_on", "x"))
    server.feedback.traces.flush()
    watching(client)
    server.feedback.traces.flush()
    assert lines(client) == []


def test_who_begins_to_watch_is_told_of_the_ports_and_later_of_what_changes(server: OscServer, client: Client) -> None:
    told = []
    watching(client)
    for effects in ({"midi:LPD8": "opened"}, {"midi:LPD8": "opened"}, {}):
        server.feedback.traces.stand(effects)
        told.append([values[:3] for values in lines(client)])
    assert told == [[["midi:LPD8", "port", "opened"]], [], [["midi:LPD8", "port", "nothing: it has gone"]]]


def test_what_is_refused_after_it_was_passed_on_is_told_too(server: OscServer, client: Client) -> None:
    watching(client)
    server.feedback.error("midi:LPD8", "latent.99", "the model has latent.1 to latent.32")
    server.feedback.fail("midi:LPD8", "preset.number", "there is no preset 7")
    server.feedback.traces.flush()
    assert [(values[1], values[2][:20]) for values in lines(client)] == [
        ("/la/latent/99", "nothing: the model h"),
        ("/la/preset/number", "nothing: there is no"),
    ]


def test_what_is_no_osc_is_shown_as_bytes(client: Client, stage: Stage) -> None:
    watching(client)
    client.send_bytes(b"GET / HTTP/1.1")
    client.settle()
    trace = next(trace for trace in stage.of(Trace) if trace.message.startswith("47 45 54"))
    assert trace.effect == "nothing: not OSC, neither a message nor a bundle"


def test_who_asks_to_watch_is_answered_each_time(client: Client) -> None:
    client.send("/la/monitor", 1)
    assert ("/la/done", ["/la/monitor"]) in client.settle()


@pytest.mark.parametrize(
    ("address", "value", "says"), [("/la/master/level", 2.0, "(clipped)"), ("/la/focus/n", 2.2, "(rounded)")]
)
def test_a_value_that_is_not_quite_what_was_sent_is_said_so(
    client: Client, stage: Stage, address: str, value: float, says: str
) -> None:
    watching(client)
    client.send(address, value)
    client.settle()
    assert stage.of(Trace)[-2].effect.endswith(says)


@pytest.mark.parametrize(("data", "why"), [
    ([0xFA], "nothing: the clock is off"), ([0x99, 99, 64], "nothing: no pad or button of the mapping"),
])  # fmt: skip
def test_the_commonest_reasons_are_said(stage: Stage, data: list[int], why: str) -> None:
    stage.values["tempo.clock"] = 0.0
    MidiMessages(MAPPING, stage.hands(), lambda: True).receive(ORIGIN, data, 0)
    assert stage.of(Trace)[0].effect.startswith(why)


@pytest.mark.parametrize(("name", "opened", "patterns", "says"), [
    ("LPD8:LPD8 MIDI 1 24:0", ["LPD8:LPD8 MIDI 1 24:0"], ["all"], "opened"),
    ("nanoPAD2:1 28:0", [], ["LPD8*"], "nothing: not opened, only LPD8* is"),
    ("FLUID Synth:0 129:0", [], ["all"], "nothing: not opened, only all hardware is"),
    ("LPD8:LPD8 MIDI 1 24:0", [], ["all"], "nothing: it cannot be opened"),
    ("latentaudio:latentaudio 128:0", [], ["all"], "nothing: it is our own"),
])  # fmt: skip
def test_a_port_says_why_it_is_not_heard(name: str, opened: list[str], patterns: list[str], says: str) -> None:
    assert fate(name, opened, patterns).startswith(says)
