"""Whatever bytes a port sends, through the real parser, hands and instrument: no crash, and no state out of range."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentaudio.control.hands import Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_messages import TICK, MidiMessages
from latentaudio.events import Event, Trace
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.parameters import PARAMETERS
from tests.control.desk import mapping_of
from tests.fakes import RecordingListener, RecordingPort, StubRenderer, library

EVERY_KIND = """
    pickup: pickup, feedback: true, pads: {36-43: 1-8}, bindings: [
    {cc: 1, bits: 14, to: map.x}, {cc: 2, to: focus, relative: twos}, {cc: 3, to: temperature, relative: sign},
    {cc: 4, to: map.layer, toggle: true}, {cc: 5, to: draw},
    {cc: 7, to: pad.1.decay, pickup: scale, curve: [1, 0, 0.5]},
    {cc: 8, to: pad.2.gate, momentary: true}, {cc: 10, to: pad.1.pan, dead: 0.4, step: 0.3, invert: true},
    {nrpn: 5, to: latent.1, pickup: relative}, {nrpn: 129, bits: 14, to: lock.1}, {rpn: 1, to: zero},
    {bend: true, to: attribute.brightness}, {pressure: true, to: walk.step}, {aftertouch: 36, to: walk.run},
    {note: 60, to: latent.99, momentary: true}, {program: 3, to: morph.a}, {cc: 64, to: master.level, curve: s}]
"""
BYTE = st.integers(0, 255)
DATA = st.integers(0, 127)
CONTROLLER = st.sampled_from([*range(12), 33, 38, 64, 96, 97, 98, 99, 100, 101, *range(119, 128)])
MESSAGE = (
    st.tuples(st.just(0xB0), CONTROLLER, DATA | st.sampled_from([0, 1, 5, 127]))
    | st.tuples(st.sampled_from([0x80, 0x90, 0xA0, 0xE0]), st.sampled_from([36, 40, 60]) | DATA, DATA)
    | st.tuples(st.sampled_from([0xC0, 0xD0]), DATA)
    | st.tuples(DATA, DATA)  # a running status, which ports resolve
    | st.tuples(st.just(0xF0), DATA, DATA)  # an exclusive message cut short
    | st.tuples(st.sampled_from([0xF1, 0xF2, 0xF3, 0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF]))
    | st.lists(BYTE, max_size=5).map(tuple)
)
PORT = st.sampled_from(["midi:a", "midi:b"])


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Mapping:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    return mapping_of(folder, EVERY_KIND.replace("\n", " "))


@given(st.lists(st.tuples(PORT, MESSAGE, st.integers(0, 10**8)), max_size=60))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_leave_a_state_that_can_be(
    mapping: Mapping, messages: list[tuple[str, tuple[int, ...], int]]
) -> None:
    port, kit, waiting = RecordingPort(), Kit(), list[Event]()
    instrument = Instrument(library(), kit, port, StubRenderer(), RecordingListener(), 1)
    instrument.load([np.ones(100, np.float32)] * 16)
    hands = Hands(kit.hits(port), lambda event: waiting.append(event) is None, kit.focused, instrument.value)
    midi, now = MidiMessages(mapping, hands, lambda: True), 1
    for origin, data, later in messages:
        now += later
        midi.receive(origin, list(data), now)
    traced = sum(isinstance(event, Trace) for event in waiting)
    assert traced == midi.counters.messages - sum(list(data) == TICK for _, data, _ in messages)
    for event in waiting:
        instrument.perform(event)
    for origin in ("midi:a", "midi:b"):
        midi.gone(origin, now)
    assert hands.held == {}
    for name, value in instrument.values().items():
        row = PARAMETERS[name]
        assert math.isfinite(value) and row.low - 1e-6 <= value <= row.high + 1e-6, name
