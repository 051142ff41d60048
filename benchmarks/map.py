"""How long does the map take to find a sound under a finger, and to blend those around it?

    python -m benchmarks.map

CPU time of one thread, so that others on the machine do not count. Spread: as an evened-out map is. Clustered: five
heaps, fingers anywhere, the worst that we know of.
"""

import time
from collections.abc import Callable

import numpy as np

from latentaudio.latent.map import SoundMap

SOUNDS, DIMS, LOOKUPS = (518, 10_000, 100_000), 128, 1000


def made_map(sounds: int, clustered: bool, generator: np.random.Generator) -> SoundMap:
    """A map of random latents."""
    positions = generator.random((sounds, 2))
    if clustered:
        positions = generator.random((5, 2))[generator.integers(0, 5, sounds)] + 0.01 * (positions - 0.5)
    latents = generator.standard_normal((sounds, DIMS), np.float32)
    return SoundMap(positions.astype(np.float32), latents, np.zeros(DIMS, np.float32), np.eye(DIMS, dtype=np.float32))


def times(look_up: Callable[[float, float], object], places: np.ndarray) -> np.ndarray:
    """Microseconds of each look-up at `places` [n, 2]."""
    spent = np.empty(len(places))
    for number, (x, y) in enumerate(places.tolist()):
        started = time.thread_time_ns()
        look_up(x, y)
        spent[number] = (time.thread_time_ns() - started) / 1e3
    return spent


def main() -> None:
    """Print a table."""
    generator = np.random.default_rng(0)
    print(
        "| sounds | lie | built in ms | snap, median µs | p99 | blend, median µs | p99 |\n|---|---|---|---|---|---|---|"
    )
    for sounds in SOUNDS:
        for lie in ("spread", "clustered"):
            started = time.thread_time()
            made = made_map(sounds, lie == "clustered", generator)
            built = 1e3 * (time.thread_time() - started)
            places = generator.random((LOOKUPS, 2))
            snap = np.percentile(times(lambda x, y, made=made: made.snap(x, y, 0), places), [50, 99])
            blend = np.percentile(times(made.blend, places), [50, 99])
            figures = " | ".join(f"{value:.0f}" for value in (built, *snap, *blend))
            print(f"| {sounds:,} | {lie} | {figures} |")


if __name__ == "__main__":
    main()
