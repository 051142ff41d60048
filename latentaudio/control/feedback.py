"""What the state thread tells OSC clients: changes at 60 Hz, hits at once, answers to who asked."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from latentaudio.control.clients import Clients
from latentaudio.control.osc_codec import Value, bundled, encode
from latentaudio.control.udp import Address, Udp
from latentaudio.events import Trace
from latentaudio.parameters import PARAMETERS, address, pad_name

RATE = 60  # flushes a second at most: no address is sent more often
ERRORS = 8  # kept for each flush: each may cost a search for the nearest name, and a flood must not

Why = str | Callable[[], str]  # a reason, or how to find it, which costs the input thread too much


class Feedback:
    """Sends never wait. Any thread may call `answer` and `error`, the state thread the rest."""

    def __init__(self, udp: Udp, clients: Clients) -> None:
        self._udp, self._clients = udp, clients
        self._changes: dict[str, tuple[float, str, bool]] = {}
        self._errors: deque[tuple[str, str, Why]] = deque(maxlen=ERRORS)
        self._slot = -1

    def changed(self, name: str, value: float, origin: str, adjusted: bool = False) -> None:
        """A parameter has a new natural value. All but its origin hear of it at the next flush, latest wins.

        The origin hears too where the value was `adjusted` (clipped, or rounded to a step).
        """
        self._changes[name] = (value, origin, adjusted)

    def played(self, pad: int, velocity: float, origin: str) -> None:
        """A pad was hit: sent at once, each hit by itself, to all but its origin."""
        packet = encode(address(pad_name(pad, "trigger")), float(velocity))
        for client, target in self._clients.listening():
            if client != origin:
                self._udp.send(packet, target)

    def tell(self, origin: str, name: str, value: float) -> None:
        """Answer who asked for a parameter's value."""
        self._send_bundled(origin, parameter_messages(name, value))

    def dump(self, origin: str, values: Mapping[str, float]) -> None:
        """Tell a client the whole state."""
        self._send_bundled(origin, (each for item in values.items() for each in parameter_messages(*item)))

    def status(self, origin: str | None, facts: Mapping[str, Any]) -> None:
        """Answer `/la/status`, or tell everyone who listens where `origin` is None."""
        messages = list(status_messages(facts))
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

    def error(self, origin: str, name: str, why: Why) -> None:
        """Tell `origin` at the next flush why a parameter, an action or an OSC address did not do it."""
        self._errors.append((origin, name if name.startswith("/") else address(name), why))

    def trace(self, trace: Trace) -> None:
        """Tell those who watch what came in, and what it did or why nothing."""
        if monitors := self._clients.monitors():
            packet = encode("/la/monitor", trace.origin, trace.message, trace.effect)
            for target in monitors:
                self._udp.send(packet, target)

    def flush(self, now: float) -> None:
        """Send what is due; call it often. `now` is `time.perf_counter()`, in seconds."""
        slot = int(now * RATE)
        if slot == self._slot:
            return
        self._slot = slot
        self._clients.forget(self._udp.unreachable(), now)
        self._flush_changes()
        for (origin, place), why in self._due_errors().items():
            self.answer(origin, "/la/error", place, why if isinstance(why, str) else why())

    def _flush_changes(self) -> None:
        changes, self._changes = self._changes, {}
        listening = self._clients.listening() if changes else []
        if not listening:
            return
        encoded = [
            (origin, adjusted, list(parameter_messages(name, value)))
            for name, (value, origin, adjusted) in changes.items()
        ]
        for client, target in listening:
            messages = (each for origin, adjusted, group in encoded if adjusted or origin != client for each in group)
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
        for packet in bundled(messages):
            self._udp.send(packet, target)


def parameter_messages(name: str, value: float) -> Iterator[bytes]:
    """A natural value as OSC reports it: 0..1 at the parameter's address, and natural under its unit."""
    row = PARAMETERS[name]
    yield encode(address(name), row.position(value))
    if row.unit:
        yield encode(f"{address(name)}/{row.unit}", float(value))


def status_messages(facts: Mapping[str, Any], prefix: str = "/la/status") -> Iterator[bytes]:
    """Nested facts as one message each: `{"audio": {"xruns": 0}}` is `/la/status/audio/xruns 0`."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from status_messages(value, f"{prefix}/{key}")
        else:
            values = value if isinstance(value, list | tuple) else [value]
            yield encode(f"{prefix}/{key}", *filter(_is_plain, values))


def _is_plain(value: object) -> TypeGuard[Value]:
    return isinstance(value, bool | int | float | str)
