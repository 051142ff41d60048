"""What does a move cost the state thread: a walk's advance, a morph laid out and ridden, variations, a clock tick?

    python -m benchmarks.moves [MODEL]

CPU time of one thread, so that others on the machine do not count.
"""

import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np

from latentaudio.config import FACTORY_MODEL
from latentaudio.latent.library import Library, read_library
from latentaudio.latent.morph import METHODS, Chain
from latentaudio.latent.posterior import Posterior
from latentaudio.latent.tempo import Tempo
from latentaudio.latent.variations import draw_unlocked, vary
from latentaudio.latent.walk import Walk

SECONDS = 0.01  # between two advances of a walk


def report(name: str, move: Callable[[], object], times: int) -> None:
    """Print a row of the table."""
    spent = np.empty(times)
    for number in range(times):
        started = time.thread_time_ns()
        move()
        spent[number] = (time.thread_time_ns() - started) / 1e3
    median, p99 = np.percentile(spent, [50, 99])
    print(f"| {name} | {median:.0f} | {p99:.0f} |")


def report_walk(library: Library) -> None:
    """Advance free and guided, with none and half of the dims locked, and what a lock costs."""
    half = np.arange(library.dims) % 2 == 0
    for locks, locked in (("", None), (", half of the dims locked", half)):
        posterior = Posterior(library.mean, library.scale, locked)
        walk, point = Walk(posterior, 1), library.latents[0]
        report(f"walk, an advance{locks}", lambda walk=walk, point=point: walk.advance(SECONDS, point), 2000)
        walk.guide(library.latents[1], point)
        report(f"guided, an advance{locks}", lambda walk=walk, point=point: walk.advance(SECONDS, point), 2000)
    report("a lock that changes", lambda: Posterior(library.mean, library.scale, half), 50)


def report_morph(library: Library) -> None:
    """Lay out eight stations and ride them."""
    amount, stations = np.random.default_rng(0), list(library.latents[:8])
    for method in METHODS:
        report(
            f"morph, 8 stations laid out, {method}",
            lambda method=method: Chain(stations, method, library.mean, library.latents),
            20,
        )
        chain = Chain(stations, method, library.mean, library.latents)
        report(f"morph, an amount, {method}", lambda chain=chain: chain.at(amount.random()), 2000)
    many = np.random.default_rng(0).standard_normal((100_000, library.dims), np.float32)
    report("morph, A to B by 100,000 sounds", lambda: Chain(list(many[:2]), "sounds", library.mean, many), 10)


def main() -> None:
    """Print a table."""
    library = read_library(Path(sys.argv[1]) if len(sys.argv) > 1 else FACTORY_MODEL)
    posterior, generator = Posterior(library.mean, library.scale), np.random.default_rng(0)
    tempo, number = Tempo(), count()
    print(f"{library.dims} dims, {len(library.latents)} sounds\n\n| move | median µs | p99 µs |\n|---|---|---|")
    report_walk(library)
    report_morph(library)
    report("16 variations", lambda: vary(library.latents[0], 0.3, 16, generator, posterior), 500)
    report("a draw", lambda: draw_unlocked(library.latents[0], 1.0, generator, posterior), 500)
    report("a clock tick", lambda: tempo.clock(next(number) / 48.0), 2000)


if __name__ == "__main__":
    main()
