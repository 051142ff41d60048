"""The OSC server: one thread receives, looks up and acts; messages ahead of their time wait in a heap."""

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from time import perf_counter_ns, time_ns

from latentaudio.control.clients import Clients, origin_of
from latentaudio.control.feedback import Feedback
from latentaudio.control.hands import Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Addresses, Call, Refusal, Route
from latentaudio.control.osc_codec import IMMEDIATELY, MalformedPacket, Message, decode, unix_ns
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.control.osc_session import session_routes
from latentaudio.control.realtime import prefer_this_thread
from latentaudio.control.schedule import Schedule
from latentaudio.control.udp import Address, Udp
from latentaudio.events import Ask, Event, Hit, Trace

MIXER_AHEAD_NS = 2_000_000_000  # how far ahead of its time a hit is handed to the audio thread
IDLE_SECONDS = 0.5  # between looks at the stop flag where no packet comes; `close` wakes the thread anyway
BURST = 64  # packets read before what is due is looked at again

# What only we send: a client that sends everything back must not be answered with errors for ever.
_REPORTS = ("/la/error", "/la/pong", "/la/synced", "/la/done", "/la/fail", "/la/status/")
_UNTRACED = ("/la/monitor", *_REPORTS)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counters:
    """What came in since the start; written by the OSC thread."""

    packets: int = 0
    messages: int = 0
    malformed: int = 0  # packets
    unknown: int = 0  # messages to no address of ours
    refused: int = 0  # messages whose values cannot be used
    late: int = 0  # messages of bundles whose time had passed; done at once
    overfull: int = 0  # messages of bundles ahead that there was no room to hold


class OscServer:
    """Receives at one UDP port; `feedback` sends from the same one."""

    def __init__(self, host: str, port: int, mapping: Mapping, hit: Hit,
                 post: Callable[[Event], bool], focused: Callable[[], int]) -> None:  # fmt: skip
        """Bind the port at once (0: a free one, see `port`); raises ControlError where it is taken.

        `hit` is this thread's own note path, `post` queues an event to the state thread (False: full), and
        `focused` gives the focused pad, 1..16, without waiting.
        """
        self.counters = Counters()
        self._udp = Udp(host, port)
        self._clients = Clients(mapping.clients)
        self.feedback = Feedback(self._udp, self._clients)
        self._post = post
        hands = Hands(hit, post, focused)
        routes = session_routes(self._clients, self.feedback, post) | instrument_routes(mapping, hands)
        self._addresses = Addresses(routes)
        self._schedule = Schedule()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self._fixed = [origin_of(target) for target in mapping.clients]

    @property
    def port(self) -> int:
        """The UDP port."""
        return self._udp.port

    @property
    def clients(self) -> list[str]:
        """`host:port` of everyone who speaks with us."""
        return self._clients.all()

    def monitored(self) -> bool:
        """Whether anyone watches the messages, so that traces are worth making."""
        return self._clients.monitored

    def counts(self) -> dict[str, int]:
        """All counters by name."""
        dropped = {"kernel_dropped": self._udp.kernel_dropped, "unsent": self._udp.unsent}
        return asdict(self.counters) | dropped | {"clients_dropped": self._clients.dropped}

    def start(self) -> None:
        """Start to receive; the clients that the mapping names are told the state."""
        self._thread.start()
        for origin in self._fixed:
            self._post(Ask(origin, "dump"))

    def close(self) -> None:
        """Stop receiving and give the port back."""
        self._stop.set()
        if self._thread.is_alive():
            self._udp.wake()
            self._thread.join()
        self._udp.close()

    def _run(self) -> None:
        prefer_this_thread()
        while not self._stop.is_set():
            self._udp.wait(self._schedule.seconds_to_next(perf_counter_ns(), IDLE_SECONDS))
            for do in self._schedule.due(perf_counter_ns()):
                do()
            for _ in range(BURST):
                received = self._udp.receive()
                if received is None or self._stop.is_set():
                    break
                self._packet(*received, perf_counter_ns())

    def _packet(self, data: bytes, sender: Address, arrival_ns: int) -> None:
        self.counters.packets += 1
        try:
            messages = decode(data)
        except MalformedPacket as error:
            self.counters.malformed += 1
            log.debug("OSC packet from %s:%d: %s", *sender, error)
            return
        if self._clients.heard(sender, arrival_ns / 1e9):
            self._post(Ask(origin_of(sender), "dump"))
        for message in messages:
            self._message(message, sender, arrival_ns)

    def _message(self, message: Message, sender: Address, arrival_ns: int) -> None:
        self.counters.messages += 1
        call = Call(sender, message.address, message.values, arrival_ns, self._instant(message.time_tag))
        if call.address.startswith(_REPORTS):
            return
        found = self._addresses.find(call.address)
        if not found:
            self.counters.unknown += 1
            self.feedback.error(call.origin, call.address, partial(self._addresses.explain, call.address))
            self._trace(call, "nothing: no such address")
        for address, route in found:
            self._when_due(route, replace(call, address=address))

    def _instant(self, time_tag: int) -> int:
        """A time tag on our clock; 0 for now, and for what is late, which is counted."""
        if time_tag <= IMMEDIATELY:
            return 0
        at_ns = unix_ns(time_tag) - unix_offset_ns()
        if at_ns > perf_counter_ns():
            return at_ns
        self.counters.late += 1
        return 0

    def _when_due(self, route: Route, call: Call) -> None:
        """Act now, or when the call's time comes; a hit goes ahead, and the audio thread keeps its time."""
        due_ns = call.at_ns - MIXER_AHEAD_NS if route.sounds else call.at_ns
        if due_ns <= call.arrival_ns:
            self._act(route, call)
        elif not self._schedule.hold(due_ns, partial(self._act, route, call)):
            self.counters.overfull += 1
            self.feedback.error(call.origin, call.address, "too many messages wait for their time")

    def _act(self, route: Route, call: Call) -> None:
        try:
            effect = route.do(call)
        except Refusal as refusal:
            self.counters.refused += 1
            self.feedback.error(call.origin, call.address, str(refusal))
            effect = f"nothing: {refusal}"
        except Exception:  # a fault of ours may cost one message, never the rest of the set
            log.exception("OSC message %s from %s", call.address, call.origin)
            effect = "nothing: a fault of ours; see the log"
        self._trace(call, effect)

    def _trace(self, call: Call, effect: str) -> None:
        if self._clients.monitored and not call.address.startswith(_UNTRACED):
            message = " ".join(map(str, (call.address, *call.values)))
            self._post(Trace(call.origin, message[:200], effect))


def unix_offset_ns() -> int:
    """How far the system's clock is ahead of `perf_counter_ns`, to about a microsecond.

    Read anew for each bundle, because the system's clock is steered; the tightest of three pairs, because a
    thread may be set aside for milliseconds between two readings.
    """
    pairs = []
    for _ in range(3):
        before, unix, after = perf_counter_ns(), time_ns(), perf_counter_ns()
        pairs.append((after - before, unix - (before + after) // 2))
    return min(pairs)[1]
