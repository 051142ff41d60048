"""Kill the renderer process in the middle of its work, again and again: is a sound ever corrupt, memory ever left?

python -m benchmarks.kill_worker [--kills 200]
"""

import argparse
import os
import queue
import signal
import time
from pathlib import Path

import numpy as np

from latentaudio.config import FACTORY_MODEL
from latentaudio.events import Event, Rendered
from latentaudio.latent.library import read_library
from latentaudio.render.process import Worker
from latentaudio.render.renderer import Renderer

BURST = 12  # requests that are under way when the kill comes


def main() -> None:
    """Print a table. Every sound that comes back is compared with the one that an unharmed worker makes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    library = read_library(FACTORY_MODEL)
    with Worker(library.path, library.sample_rate, library.frames, "cpu") as worker:
        worker.wait_ready()
        wanted = worker.decode(library.kit)
    segments = Path("/dev/shm")
    before = set(segments.iterdir())
    events: queue.Queue[Event] = queue.Queue()
    renderer = Renderer(library.path, library.sample_rate, library.frames, "cpu", events.put)
    renderer.start()
    random = np.random.default_rng(0)
    sounds = corrupt = 0
    began = time.monotonic()
    for kill in range(1, options.kills + 1):
        for pad in range(1, BURST + 1):
            renderer.submit(pad, kill, library.kit[pad - 1][None], 0)
        first = events.get(timeout=60)
        time.sleep(random.uniform(0.0, 0.08))
        if renderer.pid:
            os.kill(renderer.pid, signal.SIGKILL)
        answers = [first, *drain(events)]
        for answer in answers:
            assert isinstance(answer, Rendered), answer
            sounds += 1
            corrupt += not np.allclose(answer.sounds[0], wanted[answer.pad - 1], atol=1e-4)
        if kill % 20 == 0:
            print(f"{kill} kills, {sounds} sounds, {corrupt} corrupt, {time.monotonic() - began:.0f} s", flush=True)
    restarts = renderer.restarts
    renderer.close()
    left = set(segments.iterdir()) - before
    print("| kills | restarts | sounds | corrupt | segments left |\n|---|---|---|---|---|")
    print(f"| {options.kills} | {restarts} | {sounds} | {corrupt} | {len(left)} |")


def drain(events: "queue.Queue[Event]") -> list[Event]:
    """What has come in by now."""
    found = []
    while not events.empty():
        found.append(events.get())
    return found


if __name__ == "__main__":
    main()
