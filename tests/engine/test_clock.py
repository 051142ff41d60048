"""The loop finds the steady time of the frames under the jitter of the callbacks."""

from collections.abc import Callable

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from latentaudio.engine.layout import STATE
from latentaudio.engine.mixer import clock

RATE = 44100.0
START_NS = 10**15  # twelve days after the machine's start: a float64 must still tell nanoseconds apart

Blocks = NDArray[np.int64]  # one number for each block
Follow = Callable[..., tuple[NDArray[np.float64], np.void]]


@pytest.fixture(scope="module")
def follow() -> Follow:
    """`follow(called_ns, frames, xrun)`: the time that the loop gives each block, and its state after them."""

    @numba.njit(error_model="numpy")
    def step(states, frames, called_ns, xrun):  # type: ignore[no-untyped-def]
        state = states[0]
        clock.start_block(state, frames, called_ns, xrun, False)
        state.blocks += 1
        return state.block_ns

    def run(called_ns: Blocks, frames: Blocks, xrun: int = -1) -> tuple[NDArray[np.float64], np.void]:
        state = np.zeros(1, STATE)
        state["sample_rate"] = RATE
        blocks = zip(frames, called_ns, strict=True)
        return np.array([step(state, n, t, i == xrun) for i, (n, t) in enumerate(blocks)]), state[0]

    return run


def steady(frames: Blocks, rate: float = RATE) -> Blocks:
    """When a device of `rate` asks for blocks of these lengths, without jitter."""
    return START_NS + np.rint(np.concatenate([[0], np.cumsum(frames[:-1])]) * 1e9 / rate).astype(np.int64)


@pytest.mark.parametrize("block", [64, 1024])
def test_jitter_of_half_a_millisecond_is_filtered(follow: Follow, block: int) -> None:
    frames = np.full(10 * 44100 // block, block)
    true = steady(frames)
    jitter = np.random.default_rng(0).exponential(0.5e6, len(frames)).astype(np.int64)
    times, _ = follow(true + jitter, frames)
    assert np.std((times - true)[len(frames) // 3 :]) < 0.1e6


def test_blocks_may_vary_in_length(follow: Follow) -> None:
    frames = np.random.default_rng(0).integers(16, 600, 3000)
    times, _ = follow(steady(frames), frames)
    assert np.abs(times - steady(frames)).max() < 0.01e6


def test_a_crystal_that_is_off_is_followed(follow: Follow) -> None:
    frames = np.full(10000, 128)
    true = steady(frames, RATE * 1.0005)
    times, state = follow(true, frames)
    assert np.abs(times - true)[5000:].max() < 0.01e6
    assert state["frame_ns"] == pytest.approx(1e9 / RATE / 1.0005, rel=1e-6)


def test_a_late_callback_counts_as_one_gap_and_hardly_moves_the_time(follow: Follow) -> None:
    frames = np.full(5000, 64)
    true = steady(frames)
    called = true.copy()
    called[4000] += 4_000_000
    called[4001] += 2_600_000
    times, state = follow(called, frames)
    assert state["gaps"] == 1
    assert np.abs(times - true)[4000:].max() < 0.05e6


@pytest.mark.parametrize("gap_ns", [8_000_000, 5_000_000_000])
def test_after_a_gap_the_loop_starts_anew(follow: Follow, gap_ns: int) -> None:
    frames = np.full(5000, 64)
    true = steady(frames)
    true[4000:] += gap_ns
    times, state = follow(true, frames)
    assert np.abs(times - true)[4008:].max() < 0.01e6
    assert state["gaps"] == 1


def test_after_an_xrun_of_less_than_a_block_the_time_is_right_within_half_a_second(follow: Follow) -> None:
    frames = np.full(5000, 128)
    true = steady(frames)
    true[4000:] += 1_500_000
    times, _ = follow(true, frames, xrun=4000)
    assert np.abs(times - true)[4000 + 172 :].max() < 0.1e6
