"""The audio thread's clock: the system's monotonic time, and a delay-locked loop that ties frames to it. Compiled.

A block is asked for with a jitter of up to milliseconds, though the device takes frames steadily. The loop of
F. Adriaensen, "Using a DLL to filter time" (Linux Audio Conference 2005) finds the steady time, so that an
instant on the clock of `time.perf_counter_ns` maps to a frame.
"""

import ctypes
import math
import sys
from typing import Any

from numba import types

from latentaudio.engine.mixer.compiled import Record, inner

BANDWIDTH_HZ = 0.1  # of the settled loop: the jitter of single blocks averages out, the drift of a crystal is followed
SETTLING_NS = 0.1e9  # a new loop is as wide as the time it has seen asks for; this keeps its first steps finite
MAX_OMEGA = 0.5  # radians of the loop per block; it is stable below 1
GAP_NS = 0.2e9  # a block that comes this late starts the loop anew at once: a new stream, or the machine slept
STRAYED_BLOCKS = 8  # so many blocks in a row more than a block off: frames were lost or the machine slept, start anew

_external: Any = types.ExternalFunction
_pointer: Any = types.CPointer
_WORDS = _pointer(types.int64)

if sys.platform == "win32":
    _frequency = ctypes.c_int64()
    ctypes.WinDLL("kernel32").QueryPerformanceFrequency(ctypes.byref(_frequency))
    _HZ = _frequency.value
    _query_counter = _external("QueryPerformanceCounter", types.int32(_WORDS))

    @inner
    def now_ns(state: Record) -> int:
        """Now, on the clock of `time.perf_counter_ns`."""
        _query_counter(state.timespec.ctypes)
        ticks: int = state.timespec[0]
        return ticks // _HZ * 1_000_000_000 + ticks % _HZ * 1_000_000_000 // _HZ

else:
    # What perf_counter_ns reads: CLOCK_MONOTONIC on Linux, CLOCK_UPTIME_RAW (mach_absolute_time in ns) on macOS.
    _CLOCK = 8 if sys.platform == "darwin" else 1
    _clock_gettime = _external("clock_gettime", types.int32(types.int32, _WORDS))

    @inner
    def now_ns(state: Record) -> int:
        """Now, on the clock of `time.perf_counter_ns`."""
        _clock_gettime(_CLOCK, state.timespec.ctypes)
        seconds: int = state.timespec[0]
        nanoseconds: int = state.timespec[1]
        return seconds * 1_000_000_000 + nanoseconds


@inner
def start_block(state: Record, frames: int, called_ns: int, xrun: bool, offline: bool) -> None:
    """Set `state.block_ns`, the time of the block's first frame, from the instant the block was asked for.

    `xrun`: the device lost frames just before. Less than a block as a rule, so the loop is only made wide again.
    """
    if offline:
        state.frame_ns = 1e9 / state.sample_rate
        state.block_ns = state.frame * state.frame_ns
        return
    block_ns = frames * 1e9 / state.sample_rate
    error = called_ns - state.next_ns
    if abs(error) <= block_ns:
        state.strayed = 0
    else:
        state.strayed += 1
        if error > 0 and state.strayed == 1 and state.blocks > 0:
            state.gaps += 1
    if state.strayed == STRAYED_BLOCKS or abs(error) > GAP_NS:
        state.strayed = 0
        state.loop_age_ns = SETTLING_NS
        state.frame_ns = 1e9 / state.sample_rate
        state.next_ns = called_ns
        error = 0.0
    elif xrun:
        state.loop_age_ns = SETTLING_NS
    _follow(state, frames, block_ns, error)


@inner
def _follow(state: Record, frames: int, block_ns: float, error: float) -> None:
    """One step of the loop: second order, critically damped."""
    bandwidth = max(BANDWIDTH_HZ, 0.5e9 / state.loop_age_ns)
    omega = min(2.0 * math.pi * bandwidth * block_ns * 1e-9, MAX_OMEGA)
    state.block_ns = state.next_ns
    state.next_ns += math.sqrt(2.0) * omega * error + frames * state.frame_ns
    state.frame_ns += omega * omega * error / frames
    state.loop_age_ns += block_ns
