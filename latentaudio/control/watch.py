"""The other end of `/la/monitor`: what a running daemon hears and what it does of it. The command line's thread."""

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from latentaudio.control.hands import BESIDE
from latentaudio.control.remote import Remote
from latentaudio.control.traces import ADDRESS
from latentaudio.errors import ControlError

KEEP_S = 2.0  # between two words to the daemon, which drops who is silent
UNANSWERED = 3  # of them in a row, and nobody is there: Wi-Fi may lose one
LINE = "{:<12} {:<28} {:<44} {}"  # of the table
HEADER = LINE.format("time", "from", "message", "what it did")

_NOTHING = "nothing: "


@dataclass(frozen=True, slots=True)
class Row:
    """A message that came in; None where a field says nothing. Its JSON has these fields, in this order."""

    time: str  # ISO 8601, UTC
    source: str  # midi, osc, daemon …; monitor where it speaks of itself
    port: str | None  # of MIDI
    client: str | None  # host:port, of OSC
    message: str  # `port` where it says how a port stands
    did: str | None
    why: str | None  # it did nothing

    def __str__(self) -> str:
        """A line of the table, in local time."""
        clock = datetime.fromisoformat(self.time).astimezone().strftime("%H:%M:%S.%f")[:12]
        effect = BESIDE.join([*filter(None, [self.did]), *(_NOTHING + why for why in filter(None, [self.why]))])
        return LINE.format(clock, self.port or self.client or self.source, self.message, effect)


def watch(remote: Remote) -> Generator[Row]:
    """Every message from now on; raises ControlError where no daemon answers, at once or any more."""
    remote.send("/la/unsubscribe")  # from every change; and who spoke but once would be told nothing
    silent, last = 0, None
    try:
        while silent < UNANSWERED:
            remote.send(ADDRESS, 1)
            silent += 1
            for address, values in remote.messages(KEEP_S):
                if address == "/la/done":
                    silent = 0
                elif address == ADDRESS and len(values) == 5:
                    *_, time, number = values
                    if last is not None and number > last + 1:
                        yield _left_out(time, number - last - 1)
                    last = number
                    yield row(*values[:4])
        raise remote.nobody()
    finally:
        with suppress(ControlError):
            remote.send(ADDRESS, 0)


def row(origin: str, message: str, effect: str, time: str) -> Row:
    """A line as the daemon tells it, taken apart."""
    source, _, place = origin.partition(":")
    parts = effect.split(BESIDE)
    did = BESIDE.join(part for part in parts if not part.startswith(_NOTHING))
    why = BESIDE.join(part.removeprefix(_NOTHING) for part in parts if part.startswith(_NOTHING))
    port, client = (place or None if source == known else None for known in ("midi", "osc"))
    return Row(time, source, port, client, message, did or None, why or None)


def _left_out(time: str, count: Any) -> Row:
    return Row(time, "monitor", None, None, f"{count} messages", None, "they came too fast to be shown")
