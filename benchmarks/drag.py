"""A finger on the map: from its OSC message to the sound in the kit, and what the player's process spends on it.

    python -m benchmarks.drag [--seconds 20] [--rate 120] [--device cpu]

The whole daemon, with no sound card, in this process; the finger and eight clients that hear of every change are
another. The share of a core is all threads of the player: OSC in, state, feedback out, mixer; the decoder is apart.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

from latentaudio.control.remote import Remote
from latentaudio.daemon import Daemon
from latentaudio.kit import Kit, Pad
from latentaudio.settings import Settings

CLIENTS = 8
SPREADS = 20  # of variations over the kit
ROWS = {  # what moves, and the messages before
    "nothing": ("", {}),
    "finger on the map, blend": ("/la/map/xy", {"/la/map/snap": 0.0}),
    "finger on the map, snap": ("/la/map/xy", {"/la/map/snap": 1.0}),
    "fader on a morph": ("/la/morph/amount", {"/la/morph/a": 1.0, "/la/draw": 1.0, "/la/morph/b": 1.0}),
    "walk, 60 steps a second": ("", {"/la/walk/rate/hz": 60.0, "/la/walk/run": 1.0}),
    "walk and finger": ("/la/map/xy", {"/la/map/snap": 0.0, "/la/walk/rate/hz": 60.0, "/la/walk/run": 1.0}),
}


class Timed:
    """Notes when the focused pad, the first, is given other sounds, and any pad last."""

    def __init__(self, kit: Kit) -> None:
        self.at, self.last, self._replace = list[float](), 0.0, kit.replace
        kit.replace = self  # type: ignore[method-assign]

    def __call__(self, index: int, pad: Pad) -> None:
        """As the kit does."""
        self._replace(index, pad)
        self.last = time.perf_counter()
        if index == 0 and len(pad.strikes[0]) == 1:  # the first sound, without its other layers
            self.at.append(time.perf_counter())


def drag(address: str, port: int, rate: float, seconds: float) -> None:
    """Be the finger, which goes to and fro along the map and up slowly, and the clients."""
    ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(CLIENTS)]
    with Remote("127.0.0.1", port) as remote:
        for ear in ears:
            ear.bind(("127.0.0.1", 0))
            remote.another().send("/la/subscribe", ear.getsockname()[1])
        print("ready", flush=True)
        time.sleep(1.0)
        began = time.perf_counter()
        for number in range(int(seconds * rate)):
            at = number / rate
            place = (0.5 + 0.4 * np.sin(2.0 * at), 0.1 + 0.8 * at / seconds)
            if address:
                remote.send(address, *map(float, place[: 2 if address.endswith("xy") else 1]))
            time.sleep(max(0.0, began + at - time.perf_counter()))


def until_measured(daemon: Daemon, options: argparse.Namespace) -> None:
    """Measure, and end the daemon however that went."""
    try:
        measure(daemon, options)
    finally:
        signal.raise_signal(signal.SIGTERM)


def measure(daemon: Daemon, options: argparse.Namespace) -> None:
    """Print a row for each thing that moves; beside the state thread."""
    timed, instrument = Timed(daemon.kit), daemon.instrument
    with Remote("127.0.0.1", daemon.osc.port) as remote:
        for name, (address, first) in ROWS.items():
            for each, value in first.items():
                remote.send(each, value)
                time.sleep(0.1)
            while instrument.sounding.waiting and "walk" not in name:
                time.sleep(0.1)
            finger = [sys.executable, "-m", "benchmarks.drag", "--finger", address, "--port", str(daemon.osc.port)]
            finger += ["--rate", str(options.rate), "--seconds", str(options.seconds)]
            with subprocess.Popen(finger, stdout=subprocess.PIPE) as process:
                assert process.stdout
                process.stdout.readline()  # its start takes a core of its own for a second or two
                instrument.freshness_ms.clear()
                timed.at.clear()
                before, began = spent(), time.perf_counter()
                process.wait()
                shares = 100 * (spent() - before) / (time.perf_counter() - began)
            report(name, list(instrument.freshness_ms), timed.at, shares)
            remote.send("/la/walk/run", 0.0)
        spread(daemon, remote, timed)


def spread(daemon: Daemon, remote: Remote, timed: Timed) -> None:
    """Print how long variations over the kit take, from the message to the last sound; the focused pad keeps its."""
    took, sounding = [], daemon.instrument.sounding
    for _ in range(SPREADS):
        while sounding.waiting:
            time.sleep(0.05)
        remote.send("/la/variation/make", 1.0)
        time.sleep(0.1)
        began = time.perf_counter()
        remote.send("/la/variation/spread", 1.0)
        time.sleep(0.05)
        while sounding.waiting:
            time.sleep(0.005)
        took.append(1e3 * (timed.last - began))
    p50, p95 = np.percentile(took, (50, 95))
    print(
        f"\n15 pads with four layers each, {SPREADS} times: median {p50:.0f} ms, p95 {p95:.0f}, longest {max(took):.0f}"
    )


def spent() -> np.ndarray:
    """CPU seconds of all threads, and of the state thread alone, the main one."""
    state = threading.main_thread().ident
    assert state is not None
    return np.array([time.process_time(), time.clock_gettime(time.pthread_getcpuclockid(state))])


def report(name: str, freshness: list[float], renewals: list[float], shares: np.ndarray) -> None:
    """Print a row."""
    percentiles = np.percentile(freshness, (50, 95, 99, 100)) if freshness else ()
    figures = " | ".join(f"{value:.1f}" for value in percentiles) or "| | |"
    longest = f"{1e3 * np.diff(renewals).max():.0f}" if len(renewals) > 1 else ""
    cores = f"{shares[0]:.1f} | {shares[1]:.1f}"
    print(f"| {name} | {len(renewals)} | {figures} | {longest} | {cores} | {os.getloadavg()[0]:.1f} |", flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=120.0, help="messages a second")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--finger", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.finger is not None:
        return drag(options.finger, options.port, options.rate, options.seconds)
    print("| what moves | renewed | median ms | p95 | p99 | max | longest between renewals | all threads, % of a core "
          "| state thread | load |\n|" + "---|" * 10)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"XDG_{kind}_HOME": folder for kind in ("STATE", "DATA")}
        with Daemon(Settings(audio="null", osc_port=0, midi=("none",), device=options.device)) as daemon:
            thread = threading.Thread(target=until_measured, args=(daemon, options))
            thread.start()
            daemon.run()
            thread.join()


if __name__ == "__main__":
    main()
