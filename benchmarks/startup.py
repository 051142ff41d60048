"""From process start to the first audible note, on JACK; and the player's private memory once it plays.

python -m benchmarks.startup [--starts 10]
"""

import argparse
import os
import re
import subprocess
import time
from pathlib import Path

import jack
import numpy as np

from benchmarks.rig import PYTHON, jack_server
from latentaudio.config import cache_folder

LOUD = 0.01
PORTS = re.compile(r"latentaudio(-\d+)?:out")


class Ear:
    """Hears when the first sound of a client that is yet to come arrives."""

    def __init__(self) -> None:
        self.client = jack.Client("ear", no_start_server=True)
        self.input = self.client.inports.register("in")
        self.heard_at: float | None = None
        self.client.set_process_callback(self.process)

    def process(self, frames: int) -> None:
        """Note the time of the first loud frame; the block began a period ago."""
        if self.heard_at is None:
            loud = np.abs(self.input.get_array()) > LOUD
            if loud.any():
                self.heard_at = time.perf_counter() + int(loud.argmax()) / self.client.samplerate

    def connect(self) -> bool:
        """Plug in as soon as there is something to hear."""
        for port in self.client.get_ports(is_audio=True, is_output=True):
            if PORTS.search(port.name):
                self.client.connect(port, self.input)
                return True
        return False


def start_once() -> tuple[float, float]:
    """Seconds to the first sound of one start, and the player's private MB after two seconds of playing."""
    ear = Ear()
    with ear.client:
        began = time.perf_counter()
        play = [PYTHON, "-m", "latentaudio", "play", "--demo", "--audio", "jack", "--midi-api", "jack"]
        player = subprocess.Popen([*play, "--osc-port", "9124"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connected = False
        while ear.heard_at is None and time.perf_counter() - began < 60:
            connected = connected or ear.connect()
            time.sleep(0.002)
        time.sleep(6.0)
        memory = private_mb(player.pid)
        player.terminate()
        player.wait(20)
    assert ear.heard_at, "nothing was heard within a minute"
    return ear.heard_at - began, memory


def private_mb(pid: int) -> float:
    """Memory that is the process's alone."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+) kB", rollup, re.MULTILINE)) / 1024


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=10)
    options = parser.parse_args()
    os.environ.setdefault("XDG_CACHE_HOME", "/tmp/latentaudio-bench-cache")
    with jack_server(128):
        for kept in cache_folder().glob("mixer-*"):
            kept.unlink()
        cold, _ = start_once()
        rows = [start_once() for _ in range(options.starts)]
    seconds, memory = np.array(rows).T
    print("| starts | median s | max s | first ever, mixer compiled, s | private memory MB |\n|---|---|---|---|---|")
    print(f"| {len(rows)} | {np.median(seconds):.2f} | {seconds.max():.2f} | {cold:.1f} | {memory.max():.0f} |")


if __name__ == "__main__":
    main()
