"""From the bus to the device: master gain, limiter, output channels, recorder's tap. Compiled; the audio thread's."""

import math

import numpy as np

from latentaudio.engine.mixer.atomics import floats, load_acquire, store_release
from latentaudio.engine.mixer.compiled import Array, Record, inner

CEILING = float(np.float32(10 ** (-1 / 20)))  # -1 dBFS, a value that float32 has
RELEASE_S = 0.080  # time constant
MASTER_S = 0.010  # time constant of a fader's move
SETTLED = 1e-4  # this near its target the master gain takes it: full silence, and no work at 1


@inner
def apply_gain(state: Record, begin: int, end: int) -> None:
    """Move the master gain towards its target over frames `begin` to `end`."""
    if state.master == state.master_target == 1.0:
        return
    step = 1.0 - math.exp(-1.0 / (MASTER_S * state.sample_rate))
    gain = state.master
    for index in range(begin, end):
        gain += (state.master_target - gain) * step
        if abs(state.master_target - gain) < SETTLED:
            gain = state.master_target
        for channel in range(state.channels + state.channels % 2):
            state.bus[channel, index] *= gain
    state.master = gain


@inner
def make_finite(state: Record, count: int) -> None:
    """Turn what is not a number into silence: one such sample would silence or deafen everything behind us."""
    for channel in range(state.channels + state.channels % 2):
        row = state.bus[channel]
        for index in range(count):
            if not abs(row[index]) < np.inf:
                row[index] = 0.0
                state.nonfinite += 1


@inner
def limit(state: Record, count: int) -> None:
    """Keep every pair under the ceiling: at once and by as much as its louder side needs, recovering slowly."""
    release = 1.0 - math.exp(-1.0 / (RELEASE_S * state.sample_rate))
    for pair in range((state.channels + 1) // 2):
        left = state.bus[2 * pair]
        right = state.bus[2 * pair + 1]
        gain = state.limiter[pair]
        limited = False
        for index in range(count):
            gain += (1.0 - gain) * release
            peak = max(abs(left[index]), abs(right[index]))
            if peak * gain > CEILING:
                gain = CEILING / peak
                limited = True
            left[index] = min(max(left[index] * gain, -CEILING), CEILING)
            right[index] = min(max(right[index] * gain, -CEILING), CEILING)
        state.limiter[pair] = gain
        if limited:
            state.limited += 1


@inner
def fold_to_mono(state: Record, count: int) -> None:
    """Where the last pair has only one output, that carries both sides, at equal power."""
    if state.channels % 2 == 1:
        left = state.bus[state.channels - 1]
        right = state.bus[state.channels]
        for index in range(count):
            left[index] = (left[index] + right[index]) * math.sqrt(0.5)
            right[index] = 0.0


@inner
def interleave(state: Record, output: Record, block: Array, begin: int, count: int) -> None:
    """Write the bus to the device's block from frame `begin` on; channels that are not ours get silence."""
    width = output.width
    block[begin * width : (begin + count) * width] = 0.0
    for channel in range(state.channels):
        first = begin * width + output.channels[channel]
        for index in range(count):
            block[first + index * width] = state.bus[channel, index]


@inner
def record(state: Record, count: int) -> None:
    """Copy the bus to the recorder's ring, or count what it lost."""
    tap = state.tap
    if load_acquire(tap.on) == 0:
        return
    tail = tap.tail[0]
    if tap.frames - (tail - load_acquire(tap.head)) < count:
        tap.lost += count
        return
    buffer = floats(tap.address, tap.frames * state.channels)
    for index in range(count):
        first = (tail + index) % tap.frames * state.channels
        for channel in range(state.channels):
            buffer[first + channel] = state.bus[channel, index]
    store_release(tap.tail, tail + count)
