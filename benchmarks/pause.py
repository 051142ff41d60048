"""How long does the first decode take after a pause, with the renderer kept warm meanwhile and without?

    python -m benchmarks.pause [--device cpu|cuda] [--pause 5 60 180] [--repeat 3] [--keep-warm 0.5 1 5]

From asking the renderer for one sound to its answer, as a control move does it. The first row has no pause.
"""

import argparse
import queue
import time

import numpy as np

from latentaudio.config import FACTORY_MODEL
from latentaudio.events import Event
from latentaudio.latent.library import read_library
from latentaudio.render.renderer import KEEP_WARM_S, Renderer


class Asker:
    """A renderer of its own and a way to time its answers."""

    def __init__(self, device: str, keep_warm_s: float | None) -> None:
        self.library, self.events = read_library(FACTORY_MODEL), queue.Queue[Event]()
        rate, frames = self.library.sample_rate, self.library.frames
        self.renderer = Renderer(self.library.path, rate, frames, device, self.events.put, keep_warm_s)
        self.renderer.start()
        self.version = 0

    def ask_ms(self) -> float:
        """Milliseconds from a request to its sound."""
        self.version += 1
        point = self.library.kit[self.version % 16][None]
        began = time.perf_counter()
        self.renderer.submit(1, self.version, point, 0)
        self.events.get(timeout=120)
        return 1e3 * (time.perf_counter() - began)

    def after_ms(self, pause: float) -> float:
        """The same, `pause` seconds after a rush of requests."""
        for _ in range(20):
            self.ask_ms()
        time.sleep(pause)
        return self.ask_ms()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--pause", type=float, nargs="*", default=[5.0, 60.0, 180.0], help="seconds")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep-warm", type=float, nargs="*", default=[KEEP_WARM_S], help="seconds between decodes")
    options = parser.parse_args()
    print("| device | kept warm | pause s | median ms | max |\n|---|---|---|---|---|")
    for keep_warm_s in (None, *options.keep_warm):
        asker = Asker(options.device, keep_warm_s)
        asker.after_ms(0.0)
        name = f"every {keep_warm_s:g} s" if keep_warm_s else "no"
        for pause in (0.0, *options.pause):
            times = [asker.after_ms(pause) for _ in range(options.repeat if pause else 20)]
            row = f"| {asker.renderer.device} | {name} | {pause:g} | {np.median(times):.1f} | {max(times):.1f} |"
            print(row, flush=True)
        asker.renderer.close()


if __name__ == "__main__":
    main()
