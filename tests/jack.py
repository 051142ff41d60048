"""A real JACK server with no sound card, and a client of its own process that records what is played to it."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 44100
START_S = 10.0


@dataclass(frozen=True)
class Server:
    """A running server; PortAudio and JACK clients of this process and its children find it by the environment."""

    name: str
    period: int
    folder: Path

    @contextlib.contextmanager
    def recording(self, source: str) -> Iterator["Take"]:
        """Record the ports that match the regular expression `source` while the block runs; then the take is whole."""
        path = self.folder / f"take{time.monotonic_ns()}.npz"
        recorder = subprocess.Popen(
            [sys.executable, "-m", "tests.jack_recorder", source, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert recorder.stdin and recorder.stdout
        with recorder:
            assert recorder.stdout.readline() == b"recording\n", "the recorder cannot join the server"
            take = Take()
            yield take
            recorder.stdin.close()
            assert recorder.wait(START_S) == 0
        with np.load(path) as data:
            take.samples, take.cycles = data["samples"], data["cycles"]


class Take:
    """What was recorded: filled when the block of `recording` ends."""

    samples: NDArray[np.float32]  # [cycles, period]
    cycles: NDArray[np.int64]  # [cycles], JACK's frame time of each


@pytest.fixture
def jack_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of its own for each test."""
    with running(tmp_path, monkeypatch) as server:
        yield server


@contextlib.contextmanager
def running(folder: Path, monkeypatch: pytest.MonkeyPatch, period: int = 128) -> Iterator[Server]:
    """A server, real-time where the system lets us, of `period` frames at 44.1 kHz."""
    assert shutil.which("jackd"), "these tests need jackd (Debian, Ubuntu: apt install jackd2)"
    name = f"latentaudio{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    for realtime in ("-R", "-r"):
        command = ["jackd", "-n", name, realtime, "-d", "dummy", "-r", str(RATE), "-p", str(period)]
        with (folder / "jackd.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        if _takes_clients(process, name):
            break
    else:
        pytest.fail((folder / "jackd.log").read_text())
    try:
        yield Server(name, period, folder)
    finally:
        process.terminate()
        process.wait(START_S)


def _takes_clients(server: subprocess.Popen[bytes], name: str) -> bool:
    """Whether the server takes clients within the time it may need; it has ended if not."""
    deadline = time.monotonic() + START_S
    probe = [sys.executable, "-c", f"import jack; jack.Client('probe', servername={name!r}, no_start_server=True)"]
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run(probe, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return True
    server.terminate()
    server.wait(START_S)
    return False
