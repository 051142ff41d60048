"""Messages whose time has not come: a bounded heap that belongs to the OSC thread."""

import heapq
from collections.abc import Callable, Iterator
from itertools import count

HELD = 4096  # messages at most; a client that schedules more is told so


class Schedule:
    """Things to do at instants of the `time.perf_counter_ns` clock; equal instants keep their order."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def __len__(self) -> int:
        return len(self._heap)

    def hold(self, due_ns: int, do: Callable[[], None]) -> bool:
        """Keep `do` until `due_ns`; False where there is no more room."""
        if len(self._heap) >= HELD:
            return False
        heapq.heappush(self._heap, (due_ns, next(self._order), do))
        return True

    def due(self, now_ns: int) -> Iterator[Callable[[], None]]:
        """Take out, in time order, what is due."""
        while self._heap and self._heap[0][0] <= now_ns:
            yield heapq.heappop(self._heap)[2]

    def seconds_to_next(self, now_ns: int, at_most: float) -> float:
        """How long to wait for the next, not below 0."""
        return min(at_most, max(0.0, (self._heap[0][0] - now_ns) / 1e9)) if self._heap else at_most
