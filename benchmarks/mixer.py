"""How much of a block does the mixer take with every voice sounding, and what does it cost a thread to play a hit?

    python -m benchmarks.mixer

One core, offline: blocks of 64 frames at 44.1 kHz in which 64 voices sound as recorded, half of them resampled, all
of them resampled under a decay, or all of them cross-fading to another sound again and again.
"""

import time

import numpy as np

from latentaudio.engine import CommandPort, Engine, Sound, Strike

RATE, FRAMES, VOICES, BLOCKS, HITS = 44100, 64, 64, 2000, 20000
BLOCK_US = FRAMES / RATE * 1e6


def block_times(strikes: list[Strike], follows: tuple[Strike, ...] = ()) -> np.ndarray:
    """Microseconds that each block took, [BLOCKS], with all `strikes` sounding; before each, one of `follows` comes."""
    engine = Engine(RATE)
    port = engine.port("benchmark")
    for strike in strikes:
        assert port.play(strike, 1.0, 0)
    engine.render(FRAMES)
    times = np.empty(BLOCKS)
    for block in range(BLOCKS):
        if follows:
            port.follow(follows[block % len(follows)])
            engine.collect()
        started = time.perf_counter_ns()
        engine.render(FRAMES)
        times[block] = (time.perf_counter_ns() - started) / 1e3
    assert engine.counters().voices >= len(strikes)
    return times


def play_time(port: CommandPort, engine: Engine, strike: Strike) -> float:
    """Nanoseconds of one call of `play`, mean."""
    spent = 0
    for _ in range(HITS // 200):
        started = time.perf_counter_ns()
        for _ in range(200):
            port.play(strike, 0.5, started, 0)
        spent += time.perf_counter_ns() - started
        engine.render(FRAMES)
        engine.collect()
    return spent / HITS


def main() -> None:
    """Print a table."""
    noise = np.random.default_rng(0).standard_normal(4 * FRAMES * BLOCKS).astype(np.float32) * 0.01
    sound = Sound(noise)
    cases = {
        "as recorded": [Strike(sound, pad=1) for _ in range(VOICES)],
        "half resampled": [Strike(sound, step=1.0 + 0.01 * (i % 2) * i, pad=1) for i in range(VOICES)],
        "all resampled, decaying": [Strike(sound, step=1.0 + 0.01 * (i + 1), decay=30.0) for i in range(VOICES)],
        "none": [],
    }
    print(f"| {VOICES} voices, {FRAMES} frames at {RATE} Hz | median µs | p99 µs | % of the block, median |")
    print("|---|---|---|---|")
    following = "as recorded, cross-fading"
    others = tuple(Strike(Sound(noise[::-1].copy() * turn)) for turn in (1, -1))
    for name, strikes in {**cases, following: cases["as recorded"]}.items():
        times = block_times(strikes, others if name == following else ())
        median, p99 = np.percentile(times, [50, 99])
        print(f"| {name} | {median:.1f} | {p99:.1f} | {100 * median / BLOCK_US:.2f} |")
    engine = Engine(RATE)
    port = engine.port("benchmark")
    print(f"\none call of `play`: {play_time(port, engine, Strike(Sound(noise[:64]))) / 1e3:.2f} µs")


if __name__ == "__main__":
    main()
