"""MIDI ports that would not open: each is tried again, ever less often. The thread that looks after ports.

Another program may keep a port for the whole set, and under JACK each try makes a client that everyone sees come
and go.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import TypeVar

FIRST_SECONDS, LONGEST_SECONDS = 0.25, 5.0  # pauses before a port is tried again; each is twice the one before

T = TypeVar("T")


class Tries:
    """Those of one direction, by the ports' names."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._there: tuple[str, ...] = ()
        self._pauses: dict[str, tuple[float, float]] = {}  # how long the next is, and when this one ends

    def see(self, there: Iterable[str]) -> None:
        """These ports are there; where they are others than before, all may be tried at once."""
        if (now_there := tuple(there)) != self._there:
            self._there = now_there
            self._pauses.clear()

    def open(self, name: str, opened: Callable[[], T | None]) -> T | None:
        """What `opened` gives for the port of that name; None, and it is not asked, before its next try is due."""
        pause, due = self._pauses.get(name, (FIRST_SECONDS, 0.0))
        if self._clock() < due:
            return None
        if (made := opened()) is None:
            self._pauses[name] = min(2 * pause, LONGEST_SECONDS), self._clock() + pause
        else:
            self._pauses.pop(name, None)
        return made
