"""What the player and the renderer process say to each other: small binary messages on a pair of pipes.

Samples never travel here: the worker writes them into slots of shared memory and names the frames it wrote.
A batch is answered a few sounds at a time, and only after their slots are written, so the player never reads a
slot that is being written, not even one of a worker that was killed in the middle; meanwhile the next are finished.
"""

import struct
from typing import IO

import numpy as np
from numpy.typing import NDArray

SLOTS = 64  # sounds in one batch at most: 16 pads of 4 velocity layers
ANSWERED = 8  # sounds in one answer at most
_HEADER = struct.Struct("<cI")  # kind, bytes that follow
_COUNTS = struct.Struct("<II")  # sounds, dims

READY = b"r"  # worker → player: JSON of what it is
FAILED = b"f"  # worker → player: a sentence; the worker then ends
BATCH = b"b"  # player → worker: latents
DONE = b"d"  # worker → player: frames written to each of the next slots
ASK = b"a"  # player → worker: JSON of a step of a longer task
TOLD = b"t"  # worker → player: JSON of what came of it


def send(pipe: IO[bytes], kind: bytes, payload: bytes) -> None:
    """Write one message and flush it."""
    pipe.write(_HEADER.pack(kind, len(payload)) + payload)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """Read one message; raises EOFError when the other side is gone."""
    kind, size = _HEADER.unpack(_read(pipe, _HEADER.size))
    return kind, _read(pipe, size)


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError("the other side closed its pipe")
    return data


def pack_batch(latents: NDArray[np.float32]) -> bytes:
    """Latents [sounds, dims] as bytes."""
    return _COUNTS.pack(*latents.shape) + np.ascontiguousarray(latents, np.float32).tobytes()


def unpack_batch(payload: bytes) -> NDArray[np.float32]:
    """Latents [sounds, dims]."""
    shape = _COUNTS.unpack_from(payload)
    return np.frombuffer(payload, np.float32, offset=_COUNTS.size).reshape(shape)


def pack_done(frames: list[int]) -> bytes:
    """Frames written to each slot, in slot order."""
    return np.asarray(frames, np.uint32).tobytes()


def unpack_done(payload: bytes) -> list[int]:
    """Frames of each slot."""
    frames: list[int] = np.frombuffer(payload, np.uint32).tolist()
    return frames
