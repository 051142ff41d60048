"""What the state thread tells OSC clients: changes at 60 Hz, hits at once, answers to who asked."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Any, Protocol

from latentaudio.control.clients import Clients
from latentaudio.control.learned import Learned
from latentaudio.control.osc_codec import Value, bundled, encode
from latentaudio.control.osc_parameters import PLACE
from latentaudio.control.reports import Reports, status_messages
from latentaudio.control.traces import Traces
from latentaudio.control.udp import Address, Udp
from latentaudio.events import Trace
from latentaudio.parameters import address, pad_name

PICKUP = "/la/pickup"  # before a parameter's own path: how far a control is from having it
RATE = 60  # flushes a second at most: no address is sent more often
ERRORS = 8  # kept for each flush: each may cost a search for the nearest name, and a flood must not

Why = str | Callable[[], str]  # a reason, or how to find it, which costs the input thread too much


class Onlooker(Protocol):
    """Who hears of everything but is no OSC client. Called by the state thread; never waits."""

    def changed(self, changes: Mapping[str, tuple[float, str, bool]]) -> None:
        """These parameters have other values: natural, from whom, and whether adjusted; 60 times a second at most."""

    def played(self, osc_address: str, velocity: float) -> None:
        """A pad was hit."""


class Feedback:
    """Sends never wait. `answer` to `error` are for any thread, the rest is the state thread's."""

    def __init__(self, udp: Udp, clients: Clients, learned: Learned) -> None:
        self._udp, self._clients = udp, clients
        self._reports = Reports(learned)
        self.traces = Traces(udp, clients)
        self._changes: dict[str, tuple[float, str, bool]] = {}
        self._errors: deque[tuple[str, str, Why]] = deque(maxlen=ERRORS)
        self._flushed = -inf  # `now` of the latest flush
        self._away: dict[str, float] = {}
        self.onlookers: list[Onlooker] = []

    def changed(self, name: str, value: float, origin: str, adjusted: bool = False) -> None:
        """A parameter has a new natural value. All but its origin hear of it at the next flush, latest wins.

        The origin hears too where the value was `adjusted` (clipped, or rounded to a step).
        """
        self._changes[name] = (value, origin, adjusted)
        self._reports.note(name, value)

    def moved(self, latents: Mapping[str, float], origin: str) -> None:
        """The same of all dims at once, 128 often and for each message that moves the map. All of them hear of it."""
        self._changes.update({name: (value, origin, True) for name, value in latents.items()})

    def played(self, pad: int, velocity: float, origin: str) -> None:
        """A pad was hit: sent at once, each hit by itself, to all but its origin."""
        packet = encode(pad_address := address(pad_name(pad, "trigger")), float(velocity))
        for onlooker in self.onlookers:
            onlooker.played(pad_address, float(velocity))
        for client, target in self._clients.listening():
            if client != origin:
                self._udp.send(packet, target)

    def waiting(self, name: str, away: float) -> None:
        """A control waits to pick up a parameter so much of its range above it; 0: it has. Told at the next flush."""
        self._away[name] = away

    def tell(self, origin: str, name: str, value: float) -> None:
        """Answer who asked for a parameter's value."""
        self._send_bundled(origin, self._reports.all_of({name: value}))

    def dump(self, origin: str, values: Mapping[str, float]) -> None:
        """Tell a client the whole state."""
        self._send_bundled(origin, self._reports.all_of(values))

    def status(self, origin: str | None, facts: Mapping[str, Any]) -> None:
        """Answer `/la/status`, or tell everyone who listens where `origin` is None."""
        messages = list(status_messages(facts))
        if "preset" in facts:
            messages.append(encode(address("preset.name"), facts["preset"]))
        if origin is not None:
            self._send_bundled(origin, messages)
            self.answer(origin, "/la/status/json", json.dumps(facts))
            return
        for client, _ in self._clients.listening():
            self._send_bundled(client, messages)

    def answer(self, origin: str, osc_address: str, *values: Value) -> None:
        """Send one message to whoever `origin` is, at once; to nobody where it is not OSC."""
        if target := self._clients.target(origin):
            self._udp.send(encode(osc_address, *values), target)

    def done(self, origin: str, command: str, *values: Value) -> None:
        """Tell `origin` at once that what took its time is done; `command` is an action's name or an address."""
        self.answer(origin, "/la/done", _address(command), *values)

    def fail(self, origin: str, command: str, why: str) -> None:
        """Tell `origin` at once that what takes its time cannot be done."""
        self._trace(origin, command, why)
        self.answer(origin, "/la/fail", _address(command), why)

    def progress(self, origin: str, command: str, done: int, of: int) -> None:
        """Tell `origin` at once how far it is: `done` of `of` sounds, or of steps."""
        self.answer(origin, "/la/progress", _address(command), done, of)

    def error(self, origin: str, name: str, why: Why) -> None:
        """Tell `origin` at the next flush why a parameter, an action or an OSC address did not do it."""
        if not name.startswith("/"):  # what is refused at its address is traced there
            self._trace(origin, name, why)
        self._errors.append((origin, _address(name), why))

    def _trace(self, origin: str, name: str, why: Why) -> None:
        """What an input thread had traced as done, and the state thread then could not do."""
        if self._clients.monitored:
            self.traces.add(Trace(origin, _address(name), f"nothing: {why if isinstance(why, str) else why()}"))

    def flush(self, now: float) -> None:
        """Send what is due; call it often. `now` is `time.perf_counter()`, in seconds."""
        if now - self._flushed < 1.0 / RATE:
            return
        self._flushed = now
        self._clients.forget(self._udp.unreachable(), now)
        self.traces.flush()
        self._flush_changes()
        self._flush_distances()
        for (origin, place), why in self._due_errors().items():
            self.answer(origin, "/la/error", place, why if isinstance(why, str) else why())

    def _flush_changes(self) -> None:
        changes, self._changes = self._changes, {}
        for onlooker in self.onlookers if changes else ():
            onlooker.changed(changes)
        listening = self._clients.listening() if changes else []
        if not listening:
            return
        encoded = [
            (origin, adjusted, list(self._reports.parameter(name, value)))
            for name, (value, origin, adjusted) in changes.items()
        ]
        if moved := [changes[name] for name in PLACE if name in changes]:
            first = moved[0][1]
            mover = first if all(origin == first for _, origin, _ in moved) else ""  # who moved both knows the place
            encoded.append((mover, any(adjusted for *_, adjusted in moved), self._reports.place()))
        movers = {origin for origin, adjusted, _ in encoded if not adjusted}
        for_all = list(bundled(each for *_, group in encoded for each in group))
        for client, target in listening:
            if client in movers:
                own = (group for origin, adjusted, group in encoded if adjusted or origin != client)
                self._send(target, (each for group in own for each in group))
            else:
                self._send_packets(target, for_all)

    def _flush_distances(self) -> None:
        distances, self._away = self._away, {}
        messages = [encode(address(name, PICKUP), away) for name, away in distances.items()]
        for _, target in self._clients.listening() if messages else ():
            self._send(target, messages)

    def _due_errors(self) -> dict[tuple[str, str], Why]:
        due: dict[tuple[str, str], Why] = {}
        for _ in range(len(self._errors)):
            origin, place, why = self._errors.popleft()
            due[origin, place] = why
        return due

    def _send_bundled(self, origin: str, messages: "list[bytes] | Iterator[bytes]") -> None:
        if target := self._clients.target(origin):
            self._send(target, messages)

    def _send(self, target: Address, messages: "list[bytes] | Iterator[bytes]") -> None:
        self._send_packets(target, bundled(messages))

    def _send_packets(self, target: Address, packets: Iterable[bytes]) -> None:
        for packet in packets:
            self._udp.send(packet, target)


def _address(command: str) -> str:
    return command if command.startswith("/") else address(command)
