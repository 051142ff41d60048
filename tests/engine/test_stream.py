"""The same mixer sounds on a timer and on a real audio server, and no Python can hold it up."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from latentaudio.engine import DeviceInfo, Engine, Strike, list_devices, open_stream, query_device
from latentaudio.errors import AudioError
from tests.engine.sounds import RATE, level, noise, sine
from tests.jack import Server, jack_server, running

__all__ = ["jack_server"]

PLAYER = r"latentaudio(-\d+)?:out_0"


def until(condition: Callable[[], object]) -> None:
    """Wait for what must come, at most 5 s."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_null_stream_plays_in_real_time() -> None:
    device = query_device("null", 48000.0)
    engine = Engine(48000.0)
    port = engine.port("test")
    stream = open_stream(engine, device, 64)
    stream.start()
    now = time.perf_counter_ns()
    port.play(Strike(level(0.5)), 1.0, now, now + 50_000_000)
    until(lambda: engine.counters().voices == 0 and engine.counters().frames > 9600)
    assert stream.alive and stream.block_size == 64
    stream.close()
    (hit,) = engine.collect()
    assert not hit.late
    assert hit.sounded_ns == pytest.approx(now + 50_000_000, abs=1e9 / 48000)


def test_a_stream_that_is_stopped_is_not_alive_and_starts_again() -> None:
    engine = Engine(44100.0)
    stream = open_stream(engine, query_device("null"))
    stream.start()
    stream.stop()
    until(lambda: not stream.alive)
    stream.start()
    until(lambda: stream.alive)
    stream.close()


def test_outputs_are_chosen_and_the_others_stay_silent() -> None:
    engine = Engine(44100.0)
    stream = open_stream(engine, query_device("null", outputs=(3, 4)), 64)
    engine.port("test").play(Strike(level(0.5, 100000), right=0.5), 1.0, 0)
    stream.start()
    until(lambda: engine.counters().frames > 0)
    stream.close()
    assert np.allclose(stream._block, [0, 0, 0.5, 0.25])


def test_an_engine_is_made_for_its_device() -> None:
    with pytest.raises(ValueError, match="another device"):
        open_stream(Engine(48000.0), DeviceInfo("null", "null", -1, 44100.0, (1, 2)))


def test_jack_hears_the_hit_as_it_was_rendered(jack_server: Server) -> None:
    sound = level(0.5, 2000)
    sound.samples[1:] = noise(1999, 0.4).samples
    with jack_server.recording(PLAYER) as take:
        engine, stream = playing()
        port = engine.port("test")
        time.sleep(0.3)
        for _ in range(5):
            port.play(Strike(sound), 1.0, 0)
            time.sleep(0.1)
        stream.close()
    heard = take.samples.reshape(-1)
    hits = np.flatnonzero(heard == 0.5)
    assert len(hits) == 5
    assert any(np.array_equal(heard[hit : hit + 2000], sound.samples) for hit in hits)  # a server may lose a cycle


def test_no_python_holds_the_sound_up(jack_server: Server) -> None:
    """Another thread keeps the interpreter for 1.5 s without a break: the sine that sounds meanwhile has no gap."""
    with jack_server.recording(PLAYER) as take:
        engine, stream = playing()
        time.sleep(0.3)
        engine.port("test").play(Strike(sine(440, 2 * RATE)), 1.0, 0)
        until(lambda: engine.collect())
        hold_the_interpreter(1.5)
        time.sleep(0.7)
        stream.close()
    heard = take.samples.reshape(-1)
    lost = np.count_nonzero(np.diff(take.cycles) != jack_server.period)  # by the whole server, or by the recorder
    heard = heard[np.flatnonzero(heard)[0] :][: 2 * RATE - 10].astype(float)
    breaks = np.abs(heard[2:] - 2 * np.cos(2 * np.pi * 440 / RATE) * heard[1:-1] + heard[:-2]) > 1e-3
    assert len(heard) > 1.9 * RATE
    assert breaks.sum() <= 2 * lost


def hold_the_interpreter(seconds: float) -> None:
    """Keep the interpreter's lock busy in another thread: nobody else gets it for as long as that."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(10.0)
    try:
        thread = threading.Thread(target=spin, args=(seconds,))
        thread.start()
        thread.join()
    finally:
        sys.setswitchinterval(interval)


def spin(seconds: float) -> None:
    """Compute, and never let go."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def playing() -> tuple[Engine, object]:
    """An engine that plays on JACK."""
    device = query_device("jack")
    engine = Engine(device.sample_rate)
    stream = open_stream(engine, device)
    stream.start()
    return engine, stream


def test_a_device_is_found_by_part_of_its_name_or_its_driver(jack_server: Server) -> None:
    for name in ("JACK", "jack audio", "SYST", "0"):
        device = query_device(name)
        assert (device.driver, device.name, device.sample_rate) == ("JACK Audio Connection Kit", "system", 44100.0)
    assert query_device() == device
    assert any(line.startswith("system, JACK Audio Connection Kit: 2 outputs") for line in list_devices())


def test_a_device_that_is_not_there_is_answered_with_the_nearest(jack_server: Server) -> None:
    with pytest.raises(AudioError, match="no audio device 'sistem'; did you mean 'system'"):
        query_device("sistem")
    with pytest.raises(AudioError, match=r"outputs 1\.\.2, not 3,4"):
        query_device("jack", outputs=(3, 4))
    with pytest.raises(AudioError, match="cannot play at 12345 Hz"):
        query_device("jack", 12345.0)


def test_the_sound_comes_back_after_the_audio_server_has_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(tmp_path, monkeypatch):
        engine, stream = playing()
        until(lambda: stream.alive)
    stream.close()
    until(lambda: not stream.alive)
    with pytest.raises(AudioError, match="no audio"):
        query_device("jack")
    with running(tmp_path, monkeypatch):
        again = open_stream(engine, query_device("jack"))
        again.start()
        engine.port("test").play(Strike(level(0.5)), 1.0, 0)
        until(lambda: engine.collect())
        again.close()
