"""One program that speaks OSC with us, and how events name it."""

from dataclasses import dataclass
from math import inf

from latentaudio.control.udp import Address

SILENT_AFTER = 60.0  # seconds without a packet, and a client is forgotten
SUBSCRIBED_FOR = 600.0  # seconds; a subscriber that only listens has longer

PREFIX = "osc:"


def origin_of(sender: Address) -> str:
    """How events name an OSC sender: `osc:127.0.0.1:9001`."""
    return f"{PREFIX}{sender[0]}:{sender[1]}"


def sender_of(origin: str) -> Address | None:
    """The address behind an OSC origin; None for one that is not OSC."""
    if not origin.startswith(PREFIX):
        return None
    host, _, port = origin.removeprefix(PREFIX).rpartition(":")
    return host, int(port)


@dataclass(slots=True)
class Client:
    """One program that speaks OSC with us."""

    origin: str
    target: Address  # where it listens
    seen: float  # seconds on the caller's clock
    packets: int = 0
    fixed: bool = False  # named in a mapping file: never forgotten
    subscribed: bool = False
    unsubscribed: bool = False
    monitoring: bool = False
    root: str = ""  # that it last spoke with, /la or ours; none of them so far
    dumped: float = -inf

    @property
    def trusted(self) -> bool:
        """Whether it may be sent much. One packet is not enough: its sender's address may be forged."""
        return self.fixed or self.subscribed or self.packets > 1

    @property
    def listening(self) -> bool:
        """Whether it gets every change."""
        return not self.unsubscribed and self.trusted

    @property
    def watching(self) -> bool:
        """Whether it gets a line for each message that comes in."""
        return self.monitoring and self.trusted

    @property
    def patience(self) -> float:
        """Seconds of silence that it may keep."""
        return inf if self.fixed else SUBSCRIBED_FOR if self.subscribed else SILENT_AFTER
