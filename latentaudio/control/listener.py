"""One OSCQuery program that listens: the addresses it asked for, and what waits to be sent. The OSCQuery thread."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from latentaudio.control.osc_codec import encode
from latentaudio.control.oscquery_tree import Tree

HITS = 256  # that may wait for a slow program; older ones are left out


class Listener:
    """Holds each address once, so that a slow program costs no memory and hears the latest."""

    def __init__(self, tree: Tree, send: Callable[[bytes], Awaitable[None]]) -> None:
        """`send` sends a packet as one binary frame, and waits while the program takes no more."""
        self._tree, self._send = tree, send
        self._wanted: dict[str, frozenset[str]] = {}  # addresses, and the parameters they tell of
        self._due: dict[str, None] = {}  # addresses whose value is to be sent, in the order they changed
        self._hits: deque[tuple[str, float]] = deque(maxlen=HITS)
        self._work = asyncio.Event()

    def listen(self, path: str) -> None:
        """Send what this address says whenever it changes; nothing for an address that is none of ours."""
        if self._tree.method(path):
            self._wanted[path] = frozenset(self._tree.telling_of(path))

    def ignore(self, path: str) -> None:
        """Send no more of it."""
        self._wanted.pop(path, None)
        self._due.pop(path, None)

    def hear(self, names: set[str], hits: Iterable[tuple[str, float]]) -> None:
        """Parameters have changed, pads were hit."""
        self._due |= {path: None for path, of in self._wanted.items() if not of.isdisjoint(names)}
        self._hits.extend(hit for hit in hits if hit[0] in self._wanted)
        if self._due or self._hits:
            self._work.set()

    async def send_what_is_due(self) -> None:
        """Until cancelled, or until the program is gone."""
        from websockets.exceptions import ConnectionClosed

        try:
            while await self._work.wait():
                self._work.clear()
                await self._send_all()
        except ConnectionClosed:
            return

    async def _send_all(self) -> None:
        while self._hits:
            await self._send(encode(*self._hits.popleft()))
        while self._due:
            path = next(iter(self._due))
            del self._due[path]
            if values := self._tree.values(path):  # as they are now, not as they were when it changed
                await self._send(encode(path, *values))
