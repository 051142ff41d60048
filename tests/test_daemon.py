"""The whole daemon, as a process of its own, on a real JACK server: what is played is what is heard."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rtmidi

from latentaudio.control.remote import Remote
from tests.jack import RATE, Server, running
from tests.playing import wait_for

PLAY = [sys.executable, "-m", "latentaudio", "play"]
LOUD = 0.02  # of full scale: a hit sounds
OURS = r"latentaudio(-\d+)?:out"
CONNECTS = 0.3  # seconds until the recorder is connected
GAP = 0.35  # seconds between hits: longer than the test kit's sounds


class Running:
    """A daemon that answers OSC."""

    def __init__(self, *options: str, home: Path) -> None:
        self.port = 20000 + os.getpid() % 20000
        env = {**os.environ, "XDG_STATE_HOME": str(home)}
        self.process = subprocess.Popen(
            [*PLAY, *options, "--osc-port", str(self.port)], stderr=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=env,
        )  # fmt: skip
        self.remote = Remote("127.0.0.1", self.port)
        self.wait_for(lambda: self.status()["trigger"] is not None)

    def wait_for(self, condition, seconds: float = 40.0) -> None:  # type: ignore[no-untyped-def]
        wait_for(self.process, condition, seconds)

    def status(self) -> dict:  # type: ignore[type-arg]
        return json.loads(self.remote.ask("/la/status", reply="/la/status/json", seconds=1.0)[0])

    def stop(self) -> str:
        self.remote.close()
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, err
        return out + err


class Drummer:
    """A MIDI controller on JACK that the daemon finds by name."""

    def __init__(self) -> None:
        self.out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="drummer")
        self.out.open_virtual_port("pads")

    def hit(self, note: int, velocity: int = 127) -> None:
        self.out.send_message([0x99, note, velocity])

    def turn(self, control: int, value: int) -> None:
        self.out.send_message([0xB9, control, value])

    def close(self) -> None:
        self.out.close_port()
        self.out.delete()


@pytest.fixture
def drummer(jack_server: Server) -> Iterator[Drummer]:
    drummer = Drummer()
    yield drummer
    drummer.close()


@pytest.fixture
def daemon(jack_server: Server, drummer: Drummer, tmp_path: Path) -> Iterator[Running]:
    running = Running("--audio", "jack", "--midi-api", "jack", "--midi", "drummer*", "--device", "cpu", home=tmp_path)
    running.wait_for(lambda: any("drummer" in port for port in running.status()["midi"]["ports"]))
    yield running
    if running.process.poll() is None:
        running.stop()


def onsets(samples: np.ndarray) -> np.ndarray:
    """Seconds at which something begins to sound after silence."""
    loud = np.flatnonzero(np.abs(samples.ravel()) > LOUD)
    first = np.concatenate([loud[:1], loud[1:][np.diff(loud) > 0.1 * RATE]])
    return first / RATE


def shorten(daemon: Running) -> None:
    """Give every pad a short decay, so that hits can be told apart."""
    for pad in range(1, 17):
        daemon.remote.send(f"/la/pad/{pad}/decay/s", 0.1)
    daemon.wait_for(lambda: daemon.remote.ask("/la/pad/16/decay/s", reply="/la/pad/16/decay/s")[0] < 0.11)


def test_every_hit_of_a_pad_sounds_in_order(jack_server, daemon, drummer):
    shorten(daemon)
    pads = [1, 5, 9, 13] * 10
    with jack_server.recording(OURS) as take:
        time.sleep(CONNECTS)
        for pad in pads:
            drummer.hit(35 + pad)
            time.sleep(GAP)
    heard = onsets(take.samples)
    assert len(heard) == len(pads)
    sounds = [take.samples.ravel()[round(at * RATE) :][:2000] for at in heard]
    alike = np.corrcoef(sounds) > 0.99
    assert np.array_equal(alike, np.equal.outer(pads, pads))
    assert daemon.status()["trigger"]["count"] == len(pads)


def test_a_turned_knob_changes_the_next_hit(jack_server, daemon, drummer):
    daemon.wait_for(lambda: daemon.status()["renderer"]["state"] == "ready")

    def heard() -> np.ndarray:
        with jack_server.recording(OURS) as take:
            time.sleep(CONNECTS)
            drummer.hit(36)
            time.sleep(0.8)
        at = int(onsets(take.samples)[0] * RATE)
        return take.samples.ravel()[at : at + RATE // 4]

    before, same = heard(), heard()
    for control in range(70, 80):
        drummer.turn(control, 127)
    daemon.wait_for(lambda: daemon.status()["renderer"]["freshness_ms"]["p50"] is not None)
    time.sleep(0.5)
    after = heard()
    assert np.corrcoef(before, same)[0, 1] > 0.999 > 0.98 > np.corrcoef(before, after)[0, 1]


def test_killing_the_renderer_costs_no_hit(jack_server, daemon, drummer):
    daemon.wait_for(lambda: daemon.status()["renderer"]["state"] == "ready")
    shorten(daemon)
    with jack_server.recording(OURS) as take:
        time.sleep(CONNECTS)
        for beat in range(12):
            if beat in (3, 7):
                os.kill(daemon.status()["renderer"]["pid"], signal.SIGKILL)
            daemon.remote.send("/la/draw")
            daemon.remote.send("/la/pad/3/trigger")
            time.sleep(GAP)
    assert len(onsets(take.samples)) == 12
    daemon.wait_for(lambda: daemon.status()["renderer"]["state"] == "ready")
    assert daemon.status()["renderer"]["restarts"] >= 1


def test_a_jack_server_that_dies_and_comes_back_is_played_on_again(tmp_path, monkeypatch):
    with running(tmp_path, monkeypatch):
        daemon = Running("--audio", "jack", "--midi-api", "jack", "--demo", "--device", "cpu", home=tmp_path)
    daemon.wait_for(lambda: daemon.status()["audio"]["block_size"] == 0)
    with running(tmp_path, monkeypatch) as server:
        daemon.wait_for(lambda: daemon.status()["audio"]["reopened"] == 1)
        with server.recording(OURS) as take:
            time.sleep(3.0)
        ports = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=True).stdout
        daemon.stop()
    assert len(onsets(take.samples)) >= 3 and ":latentaudio\n" in ports


def test_a_controller_may_come_later_and_go_again(jack_server, tmp_path):
    daemon = Running("--audio", "jack", "--midi-api", "jack", "--midi", "drummer", "--device", "cpu", home=tmp_path)
    late = Drummer()
    daemon.wait_for(lambda: any("drummer" in port for port in daemon.status()["midi"]["ports"]))
    late.hit(36)
    daemon.wait_for(lambda: daemon.status()["trigger"]["count"] == 1)
    late.close()
    daemon.wait_for(lambda: daemon.status()["midi"]["ports"] == ["latentaudio"])
    daemon.stop()
