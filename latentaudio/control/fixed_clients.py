"""The OSC clients that a mapping names: their hosts are looked up on a thread, as a name server may take many seconds.

That thread is not waited for at the end, since nothing can call off its question.
"""

import logging
import socket
import threading
from collections.abc import Callable

from latentaudio.control.clients import Clients

log = logging.getLogger(__name__)


class FixedClients:
    """Keeps the fixed ones among `Clients` as the mapping of now wants them; no send ever asks a name server."""

    def __init__(self, clients: Clients, come: Callable[[str], object]) -> None:
        """`come` hears the origin of each who joins; any thread calls it."""
        self._clients, self._come = clients, come
        self._wanted: tuple[tuple[str, int], ...] = ()
        self._numbers: dict[str, str] = {}  # of host names, as last found
        self._lock = threading.Lock()  # over both, and over who is fixed

    def want(self, targets: tuple[tuple[str, int], ...]) -> None:
        """Let these be fixed, as hosts and ports: who is known joins at once, others as they are found. Any thread."""
        with self._lock:
            self._wanted = targets
            self._fix()
        if names := {host for host, _ in targets if not _is_number(host)}:
            threading.Thread(target=self._find, args=(names,), name="osc-clients", daemon=True).start()

    def _find(self, names: set[str]) -> None:
        for name in names:
            try:
                number = socket.gethostbyname(name)
            except (OSError, UnicodeError) as error:  # the latter for what can be no host's name
                log.warning("OSC client %s cannot be found: %s", name, error)
                continue
            with self._lock:
                self._numbers[name] = number
                self._fix()

    def _fix(self) -> None:
        places = [(host if _is_number(host) else self._numbers.get(host), port) for host, port in self._wanted]
        for origin in self._clients.fix([(host, port) for host, port in places if host is not None]):
            self._come(origin)


def _is_number(host: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET, host)
    except OSError:
        return False
    return True
