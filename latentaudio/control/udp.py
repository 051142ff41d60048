"""The one UDP socket of OSC: the OSC thread receives, any thread sends, and neither ever waits for a send."""

import errno
import selectors
import socket
import sys
from contextlib import suppress

from latentaudio.errors import ControlError

Address = tuple[str, int]  # IPv4 address and port

LARGEST = 65536  # bytes; no UDP packet is larger
RECEIVE_BUFFER = 4 << 20  # bytes asked for; a burst waits here while another thread holds the interpreter
_IP_RECVERR, _SO_RXQ_OVFL = 11, 40  # Linux: report unreachable targets; count dropped packets
_LINUX = sys.platform == "linux"


class Udp:
    """A bound socket that never blocks, and counts what was lost."""

    def __init__(self, host: str, port: int) -> None:
        """Bind to `host` (127.0.0.1: this machine only, 0.0.0.0: all) and `port` (0: any that is free).

        Raises ControlError where the port is taken or the host is not ours.
        """
        self.unsent = 0  # packets that the system refused to take
        self.kernel_dropped = 0  # packets that came in faster than they were read (Linux)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise _bind_error(host, port, error) from error
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if _LINUX:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
            self._socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        self.port: int = self._socket.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)

    def wait(self, seconds: float) -> None:
        """Return when there is something to receive, or after `seconds`."""
        self._selector.select(max(0.0, seconds))

    def receive(self) -> tuple[bytes, Address] | None:
        """The next packet and its sender, or None."""
        try:
            if not _LINUX:
                return self._socket.recvfrom(LARGEST)
            data, extra, _, sender = self._socket.recvmsg(LARGEST, 64)
        except OSError:  # nothing there, or news of an earlier send that nobody received
            return None
        if extra:  # the kernel tells its count only where it is not zero
            self.kernel_dropped = int.from_bytes(extra[-1][2][:4], sys.byteorder)
        return data, sender

    def send(self, data: bytes, target: Address) -> bool:
        """Send one packet now or not at all; False, and counted, where the system does not take it."""
        for _ in range(2):  # the first try may only deliver the news that an earlier packet was refused
            try:
                return self._socket.sendto(data, target) == len(data)
            except ConnectionRefusedError:
                continue
            except OSError:
                break
        self.unsent += 1
        return False

    def unreachable(self) -> list[Address]:
        """Targets whose host has told us since the last call that nobody listens there (only on Linux)."""
        refused: list[Address] = []
        with suppress(OSError):
            while _LINUX:
                _, extra, _, target = self._socket.recvmsg(0, 256, socket.MSG_ERRQUEUE)
                # struct sock_extended_err opens with the error number
                if any(int.from_bytes(data[:4], sys.byteorder) == errno.ECONNREFUSED for *_, data in extra):
                    refused.append((target[0], target[1]))
        return refused

    def wake(self) -> None:
        """End a `wait` of another thread."""
        self.send(b"", ("127.0.0.1", self.port))

    def close(self) -> None:
        """Give the port back."""
        self._selector.close()
        self._socket.close()


def _bind_error(host: str, port: int, error: OSError) -> ControlError:
    if error.errno == errno.EADDRINUSE:
        return ControlError(f"OSC port {port} is in use; choose another with --osc-port, or 0 for any")
    return ControlError(f"cannot listen to OSC on {host}:{port}: {error.strerror or error}")
