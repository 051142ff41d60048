"""A client of a running daemon: what `status`, `send` and `monitor` speak through."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from pythonosc.osc_message_builder import BuildError, build_msg
from pythonosc.osc_packet import OscPacket, ParseError

from latentaudio.errors import ControlError, UsageError
from latentaudio.parameters import ORDERS, address

LARGEST = 65536  # bytes of a datagram
ORDERED = frozenset(address(name) for name in ORDERS)  # addresses that are answered when it is done
SILENCE = 150.0  # seconds without a word at most: a model that is loaded has 120 to get warm


class Remote:
    """One UDP socket, connected to the daemon at `host:port`."""

    def __init__(self, host: str, port: int) -> None:
        """Nothing is sent yet; raises ControlError for a host that does not exist."""
        self._target = (host, port)
        self._place = f"{host}:{port}"
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.connect((host, port))
        except OSError as error:
            self._socket.close()
            raise ControlError(f"cannot reach {self._place}: {error.strerror or error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def another(self) -> "Remote":
        """Another client of the same daemon."""
        return Remote(*self._target)

    def send(self, address: str, *arguments: Any) -> None:
        """Send one message; raises ControlError where nobody listens on this machine."""
        self._socket.settimeout(None)
        try:
            packet = build_msg(address, list(arguments)).dgram
        except BuildError as error:
            raise UsageError(f"{address} {arguments}: {error}") from error
        try:
            self._socket.send(packet)
        except ConnectionError as error:
            raise self.nobody() from error
        except OSError as error:
            raise ControlError(f"cannot reach {self._place}: {error.strerror or error}") from error

    def messages(self, seconds: float) -> Iterator[tuple[str, list[Any]]]:
        """`(address, arguments)` of what comes in, for `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0.0:
            self._socket.settimeout(left)
            try:
                packet = OscPacket(self._socket.recv(LARGEST))
            except TimeoutError:
                return
            except OSError as error:
                raise self.nobody() from error
            except ParseError:
                continue
            for timed in packet.messages:
                yield timed.message.address, list(timed.message.params)

    def ask(self, address: str, *arguments: Any, reply: str, seconds: float = 2.0) -> list[Any]:
        """Send a message and return the arguments of the `reply`; raises ControlError when none comes, or a refusal."""
        self._drain()
        if not self._socket.getpeername()[0].startswith("127."):
            self.send("/la/ping")  # a first packet from elsewhere gets short answers only
        self.send(address, *arguments)
        for answered, values in self.messages(seconds):
            if answered == reply:
                return values
            if answered == "/la/error" and values[:1] == [address]:
                raise ControlError(f"{address}: {' '.join(map(str, values[1:]))}")
        raise self.nobody()

    def order(self, ordered: str, *arguments: Any, progress: Callable[[int, int], None],
              silence: float = SILENCE) -> list[Any]:  # fmt: skip
        """Send an order (one of ORDERED), wait until it is done, and return what the answer says.

        `progress` hears how far it is, done and of. Raises ControlError with the reason where it cannot be done, and
        where nothing of it is heard for `silence` seconds.
        """
        self.ask("/la/ping", reply="/la/pong")
        self.send(ordered, *arguments)
        while (answer := self._news(ordered, silence)) is not None:
            kind, values = answer
            if kind == "/la/done":
                return values
            if kind != "/la/progress":
                raise ControlError(f"{ordered}: {' '.join(map(str, values))}")
            progress(*values)
        raise ControlError(f"{ordered}: no answer from {self._place} for {silence:g} seconds")

    def _news(self, ordered: str, seconds: float) -> tuple[str, list[Any]] | None:
        """The next answer to an order, and what it says."""
        for answered, values in self.messages(seconds):
            if answered in ("/la/done", "/la/fail", "/la/error", "/la/progress") and values[:1] == [ordered]:
                return answered, values[1:]
        return None

    def _drain(self) -> None:
        """Forget reports that nobody read: a full buffer would have no room for the answer."""
        self._socket.settimeout(0.0)
        with suppress(OSError):
            while True:
                self._socket.recv(LARGEST)

    def nobody(self) -> ControlError:
        """The error to raise where no daemon answers."""
        return ControlError(f"no daemon answers at {self._place}; start one with 'latentaudio play'")
