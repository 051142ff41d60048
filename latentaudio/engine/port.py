"""A thread's way to the audio thread: a ring of its own, and what keeps the sounds it played alive. That thread's."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound, Strike
from latentaudio.engine.layout import CHOKE_GROUP, CHOKE_PAD, COMMAND, FOLLOW, MASTER, PORTS, RELEASE, SILENCE


class CommandPort:
    """One thread's way to the audio thread. Each method is that thread's; False: the ring is full, nothing was done.

    `at_ns` is an instant on the `time.perf_counter_ns` clock; 0 is the start of the next block. An instant that
    has passed counts as late and sounds at once.
    """

    def __init__(self, name: str, index: int, ring: NDArray[np.void], push: Callable[..., int]) -> None:
        """`ring` is the engine's COMMAND_RING number `index`, `push` the compiled one."""
        self.name = name
        self._memory = ring  # a view: keeps all of the engine's memory alive
        self._ring: int = ring.ctypes.data
        self._push = push
        self._serial = index  # of the next hit; modulo PORTS it names the port
        self._sounding: dict[int, Sound] = {}  # what the audio thread may read

    def play(self, strike: Strike, gain: float, arrival_ns: int, at_ns: int = 0) -> bool:
        """Let a strike sound, `gain` times as loud."""
        serial = self._serial
        self._sounding[serial] = strike.sound
        if not self._push(self._ring, strike.address, gain, serial, arrival_ns, at_ns):
            del self._sounding[serial]
            return False
        self._serial = serial + PORTS
        return True

    def follow(self, strike: Strike) -> bool:
        """Let what sounds of a strike's pad go over to its sound where it is, in 5 ms; all else stays as it was hit."""
        return self.play(replace(strike, kind=FOLLOW), 1.0, 0)

    def release(self, pad: int, at_ns: int = 0, pitch: float = 1.0) -> bool:
        """Fade what sounds of a pad at `pitch`, 50 ms."""
        return self._tell(RELEASE, at_ns, pad=pad, pitch=pitch)

    def choke_group(self, group: int, at_ns: int = 0) -> bool:
        """Fade what sounds in a choke group, 2 ms."""
        return self._tell(CHOKE_GROUP, at_ns, group=group)

    def choke_pad(self, pad: int, at_ns: int = 0) -> bool:
        """Fade what sounds of a pad, 2 ms."""
        return self._tell(CHOKE_PAD, at_ns, pad=pad)

    def silence(self) -> bool:
        """Panic: fade everything, 5 ms, and forget the hits that were to come."""
        return self._tell(SILENCE, 0)

    def master(self, gain: float, at_ns: int = 0) -> bool:
        """Move the master gain there, 10 ms. Raises ValueError for a gain that is not finite."""
        if not math.isfinite(gain):
            raise ValueError(f"a master gain is finite, not {gain}")
        return self._tell(MASTER, at_ns, gain=gain)

    def let_go(self, serial: int) -> None:
        """A sound is no longer read. The control thread, through `Engine.collect`."""
        self._sounding.pop(serial, None)

    def _tell(self, kind: int, at_ns: int, group: int = 0, pad: int = 0, pitch: float = 1.0, gain: float = 1.0) -> bool:
        command = np.zeros(1, COMMAND)
        command[["kind", "group", "pad", "pitch", "left"]] = (kind, group, pad, pitch, gain)
        return bool(self._push(self._ring, command.ctypes.data, 1.0, 0, 0, at_ns))
