"""The shared memory that carries samples from the worker to the player: SLOTS rows of float32 frames."""

import sys
from multiprocessing import resource_tracker, shared_memory
from secrets import token_hex

import numpy as np
from numpy.typing import NDArray

from latentaudio.render.protocol import SLOTS


def create(frames: int) -> shared_memory.SharedMemory:
    """New memory for SLOTS sounds of `frames` frames; the player alone creates and unlinks it."""
    name = f"la-{token_hex(6)}"  # macOS allows 31 characters
    return shared_memory.SharedMemory(name, create=True, size=SLOTS * frames * 4)


def attach(name: str) -> shared_memory.SharedMemory:
    """The player's memory, seen from the worker.

    Before Python 3.13 an attached segment is handed to a resource tracker as well, which would unlink the
    player's memory when the worker ends: the worker has no tracker at all.
    """
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name, track=False)
    resource_tracker.register = lambda name, rtype: None
    return shared_memory.SharedMemory(name)


def view(memory: shared_memory.SharedMemory, frames: int) -> NDArray[np.float32]:
    """The slots as an array [SLOTS, frames]; drop it before the memory is closed."""
    return np.ndarray((SLOTS, frames), np.float32, memory.buf)
