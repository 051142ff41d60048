"""How long from a MIDI message in the MIDI thread's hands to the parameter it is bound to having its value?

    python -m benchmarks.midi [--messages 2000] [--gap-ms 5]

A whole daemon in this process, on the timer clock and with no port, whose state thread is at rest: what is measured is
the parser, the bindings, pickup, the way to the state thread, and its work: until the parameter has its value, and
until all that follows is done, sounds asked for included, and the change is reported.
"""

import argparse
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from latentaudio.daemon import Daemon
from latentaudio.settings import Settings

ORIGIN = "midi:benchmark"
LOST_S = 1.0
MAPPING = """
midi:
  channel: 1
  bindings:
    - {cc: 1, to: master.level}
    - {cc: 2, bits: 14, to: pad.1.pan, pickup: relative}
    - {cc: 3, to: walk.step, relative: offset}
    - {nrpn: 5, bits: 14, to: walk.pull}
    - {cc: 4, to: latent.1}
    - {cc: 5, to: map.x}
"""
ROWS: dict[str, tuple[str, Callable[[int], list[list[int]]]]] = {  # what is sent for a value 0..127; the last counts
    "a controller, a level": ("master.level", lambda value: [[0xB0, 1, value]]),
    "14 bits, picked up, a pan": ("pad.1.pan", lambda value: [[0xB0, 2, value], [0xB0, 34, value]]),
    "an encoder": ("walk.step", lambda value: [[0xB0, 3, 65 if value & 1 else 63]]),
    "NRPN of 14 bits": (
        "walk.pull",
        lambda value: [[0xB0, 99, 0], [0xB0, 98, 5], [0xB0, 6, value], [0xB0, 38, 127 - value]],
    ),
    "a latent dim, which is rendered": ("latent.1", lambda value: [[0xB0, 4, value]]),
    "the map, which is rendered": ("map.x", lambda value: [[0xB0, 5, value]]),
}


class Watch:
    """Notes when a parameter has its value, and when the state thread reports the change."""

    def __init__(self, daemon: Daemon) -> None:
        self.name, self.done, self.written_ns, self.at_ns = "", threading.Event(), 0, 0
        report, write = daemon.osc.feedback.changed, daemon.instrument._write

        def written(name: str, value: float, now: float) -> None:
            write(name, value, now)
            if name == self.name:
                self.written_ns = time.perf_counter_ns()

        def changed(name: str, value: float, origin: str, adjusted: bool = False) -> None:
            if name == self.name and origin == ORIGIN:
                self.at_ns = time.perf_counter_ns()
                self.done.set()
            report(name, value, origin, adjusted)

        daemon.osc.feedback.changed = changed  # type: ignore[method-assign]
        daemon.instrument._write = written  # type: ignore[method-assign]


def measure(daemon: Daemon, watch: Watch, messages: int, gap_s: float) -> None:
    """Print a row for each kind of control."""
    print("| control | lost | has its value: p50 ms | p95 | p99 | max | all done: p50 ms | p95 | p99 | max |")
    print("|---" * 10 + "|")
    for what, (name, make) in ROWS.items():
        took, value = list[tuple[float, float]](), 64
        for _ in range(messages):
            value = random.choice([each for each in range(128) if abs(each - value) > 1])
            *before, last = make(value)
            for message in before:
                daemon.midi.messages.receive(ORIGIN, message, time.perf_counter_ns())
            time.sleep(gap_s * random.uniform(0.5, 1.5))
            watch.done.clear()
            watch.name = name
            began = time.perf_counter_ns()
            daemon.midi.messages.receive(ORIGIN, last, began)
            if watch.done.wait(LOST_S):
                took.append(((watch.written_ns - began) / 1e6, (watch.at_ns - began) / 1e6))
        figures = np.percentile(took, (50, 95, 99, 100), axis=0).T.flatten()
        print(f"| {what} | {messages - len(took)} |", " | ".join(f"{each:.3f}" for each in figures), "|", flush=True)
    daemon._stop()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--gap-ms", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {f"XDG_{kind}_HOME": home for kind in ("STATE", "DATA", "CONFIG")}
        path = Path(home) / "benchmark.yaml"
        path.write_text(MAPPING)
        settings = Settings(
            mappings=(str(path),), audio="null", midi=("none",), osc_port=9124, device="cpu", oscquery=0
        )
        with Daemon(settings) as daemon:
            arguments = daemon, Watch(daemon), options.messages, options.gap_ms / 1e3
            bench = threading.Thread(target=measure, args=arguments, daemon=True)
            threading.Timer(5.0, bench.start).start()  # the renderer's start is over by then
            daemon.run()


if __name__ == "__main__":
    main()
