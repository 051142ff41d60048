"""What becomes of each OSC message: found, done now or when its time comes, refused or traced. OSC thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter_ns

from latentaudio.control.clients import Clients
from latentaudio.control.feedback import Feedback
from latentaudio.control.hands import FULL
from latentaudio.control.learned import Learned
from latentaudio.control.osc_addresses import Addresses, Call, Refusal, Route
from latentaudio.control.osc_codec import Message
from latentaudio.control.osc_time import IMMEDIATELY, instant_ns
from latentaudio.control.schedule import Schedule
from latentaudio.control.udp import Address
from latentaudio.events import Event, Trace

MIXER_AHEAD_NS = 2_000_000_000  # how far ahead of its time a hit is handed to the audio thread

BEGINNING = 12  # bytes of a packet that cannot be read, as `monitor` shows them
OVERFULL = "too many messages wait for their time"

# What only we send: a client that sends everything back must not be answered with errors for ever.
_REPORTS = ("/la/error", "/la/pong", "/la/synced", "/la/done", "/la/fail", "/la/progress", "/la/status/", "/la/pickup/")
# More than a packet comes back: not to an address that may be forged, and to which we would be a loud-hailer.
_LONG = frozenset({"/la/status", "/la/map/points", "/la/preset/list", "/la/preset/search", "/la/model/list"})
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
    faults: int = 0  # messages at which we failed; the log has why
    late: int = 0  # messages of bundles whose time had passed; done at once
    overfull: int = 0  # messages of bundles ahead that there was no room to hold


class Dispatcher:
    """Owns the messages from their arrival to their effect."""

    def __init__(self, routes: dict[str, Route], learned: Learned, clients: Clients, feedback: Feedback,
                 post: Callable[[Event], bool]) -> None:  # fmt: skip
        self.counters = Counters()
        self._addresses = Addresses(routes)
        self._schedule = Schedule()
        self._learned, self._clients, self._feedback, self._post = learned, clients, feedback, post

    def lead(self, routes: dict[str, Route]) -> None:
        """Take other routes from the next message on; any thread."""
        self._addresses = Addresses(routes)

    def seconds_to_next(self, at_most: float) -> float:
        """How long nothing is due that waits for its time."""
        return self._schedule.seconds_to_next(perf_counter_ns(), at_most)

    def do_what_is_due(self) -> None:
        """Act on the messages whose time has come."""
        for do in self._schedule.due(perf_counter_ns()):
            do()

    def malformed(self, data: bytes, sender: Address, why: str) -> None:
        """Count a packet that cannot be read, and show its beginning to who watches."""
        self.counters.malformed += 1
        self._trace(Call(sender, data[:BEGINNING].hex(" "), [], perf_counter_ns()), f"nothing: not OSC, {why}")

    def message(self, message: Message, sender: Address, arrival_ns: int) -> None:
        """Act on one message, or hold it until its time."""
        self.counters.messages += 1
        call = Call(sender, message.address, message.values, arrival_ns, self._instant(message.time_tag))
        if call.address.startswith(_REPORTS):
            return
        found = self._find(call.address)
        if not found:
            self.counters.unknown += 1
            why = partial(self._addresses.explain, call.address)
            self._feedback.error(call.origin, call.address, why)
            self._trace(call, lambda: f"nothing: {why()}")
        for address, route in found:
            self._when_due(route, call if address == call.address else replace(call, address=address))

    def _find(self, address: str) -> list[tuple[str, Route]]:
        """The routes of an address; that of a learned attribute's name is known by no list made at the start."""
        known = self._addresses.find(address)
        if known or (canonical := self._learned.canonical(address)) is None:
            return known
        return [(address, route) for _, route in self._addresses.find(canonical)]

    def _instant(self, time_tag: int) -> int:
        """A time tag on our clock; 0 for now, and for what is late, which is counted."""
        if time_tag <= IMMEDIATELY:
            return 0
        at_ns = instant_ns(time_tag)
        if at_ns > perf_counter_ns():
            return at_ns
        self.counters.late += 1
        return 0

    def _when_due(self, route: Route, call: Call) -> None:
        """Act now, or when the call's time comes; a hit goes ahead, and the audio thread keeps its time."""
        due_ns = call.at_ns - MIXER_AHEAD_NS if route.sounds else call.at_ns
        if due_ns <= call.arrival_ns:
            self._act(route, call)
            return
        if not route.sounds:  # as if it came then: a tap is on its beat, and freshness counts from there
            call = replace(call, arrival_ns=due_ns)
        if not self._schedule.hold(due_ns, partial(self._act, route, call)):
            self.counters.overfull += 1
            self._feedback.error(call.origin, call.address, OVERFULL)
            self._trace(call, f"nothing: {OVERFULL}")

    def _act(self, route: Route, call: Call) -> None:
        try:
            if call.address in _LONG and not self._clients.trusts(call.sender):
                raise Refusal("the answer is long: ask again, as a first packet gets short ones only")
            effect = route.do(call)
            if effect == FULL:
                self._feedback.error(call.origin, call.address, FULL.removeprefix("nothing: "))
        except Refusal as refusal:
            self.counters.refused += 1
            self._feedback.error(call.origin, call.address, str(refusal))
            effect = f"nothing: {refusal}"
        except Exception:  # a fault of ours may cost one message, never the rest of the set
            self.counters.faults += 1
            log.exception("OSC message %s from %s", call.address, call.origin)
            effect = "nothing: a fault of ours; see the log"
        self._trace(call, effect)

    def _trace(self, call: Call, effect: str | Callable[[], str]) -> None:
        if self._clients.monitored and not call.address.startswith(_UNTRACED):
            message = " ".join((call.address, *map(_shown, call.values)))
            self._post(Trace(call.origin, message[:200], effect))


def _shown(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)  # what 32 bits hold
