"""What takes the disk a while, done by a thread beside the state thread, which takes up what came of it."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Sends(Protocol):
    """Who is sent on errands; `Errands` is one."""

    def send(self, do: Callable[[], T], then: Callable[[Future[T]], None]) -> None:
        """Have `do` done elsewhere; the state thread hears of its result, or its error, by `then`."""


class Errands:
    """One at a time, in the order they were asked for. Every method is the state thread's."""

    def __init__(self, name: str) -> None:
        """`name` is the thread's."""
        self._thread = ThreadPoolExecutor(1, name)
        self._under_way: deque[tuple[Future[Any], Callable[[Future[Any]], None]]] = deque()

    def send(self, do: Callable[[], T], then: Callable[[Future[T]], None]) -> None:
        """Have `do` done by the thread, and its result handed to `then` by `collect`."""
        self._under_way.append((self._thread.submit(do), then))

    def collect(self) -> None:
        """Hand over what is done; called some hundred times a second."""
        while self._under_way and self._under_way[0][0].done():
            done, then = self._under_way.popleft()
            then(done)

    def close(self) -> None:
        """Wait for what is under way, and hand it over."""
        self._thread.shutdown()
        self.collect()
