"""OSCQuery: tells over HTTP which addresses there are, over WebSocket what changes. A thread with a loop of its own.

Nothing that comes in here moves the instrument: what a client sends goes to the OSC port, so that a web page in the
performer's browser, which may reach this port, has no hand on it.
"""

import asyncio
import json
import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from latentaudio.control.learned import Learned
from latentaudio.control.listener import Listener
from latentaudio.control.oscquery_answers import Answers
from latentaudio.control.oscquery_tree import Known, Tree
from latentaudio.errors import ControlError
from latentaudio.osc_root import ROOT, theirs

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

MAX_LISTENERS = 32
MAX_VISITORS = 64  # TCP connections, listeners among them: each takes a file of those that we may have open
HITS = 256  # that wait for the thread; a flood of more loses the oldest
LONGEST = 4096  # bytes of what a client may send at once: a command with an address
PATIENCE_S = 1.0  # for a program to say what it wants, or to let go

log = logging.getLogger(__name__)
_quiet = logging.getLogger(f"{__name__}.connections")  # each visitor would be a line, each broken one a page
_quiet.setLevel(logging.CRITICAL)


class OscQuery:
    """Serves one TCP port. `changed` and `played` are the state thread's, and never wait."""

    def __init__(self, host: str, port: int, osc_port: int, known: Known, learned: Learned, root: str = ROOT) -> None:
        """Bind the port at once (0: a free one, see `port`); raises ControlError where it is taken.

        `known` gives a parameter's natural value without waiting, None where there is no such dim. All addresses are
        under `root`.
        """
        try:
            self._socket = socket.create_server((host, port))
        except OSError as error:
            raise ControlError(f"OSCQuery cannot have TCP port {port}: {error.strerror or error}") from error
        self.port: int = self._socket.getsockname()[1]
        self._tree, self._root = Tree(known, learned, root), root
        self._answers = Answers(self._tree, osc_port)
        self._listeners: set[Listener] = set()
        self._names: set[str] = set()  # changed since the thread looked
        self._hits: deque[tuple[str, float]] = deque(maxlen=HITS)
        self._lock = threading.Lock()  # over the two above
        self._waking = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop, self._closing = asyncio.Event(), False
        self._thread = threading.Thread(target=self._run, name="oscquery", daemon=True)

    @property
    def listeners(self) -> int:
        """How many programs have a WebSocket open."""
        return len(self._listeners)

    def changed(self, names: Iterable[str]) -> None:
        """These parameters have other values, by name; call it at most 60 times a second."""
        if self._listeners:
            with self._lock:
                self._names.update(names)
            self._wake()

    def played(self, osc_address: str, velocity: float) -> None:
        """A pad was hit."""
        if self._listeners:
            with self._lock:
                self._hits.append((theirs(osc_address, self._root), velocity))
            self._wake()

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def close(self) -> None:
        """End all connections and give the port back."""
        self._closing = True
        if self._thread.is_alive():
            self._call(self._stop.set)
            self._thread.join(3 * PATIENCE_S)
        self._socket.close()

    def _wake(self) -> None:
        if not self._waking:
            self._waking = True
            self._call(self._deliver)

    def _call(self, do: Callable[[], None]) -> None:
        """Have the thread do something; nothing where it has ended, or has not begun."""
        if self._loop:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(do)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception:  # what only tells may fail, and the music goes on
            log.exception("OSCQuery has ended")

    async def _serve(self) -> None:
        from websockets.asyncio.server import serve

        from latentaudio.control.oscquery_visitors import visitors

        self._loop = asyncio.get_running_loop()
        if self._closing:  # before there was a loop to tell
            return
        async with serve(
            self._listen, sock=self._socket, process_request=self._answer, compression=None, max_size=LONGEST,
            max_queue=4, open_timeout=PATIENCE_S, close_timeout=PATIENCE_S, server_header=None, logger=_quiet,
            create_connection=visitors(MAX_VISITORS),
        ):  # fmt: skip
            await self._stop.wait()

    def _answer(self, connection: "ServerConnection", request: "Request") -> "Response | None":
        """An HTTP answer, or None where the client wants a WebSocket and there is room for it."""
        from websockets.datastructures import Headers
        from websockets.http11 import Response

        status, body = HTTPStatus.SERVICE_UNAVAILABLE, b""
        if "Upgrade" not in request.headers:
            status, body = self._answers.of(request.path)
        elif len(self._listeners) < MAX_LISTENERS:
            return None
        headers = Headers({"Connection": "close"})
        if status != HTTPStatus.NO_CONTENT:
            headers.update({"Content-Type": "application/json", "Content-Length": str(len(body))})
        return Response(status, status.phrase, headers, body)

    async def _listen(self, connection: "ServerConnection") -> None:
        """One WebSocket, from its beginning to its end."""
        from websockets.exceptions import ConnectionClosed

        listener = Listener(self._tree, connection.send)
        self._listeners.add(listener)
        sender = asyncio.create_task(listener.send_what_is_due())
        try:
            with suppress(ConnectionClosed):
                async for message in connection:
                    _command(listener, message)
        finally:
            self._listeners.discard(listener)
            sender.cancel()

    def _deliver(self) -> None:
        with self._lock:
            names, self._names = self._names, set()
            hits = list(self._hits)
            self._hits.clear()
            self._waking = False
        for listener in self._listeners:
            listener.hear(names, hits)


def _command(listener: Listener, message: str | bytes) -> None:
    """LISTEN or IGNORE an address; anything else is not for us."""
    try:
        said: Any = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        return
    if isinstance(said, dict) and isinstance(path := said.get("DATA"), str):
        if said.get("COMMAND") == "LISTEN":
            listener.listen(path)
        elif said.get("COMMAND") == "IGNORE":
            listener.ignore(path)
