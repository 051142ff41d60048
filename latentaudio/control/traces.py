"""What `monitor` is told: each message that came in and what it did. Input threads add, the state thread sends."""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from time import perf_counter_ns

from latentaudio.control.clients import Clients
from latentaudio.control.osc_codec import encode
from latentaudio.control.udp import Address, Udp
from latentaudio.events import Trace

ADDRESS = "/la/monitor"
WAITING = 1024  # lines at most; the oldest make room, and who watches sees a gap in the numbers
A_FLUSH = 32  # lines sent at once: 1,920 a second, each flush half of the 1.0 to 1.3 ms that 64 took the state thread
STANDING = "port"  # the message of a line that speaks of how things are, not of what came in


class Traces:
    """Lines `/la/monitor origin message effect time number` to all who watch; nothing where nobody does.

    The effect is what the message did, or `nothing: ` and why; between several stands ` | `. Times are ISO 8601.
    Numbers count the messages, those left out as well; a line that no message caused repeats the last one's.
    """

    def __init__(self, udp: Udp, clients: Clients) -> None:
        self._udp, self._clients = udp, clients
        self._waiting: deque[tuple[int, Trace]] = deque(maxlen=WAITING)
        self._numbers = count(1)
        self._last = 0  # number that was sent
        self._standing: dict[str, str] = {}  # effects by origin, as last told
        self._greeted: frozenset[Address] = frozenset()  # who has been told how things stand

    def add(self, trace: Trace) -> None:
        """Take a line; any thread, and none ever waits here."""
        self._waiting.append((next(self._numbers), trace))

    def flush(self) -> None:
        """Send what waits. The state thread, some sixty times a second."""
        targets = self._clients.monitors()
        if not targets:
            self._waiting.clear()
            return
        for _ in range(min(len(self._waiting), A_FLUSH)):
            self._last, trace = self._waiting.popleft()
            self._send(targets, trace)

    def stand(self, effects: Mapping[str, str]) -> None:
        """How things are, by origin: told to who has just begun to watch, and to all where it has changed."""
        targets = self._clients.monitors()
        gone = {origin: "nothing: it has gone" for origin in self._standing.keys() - effects.keys()}
        new = {origin: effect for origin, effect in effects.items() if self._standing.get(origin) != effect}
        for target in targets:
            for origin, effect in (gone | new if target in self._greeted else effects).items():
                self._send([target], Trace(origin, STANDING, effect))
        self._greeted, self._standing = frozenset(targets), dict(effects)

    def _send(self, targets: list[Address], trace: Trace) -> None:
        effect = trace.effect if isinstance(trace.effect, str) else trace.effect()
        when = datetime.now(UTC) - timedelta(microseconds=(perf_counter_ns() - trace.arrival_ns) / 1e3)
        stamp = when.isoformat(timespec="milliseconds")
        packet = encode(ADDRESS, trace.origin, trace.message, effect, stamp, self._last)
        for target in targets:
            self._udp.send(packet, target)
