"""The functions that the rest of the program calls: the stream's callback, and Python's ends of the rings.

`ENTRIES` gives their types. In C a record is a pointer to it.
"""

import numba
from numba import types

from latentaudio.engine.layout import BATCH, COMMAND, COMMAND_RING, OUTPUT
from latentaudio.engine.mixer import ring, schedule
from latentaudio.engine.mixer.atomics import STATE_TYPE, floats, load_acquire, state_at, store_release
from latentaudio.engine.mixer.block import mix
from latentaudio.engine.mixer.compiled import Record

CONTINUE, ABORT = 0, 2  # PortAudio's paContinue, paAbort


def callback(_input: int, block: int, frames: int, _times: int, flags: int, output: Record) -> int:
    """PortAudio's PaStreamCallback; its user data is an OUTPUT. The stream's own thread."""
    samples = floats(block, frames * output.width)
    if load_acquire(output.open) == 0:
        samples[:] = 0.0
        return ABORT
    mix(state_at(output.engine), output, samples, frames, flags)
    return CONTINUE


def initialise(state: Record) -> int:
    """Make an all-zero STATE ready. Before the stream starts."""
    schedule.clear(state)
    state.master = state.master_target = 1.0
    for pair in range(len(state.limiter)):
        state.limiter[pair] = 1.0
    return 0


def push(port: Record, command: Record, gain: float, serial: int, arrival_ns: int, at_ns: int) -> int:
    """Push a copy of `command`, its gains times `gain`; 0 where the ring is full. The port's thread."""
    if ring.room(port) == 0:
        return 0
    port.slots[port.tail[0] % len(port.slots)] = command
    slot = ring.next_free(port)
    slot.left *= gain
    slot.right *= gain
    slot.serial = serial
    slot.arrival_ns = arrival_ns
    slot.at_ns = at_ns
    ring.publish(port)
    return 1


def pull(state: Record, batch: Record) -> int:
    """Take the oldest results, as many as there are and the batch holds; how many. The control thread."""
    count = min(ring.waiting(state.results), len(batch.results))
    for index in range(count):
        batch.results[index] = ring.oldest(state.results)
        ring.release(state.results)
    return count


def open_tap(state: Record) -> int:
    """Let the recorder's buffer, which is set, be filled from the next block on; its count of frames now. The
    recorder's thread.
    """
    tap = state.tap
    store_release(tap.head, tap.tail[0])  # while it is closed nobody moves the tail
    store_release(tap.on, 1)
    return int(tap.head[0])


def close_tap(state: Record) -> int:
    """Let the recorder's buffer be. Any thread."""
    store_release(state.tap.on, 0)
    return 0


def pull_tap(state: Record, taken: int) -> int:
    """Give back the tap's frames before count `taken`; how many it has been given by now. The recorder's thread."""
    store_release(state.tap.head, taken)
    tail: int = load_acquire(state.tap.tail)
    return tail


_PORT, _COMMAND, _BATCH, _OUTPUT = (numba.from_dtype(dtype) for dtype in (COMMAND_RING, COMMAND, BATCH, OUTPUT))
_ADDRESS, _LONG, _ULONG, _INT = types.int64, types.int64, types.ulong, types.int32

ENTRIES = {
    callback: _INT(_ADDRESS, _ADDRESS, _ULONG, _ADDRESS, _ULONG, _OUTPUT),
    initialise: _INT(STATE_TYPE),
    push: _INT(_PORT, _COMMAND, types.float64, _LONG, _LONG, _LONG),
    pull: _LONG(STATE_TYPE, _BATCH),
    open_tap: _LONG(STATE_TYPE),
    close_tap: _INT(STATE_TYPE),
    pull_tap: _LONG(STATE_TYPE, _LONG),
}
