"""What is heard is in the file, whatever happens to the disk or to us."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.engine import CommandPort, Engine, Sound, Strike, open_stream, query_device
from latentaudio.engine.recorder import Recorder
from latentaudio.errors import AudioError
from tests.engine.sounds import RATE, level, noise

KINDS = [".wav", ".flac"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_is_what_was_heard(engine: Engine, port: CommandPort, tmp_path: Path, kind: str) -> None:
    recorder = Recorder(engine, tmp_path / f"take{kind}")
    recorder.start()
    port.play(Strike(noise(30000, peak=2.0), left=0.5), 1.0, 0)
    heard = engine.render(40000)
    recorder.stop()
    samples, rate = soundfile.read(recorder.path, dtype="float32")
    assert rate == RATE and soundfile.info(recorder.path).subtype == "PCM_24"
    assert np.allclose(samples, heard, atol=2**-23)
    assert (recorder.error, recorder.lost) == ("", 0)


def test_the_next_recording_starts_where_it_starts(engine: Engine, port: CommandPort, tmp_path: Path) -> None:
    for name, value in (("a.wav", 0.25), ("b.wav", 0.5)):
        port.play(Strike(level(value)), 1.0, 0)
        recorder = Recorder(engine, tmp_path / name)
        recorder.start()
        engine.render(1000)
        recorder.stop()
        engine.render(1000)
        assert np.allclose(soundfile.read(recorder.path)[0], value)


def test_takes_one_after_the_other_miss_no_frame_of_a_running_stream(tmp_path: Path) -> None:
    device = query_device("null")
    engine = Engine(device.sample_rate)
    stream = open_stream(engine, device)
    ramp = Sound(np.linspace(0.1, 0.8, 4 * RATE, dtype=np.float32))
    engine.port("test").play(Strike(ramp), 1.0, 0)
    stream.start()
    for take in range(3):
        recorder = Recorder(engine, tmp_path / f"{take}.wav")
        recorder.start()
        time.sleep(0.15)
        recorder.stop()
        heard = soundfile.read(recorder.path)[0][:, 0]
        assert recorder.lost == 0 and len(heard) > 0.1 * RATE
        assert np.allclose(np.diff(heard[heard > 0]), 0.7 / len(ramp.samples), atol=2**-21)
    stream.close()


def test_a_recorder_that_has_ended_leaves_the_next_alone(engine: Engine, port: CommandPort, tmp_path: Path) -> None:
    port.play(Strike(level(0.5, 3000)), 1.0, 0)
    first, second = (Recorder(engine, tmp_path / name) for name in ("a.wav", "b.wav"))
    first.start()
    first.stop()
    second.start()
    first.stop()
    engine.render(1000)
    second.stop()
    assert len(soundfile.read(second.path)[0]) == 1000


def test_a_recording_is_longer_than_the_buffer(engine: Engine, port: CommandPort, tmp_path: Path) -> None:
    recorder = Recorder(engine, tmp_path / "take.wav")
    recorder.start()
    port.play(Strike(noise(7 * RATE)), 1.0, 0)
    heard = []
    for _ in range(7):
        heard.append(engine.render(RATE))
        while recorder._taken < engine.counters().frames:
            time.sleep(0.01)
    recorder.stop()
    assert np.allclose(soundfile.read(recorder.path, dtype="float32")[0], np.concatenate(heard), atol=2**-23)


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_recording_can_be_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"take{kind}"
    code = (
        "import sys, time; from pathlib import Path; from latentaudio.engine import *\n"
        "from latentaudio.engine.recorder import *\n"
        "from tests.engine.sounds import noise\n"
        "device = query_device('null'); engine = Engine(device.sample_rate); stream = open_stream(engine, device)\n"
        "engine.port('test').play(Strike(noise(200000)), 1.0, 0); recorder = Recorder(engine, Path(sys.argv[1]))\n"
        "recorder.start(); stream.start(); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as player:
        assert player.stdout
        player.stdout.readline()
        time.sleep(1.0)
        player.send_signal(signal.SIGKILL)
    samples, _ = soundfile.read(path, dtype="float32")
    assert len(samples) > 0.7 * RATE
    first = int(np.flatnonzero(samples[:, 0])[0])
    assert np.allclose(samples[first:, 0], noise(200000).samples[first:][: len(samples) - first], atol=2**-23)
    if kind == ".wav":
        assert int.from_bytes(path.read_bytes()[4:8], "little") == path.stat().st_size - 8  # for who believes headers


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_ends_the_recording_and_not_the_sound(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"take{kind}"
    code = (
        "import resource, sys; from pathlib import Path; from latentaudio.engine import *\n"
        "from latentaudio.engine.recorder import *\n"
        "from tests.engine.sounds import noise; resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))\n"
        "engine = Engine(44100); recorder = Recorder(engine, Path(sys.argv[1])); recorder.start()\n"
        "port = engine.port('test'); port.play(Strike(noise(200000)), 1.0, 0)\n"
        "assert engine.render(100000).any(); recorder.stop(); assert engine.render(100000).any(); print(recorder.error)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True, text=True).stdout
    assert told.startswith(f"recording to {path} stopped: ")
    assert len(soundfile.read(path)[0]) > 10000


def test_a_writer_that_is_held_up_too_long_counts_what_it_lost(engine: Engine, tmp_path: Path) -> None:
    recorder = Recorder(engine, tmp_path / "take.wav")
    recorder._taken = engine.native.open_tap(engine.address)  # open, with nobody writing
    engine.render(5 * RATE)
    assert recorder.lost == pytest.approx(RATE, abs=256)


@pytest.mark.parametrize(("name", "why"), [("take.mp3", "must end in"), ("missing/take.wav", "cannot record")])
def test_a_file_that_cannot_be_is_one_sentence(engine: Engine, tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(AudioError, match=why):
        Recorder(engine, tmp_path / name)
