"""Who is connected to OSCQuery, so many at once at most. The OSCQuery thread; imported where it serves alone."""

import asyncio
from typing import cast

from websockets.asyncio.server import ServerConnection


def visitors(limit: int) -> type[ServerConnection]:
    """A class of connections of which `limit` may be open; one too many is closed at once, and costs no task."""
    crowd: set[ServerConnection] = set()

    class Visitor(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            if len(crowd) < limit:
                crowd.add(self)
                super().connection_made(transport)
            else:
                cast(asyncio.Transport, transport).abort()

        def connection_lost(self, exc: Exception | None) -> None:
            if self in crowd:
                crowd.remove(self)
                super().connection_lost(exc)

    return Visitor
