"""From asking for a preset to the pads that play it: rendered ahead, heard before, or neither.

    python -m benchmarks.recall [--device cpu|cuda] [--presets 24]

The instrument, presets in a temporary folder, the renderer and its process; no audio. Every preset moves every pad.
"""

import argparse
import queue
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.freshness import Silent
from latentaudio.config import FACTORY_MODEL
from latentaudio.errands import Errands
from latentaudio.events import Event, Order, Rendered
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit, Pad
from latentaudio.latent.library import read_library
from latentaudio.presets import PresetFolder
from latentaudio.render.renderer import Renderer
from latentaudio.repertoire import Repertoire

MARK = "benchmark"


class TimedKit(Kit):
    """Knows when a pad was given other sounds last; from then on a hit plays them."""

    replaced_at = 0.0

    def replace(self, index: int, pad: Pad) -> None:
        """As the kit does."""
        super().replace(index, pad)
        self.replaced_at = time.perf_counter()


class Performer:
    """Recalls presets and waits for their sounds."""

    def __init__(self, folder: Path, device: str, presets: int) -> None:
        """`presets` presets of random kits, one after another by name."""
        library, random = read_library(FACTORY_MODEL), np.random.default_rng(0)
        self.inbox: queue.Queue[Event] = queue.Queue()
        self.renderer = Renderer(library.path, library.sample_rate, library.frames, device, self.inbox.put)
        self.instrument = Instrument(library, TimedKit(), Silent(), self.renderer, Silent())
        shelf = PresetFolder(folder)
        for number in range(presets):
            state = self.instrument.state.copy()
            state.points = np.stack([library.draw(random) for _ in state.points])
            shelf.save(f"{number:03}", state, library, MARK, datetime.now(UTC))
        self.repertoire = Repertoire(shelf, self.instrument, lambda: self.renderer, lambda: MARK, Silent(),
                                     library.sample_rate, Errands("presets"))  # fmt: skip
        self.renderer.start()
        self.instrument.render_missing()
        self.settle()

    def recall(self, number: int) -> tuple[float, float]:
        """Ms until every pad plays its first layer, and until it plays all of them."""
        began = time.perf_counter()
        self.repertoire.perform(Order(name="preset.load", text=f"{number:03}"))
        first = self.instrument.kit.replaced_at
        while self.instrument.sounding.waiting:
            event = self.inbox.get(timeout=60)
            self.hear(event)
            if isinstance(event, Rendered) and event.part == 0:
                first = self.instrument.kit.replaced_at
        return 1e3 * (first - began), 1e3 * (self.instrument.kit.replaced_at - began)

    def hear(self, event: Event) -> None:
        """Take an answer of the renderer."""
        self.repertoire.perform(event) or self.instrument.perform(event)

    def settle(self) -> None:
        """Wait until all that was asked for is there, neighbours included."""
        while True:
            try:
                self.hear(self.inbox.get(timeout=60 if self.instrument.sounding.waiting else 3))
            except queue.Empty:
                return


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--presets", type=int, default=24)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {"neither": [], "neighbour, rendered ahead": [], "heard before": []}
    with tempfile.TemporaryDirectory() as folder:
        performer = Performer(Path(folder), options.device, options.presets)
        for number in range(0, options.presets - 4, 4):  # neighbours of one are none of the next's
            for kind, wanted in zip(found, (number, number + 1, number), strict=True):
                found[kind].append(performer.recall(wanted))
                performer.settle()
        device = performer.renderer.device
        performer.renderer.close()
    print(
        "| preset | device | count | first layers of all pads, median ms | longest | all layers, median ms | longest |"
    )
    print("|" + "---|" * 7)
    for kind, times in found.items():
        (first, whole), (most, most_whole) = np.median(times, 0), np.max(times, 0)
        print(f"| {kind} | {device} | {len(times)} | {first:.1f} | {most:.1f} | {whole:.1f} | {most_whole:.1f} |")


if __name__ == "__main__":
    main()
