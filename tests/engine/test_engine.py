"""Every hit is answered, no memory is let go too early, and time is kept."""

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest

from latentaudio.engine import CommandPort, Engine, Started, Strike
from latentaudio.engine.layout import FUTURE, PORTS, RING
from tests.engine.sounds import RATE, level, noise, ns


def test_a_hit_is_reported_with_the_time_of_its_first_frame(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), pad=7), 1.0, arrival_ns=5, at_ns=ns(100))
    engine.render(300)
    assert engine.collect() == [Started(7, 5, pytest.approx(ns(100), abs=20), False)]
    assert engine.collect() == []


def test_a_hit_that_is_asked_for_too_late_sounds_at_once_and_is_counted(engine: Engine, port: CommandPort) -> None:
    engine.render(1000)
    port.play(Strike(level(0.5)), 1.0, 0, ns(990))
    assert np.allclose(engine.render(100), 0.5)
    assert engine.collect()[0].late and engine.counters().late == 1


def test_hits_from_before_the_stream_stood_still_are_dropped(engine: Engine, port: CommandPort) -> None:
    engine.render(RATE)
    port.play(Strike(level(0.5)), 1.0, arrival_ns=ns(RATE // 4))
    port.play(Strike(level(0.25)), 1.0, arrival_ns=ns(RATE * 3 // 4))
    assert np.allclose(engine.render(100), 0.25)
    assert engine.counters().dropped == 1 and len(engine.collect()) == 1 and len(port._sounding) == 1


def test_a_hit_for_now_is_not_late(engine: Engine, port: CommandPort) -> None:
    engine.render(1000)
    port.play(Strike(level(0.5)), 1.0, 0)
    engine.render(100)
    assert not engine.collect()[0].late


def test_a_sound_lives_until_its_last_frame_was_mixed_and_no_longer(engine: Engine, port: CommandPort) -> None:
    strike = Strike(noise(1000))
    samples = weakref.ref(strike.sound.samples)
    port.play(strike, 1.0, 0)
    del strike
    engine.render(900)
    engine.collect()
    gc.collect()
    assert samples() is not None
    engine.render(200)
    engine.collect()
    assert samples() is None


def test_a_full_ring_refuses_and_holds_nothing(engine: Engine, port: CommandPort) -> None:
    strike = Strike(level(0.001, 10))
    assert all(port.play(strike, 1.0, 0) for _ in range(RING))
    assert not port.play(strike, 1.0, 0)
    assert len(port._sounding) == RING
    engine.render(10)
    assert port.play(strike, 1.0, 0)


def test_hits_wait_for_the_control_thread_and_none_is_lost(engine: Engine, port: CommandPort) -> None:
    strike = Strike(level(0.0001, 1))
    played = 0
    for _ in range(40):
        while port.play(strike, 1.0, played):
            played += 1
        engine.render(64)
    arrivals = []
    while started := engine.collect():
        arrivals += [hit.arrival_ns for hit in started]
        engine.render(64)
    assert arrivals == list(range(played)) and played > 2048
    assert not port._sounding


def test_far_hits_are_dropped_where_they_would_leave_no_room_for_near_ones(engine: Engine, port: CommandPort) -> None:
    other = engine.port("other")
    for _ in range(FUTURE):
        port.play(Strike(level(0.1)), 1.0, 0, ns(RATE))
    engine.render(64)
    port.play(Strike(level(0.1)), 1.0, 0, ns(RATE))
    other.play(Strike(level(0.5)), 1.0, 0)
    assert np.allclose(engine.render(64), 0.5)
    assert engine.counters().dropped == 1


def test_hits_that_a_panic_forgot_leave_no_trace(engine: Engine, port: CommandPort) -> None:
    for _ in range(30):
        while port.play(Strike(level(0.1)), 1.0, 0, ns(10 * RATE)):
            pass
        engine.render(1)
        port.silence()
        engine.render(1)
        engine.collect()
    assert not port._sounding and engine.state["reserved"] == 0
    port.play(Strike(level(0.5)), 1.0, 0)
    assert np.allclose(engine.render(64), 0.5)


def test_each_port_is_heard(engine: Engine) -> None:
    for index in range(PORTS):
        engine.port(str(index)).play(Strike(level(0.05)), 1.0, 0)
    assert np.allclose(engine.render(10), 0.05 * PORTS)
    with pytest.raises(ValueError, match="taken"):
        engine.port("one more")


def test_the_same_commands_give_the_same_sound() -> None:
    def take() -> np.ndarray:
        engine = Engine(RATE)
        port = engine.port("test")
        rng = np.random.default_rng(1)
        blocks = []
        for _ in range(200):
            strike = Strike(noise(3000, seed=2), step=rng.uniform(0.5, 2), decay=rng.uniform(0, 1), choke=1)
            port.play(strike, rng.uniform(), 0, ns(rng.integers(0, 20000)))
            blocks.append(engine.render(100))
            engine.collect()
        return np.concatenate(blocks)

    assert np.array_equal(take(), take())


def test_a_stream_that_was_replaced_gets_silence_and_touches_nothing(engine: Engine, port: CommandPort) -> None:
    old = engine.output((0, 1), 2)
    port.play(Strike(level(0.5)), 1.0, 0)
    engine.output((0, 1), 2)
    block = np.ones((64, 2), np.float32)
    told = engine.native.callback(None, block.ctypes.data, 64, None, 0, old.ctypes.data)
    assert (told, engine.counters().frames) == (2, 0) and not block.any()


def test_the_engine_starts_without_numba_or_portaudio(engine: Engine) -> None:
    code = (
        "import sys; from latentaudio.engine import Engine, open_stream, query_device\n"
        "device = query_device('null'); stream = open_stream(Engine(device.sample_rate), device); stream.start()\n"
        "stream.close(); assert not {'numba', 'sounddevice', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
