"""From a control move to the renewed sound in the kit: the instrument, the renderer and its process, no audio.

    python -m benchmarks.freshness [--device cpu|cuda] [--moves 1000] [--rate 120]

Runs where there is neither a sound card nor numba: on a rented GPU, say.
"""

import argparse
import contextlib
import queue
import sys
import time

import numpy as np

from latentaudio.config import FACTORY_MODEL
from latentaudio.events import Event, Rendered, Set
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.latent.library import read_library
from latentaudio.render.renderer import Renderer

RENEWALS = 30  # of the whole kit


class Silent:
    """Stands where the audio thread and the listeners would be: this measures what comes before them."""

    def __getattr__(self, name: str):
        return lambda *_: True


def main() -> None:
    """Print a table: a finger that drags one dim of one pad, then moves apart by pauses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--moves", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=120.0, help="moves a second while dragging")
    options = parser.parse_args()
    sys.setswitchinterval(0.0005)  # as the daemon does
    library = read_library(FACTORY_MODEL)
    inbox: queue.Queue[Event] = queue.Queue()
    renderer = Renderer(library.path, library.sample_rate, library.frames, options.device, inbox.put)
    instrument = Instrument(library, Kit(), Silent(), renderer, Silent())
    began = time.perf_counter()
    renderer.start()
    instrument.render_missing()
    while instrument.sounding.waiting:
        instrument.perform(inbox.get(timeout=120))
    ready = time.perf_counter() - began
    print(f"renderer on {renderer.device}: 16 pads with all their layers {ready:.1f} s after it was started\n")
    print("| moves | device | count | renewed | median ms | p95 | p99 | longest between renewals |\n|" + "---|" * 8)
    random = np.random.default_rng(0)  # one for all: a point that comes again is not rendered again
    for name, pause in (("apart", 0.05), (f"drag at {options.rate:.0f} Hz", 1 / options.rate)):
        measure(name, instrument, inbox, random, options.moves, pause, renderer.device)
    renew(instrument, inbox, random, renderer.device)
    renderer.close()


def measure(name: str, instrument: Instrument, inbox: "queue.Queue[Event]", random: np.random.Generator, moves: int,
            pause: float, device: str) -> None:  # fmt: skip
    """Move, perform what comes back, and print a row."""
    instrument.freshness_ms.clear()
    renewals, due = [], time.perf_counter()
    for _ in range(moves):
        instrument.perform(Set(name="latent.1", value=float(random.uniform(-2, 2))))
        due += pause
        while (left := due - time.perf_counter()) > 0:
            try:
                event = inbox.get(timeout=left)
            except queue.Empty:
                break
            instrument.perform(event)
            renewals += [time.perf_counter()] * (isinstance(event, Rendered) and event.part == 0)
    with contextlib.suppress(queue.Empty):
        while True:
            instrument.perform(inbox.get(timeout=0.5))
    fresh = np.array(instrument.freshness_ms)
    p50, p95, p99 = np.percentile(fresh, (50, 95, 99))
    longest = 1e3 * np.diff(renewals).max()
    print(f"| {name} | {device} | {moves} | {len(fresh)} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {longest:.0f} ms |")


def renew(instrument: Instrument, inbox: "queue.Queue[Event]", random: np.random.Generator, device: str) -> None:
    """Renew all pads at once, as a preset does, and print when which sounds were there."""
    focused, firsts, every = list[float](), list[float](), list[float]()
    for _ in range(RENEWALS):
        state = instrument.state.copy()
        state.points = np.stack([instrument.library.draw(random) for _ in state.points])
        began, due = time.perf_counter(), 16
        instrument.adopt(state, "benchmark", time.perf_counter_ns())
        while instrument.sounding.waiting:
            event = inbox.get(timeout=60)
            instrument.perform(event)
            elapsed = 1e3 * (time.perf_counter() - began)
            if isinstance(event, Rendered) and event.part == 0:
                due -= 1
                focused += [elapsed] * (event.pad == instrument.focus + 1)
                firsts += [elapsed] * (due == 0)
        every.append(1e3 * (time.perf_counter() - began))
    print("\n| all pads at once | device | count | median ms | p95 | longest |\n|" + "---|" * 6)
    sounds = sum(len(voicing.latents) for voicing in instrument.voicings())
    rows = {f"focused pad's first layer, {sounds - 1} sounds follow": focused, "first layers of 16 pads": firsts,
            f"16 pads, {sounds} sounds": every}  # fmt: skip
    for name, found in rows.items():
        p50, p95 = np.percentile(found, (50, 95))
        print(f"| {name} | {device} | {len(found)} | {p50:.1f} | {p95:.1f} | {max(found):.1f} |")


if __name__ == "__main__":
    main()
