"""A whole daemon that tests play by OSC, and whose recorded sound they listen to: the mixer on a timer, no card."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import build_msg

from latentaudio.control.remote import Remote

RATE = 44100
HEARD_S = 0.08  # of a hit: its click and the beginning of its body
SILENT = 1e-4  # of full scale: less is the end of a fade
FADED = 400  # frames of silence after a panic
PATIENCE_S = 40.0  # the machine may be busy with other tests

Sound = NDArray[np.float32]


def wait_for(process: "subprocess.Popen[str]", condition: Callable[[], object], seconds: float) -> None:
    """Ask again until it is so; fails once the daemon has ended, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except Exception:  # noqa: BLE001, not there yet
            assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    pytest.fail("the daemon never got there")


class Playing:
    """A daemon in a process of its own with a folder of its own; `hear` plays it and listens."""

    def __init__(self, home: Path, *options: str, midi: str = "none") -> None:
        self.home = home
        self.sounds = home / "sounds"
        self.sounds.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._take = self.home / f"take{time.monotonic_ns()}.wav"
        self._ended = 0  # the frame at which the last hit was silenced
        kinds = ("STATE", "DATA", "CONFIG", "CACHE")
        env = os.environ | {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "latentaudio", "play", "--audio", "null", "--sample-rate", str(RATE), "--device",
             "cpu", "--midi", midi, "--record", str(self._take), "--sounds", str(self.sounds), "--osc-port",
             str(self.port), *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env,
        )  # fmt: skip
        self.remote = Remote("127.0.0.1", self.port)
        atexit.register(self.process.kill)  # where a test fails before it ends us
        self.wait_for(lambda: self.status()["renderer"]["state"] == "ready")

    # Play.

    def send(self, address: str, *values: Any) -> None:
        self.remote.send(address, *values)

    def together(self, *addresses: str, velocity: float) -> None:
        """Several triggers in one packet: they arrive at the same instant."""
        bundle = OscBundleBuilder(IMMEDIATELY)
        for address in addresses:
            bundle.add_content(build_msg(address, [velocity]))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(bundle.build().dgram, ("127.0.0.1", self.port))

    def order(self, address: str, *values: Any) -> list[Any]:
        """What takes its time, until it is done. Raises ControlError where it fails."""
        return self.remote.order(address, *values, progress=lambda done, of: None, silence=PATIENCE_S)

    def ask(self, address: str, *values: Any, reply: str = "") -> list[Any]:
        return self.remote.ask(address, *values, reply=reply or address, seconds=10.0)

    def refusal(self, address: str, *values: Any, said_of: str = "") -> str:
        """The sentence that says why not."""
        self.remote.ask("/la/ping", reply="/la/pong")
        self.send(address, *values)
        for answered, said in self.remote.messages(PATIENCE_S):
            if answered in ("/la/error", "/la/fail") and said[0] == (said_of or address):
                return str(said[1])
            assert (answered, said[:1]) != ("/la/done", [address]), f"{address} did it"
        pytest.fail(f"no word why {address} cannot be done")

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.remote.ask("/la/status", reply="/la/status/json")[0])
        return said

    # Listen.

    def hear(self, address: str = "/la/trigger", *values: float, seconds: float = HEARD_S) -> Sound:
        """One hit, once everything sent so far is rendered: [frames] from its first sound on."""
        self.settle()
        return self.hear_at_once(lambda: self.send(address, *values), seconds)

    def hear_at_once(self, play: Callable[[], object], seconds: float = HEARD_S) -> Sound:
        """What `play` sounds like after silence, whatever is rendered by now."""
        begin = self._silence()
        play()
        heard: Sound = np.zeros(0, np.float32)

        def is_whole() -> bool:
            nonlocal heard
            after = self.recorded(begin)
            loud = np.flatnonzero(np.abs(after) > SILENT)
            heard = after[loud[0] :][: round(seconds * RATE)] if loud.size else heard
            return len(heard) == round(seconds * RATE)

        self.wait_for(is_whole)
        self.send("/la/panic")
        self._ended = len(self.recorded())
        return heard

    def sync(self) -> None:
        """Wait until what was sent is performed."""
        self.ask("/la/sync", 7, reply="/la/synced")

    def settle(self) -> None:
        """The same, and until all pads sound as they were asked to."""
        self.sync()
        self.wait_for(lambda: self.status()["renderer"]["waiting"] == 0)

    def recorded(self, begin: int = 0) -> Sound:
        """What is heard on the left, from a frame on until now."""
        samples, _ = soundfile.read(self._take, start=begin, dtype="float32", always_2d=True)
        left: Sound = samples[:, 0]
        return left

    def record(self, name: str) -> Path:
        """End the recording and begin another, which is listened to from here on."""
        self.ask("/la/record/stop", reply="/la/done")
        self._take, self._ended = self.sounds / "recordings" / str(self.order("/la/record/start", name)[0]), 0
        return self._take

    def _silence(self) -> int:
        """The frame from which on nothing sounds of the hits before."""
        self.sync()
        self.wait_for(lambda: self._is_silent(self.recorded()[self._ended :]))
        return len(self.recorded())

    def _is_silent(self, since: Sound) -> bool:
        return not self._ended or (len(since) > FADED and np.abs(since[-FADED:]).max() < SILENT)

    # Begin and end.

    def wait_for(self, condition: Callable[[], object]) -> None:
        wait_for(self.process, condition, PATIENCE_S)

    def stop(self) -> str:
        """End it as a performer does; what it said."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> str:
        self.remote.close()
        atexit.unregister(self.process.kill)
        self.process.send_signal(number)
        said = self.process.communicate(timeout=30)[1]
        assert self.process.returncode == (0 if number == signal.SIGTERM else -number), said
        return said


def likeness(one: Sound, other: Sound) -> float:
    """Greatest correlation of two sounds over small shifts, -1..1: 1 is the same."""
    size = min(len(one), len(other))
    shifts = range(-40, 41)
    middle = one[40 : size - 40]
    return max(float(np.corrcoef(middle, other[40 + shift : size - 40 + shift])[0, 1]) for shift in shifts)


def is_same(one: Sound, other: Sound) -> bool:
    """Whether two hits are one sound: what differs is rounding."""
    return likeness(one, other) > 0.999


def centroid(sound: Sound) -> float:
    """Centre of the spectrum's magnitudes, Hz."""
    size = np.abs(np.fft.rfft(sound))
    return float(size @ np.fft.rfftfreq(len(sound), 1.0 / RATE) / size.sum())


def level(sound: Sound) -> float:
    """dB of full scale, root mean square."""
    return float(10.0 * np.log10(np.mean(np.square(sound)) + 1e-12))


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    """A daemon for all tests of a file."""
    playing = Playing(tmp_path_factory.mktemp("playing"), "--seed", "1")
    playing.send("/la/velocity/layers/n", 1)
    playing.order("/la/preset/save", "the beginning")
    yield playing
    playing.stop()


@pytest.fixture
def player(playing: Playing) -> Playing:
    """It, as it was in the beginning: what presets do not keep as well, where a test may have moved it."""
    for address in ("/la/walk/run", "/la/morph/sweep", "/la/walk/guide/n", "/la/focus"):
        playing.send(address, 0)
    playing.order("/la/preset/load", "the beginning")
    return playing
