"""Who hears of changes: the OSC thread notes who speaks, the state thread asks whom to tell."""

import threading
from collections.abc import Iterable
from math import inf

from latentaudio.control.client import Client, origin_of, sender_of
from latentaudio.control.udp import Address

MAX_CLIENTS = 32
DUMP_EVERY = 5.0  # seconds at least between two dumps to one client


class Clients:
    """At most 32 clients, by origin. Every method may be called from any thread and returns at once."""

    def __init__(self, fixed: Iterable[Address] = ()) -> None:
        """Begin with the targets that the mapping names."""
        self._lock = threading.Lock()
        self._clients = {origin_of(target): Client(origin_of(target), target, 0.0, fixed=True) for target in fixed}
        self._looked = -inf  # when it was last asked who has gone
        self.monitored = False  # whether anyone watches; read on every message, so without the lock
        self.dropped = 0  # forgotten because silent, unreachable, or one too many

    def fix(self, targets: Iterable[Address]) -> list[str]:
        """Let the mapping's clients be `targets` from now on; the origins of those who had not been heard of."""
        with self._lock:
            wanted = set(targets)
            for client in self._clients.values():
                client.fixed = client.target in wanted
            new = wanted - {client.target for client in self._clients.values()}
            self._clients |= {origin_of(target): Client(origin_of(target), target, 0.0, fixed=True) for target in new}
            return [origin_of(target) for target in new]

    def heard(self, sender: Address, now: float) -> bool:
        """Note a packet; True when its sender is due a dump of the state."""
        with self._lock:
            client = self._known(sender, now)
            if client is None:
                return False
            client.seen = now
            client.packets += 1
            return client.packets == 2 and self._dump_due(client, now)

    def subscribe(self, sender: Address, port: int, now: float) -> bool:
        """Send `sender`'s changes to `port` of its host from now on; True when it is due a dump.

        A program that comes back from another port takes the place of its former self.
        """
        with self._lock:
            client = self._known(sender, now)
            if client is None:
                return False
            client.target = (sender[0], port)
            for other in [each for each in self._clients.values() if each.target == client.target]:
                client.fixed |= other.fixed
                client.dumped = max(client.dumped, other.dumped)
                del self._clients[other.origin]
            self._clients[client.origin] = client
            client.subscribed, client.unsubscribed = True, False
            return self._dump_due(client, now)

    def unsubscribe(self, sender: Address) -> None:
        """Tell `sender` of no more changes; answers still reach it."""
        with self._lock:
            if client := self._clients.get(origin_of(sender)):
                client.subscribed, client.unsubscribed = False, True

    def monitor(self, sender: Address, wanted: bool) -> None:
        """Whether `sender` gets a line for every message that comes in."""
        with self._lock:
            if client := self._clients.get(origin_of(sender)):
                client.monitoring = wanted
            self._refresh()

    def trusts(self, sender: Address) -> bool:
        """Whether `sender` is who it says: a program of this machine, or one that has shown that it is there."""
        with self._lock:
            client = self._clients.get(origin_of(sender))
        return sender[0].startswith("127.") or (client is not None and client.trusted)

    def speaks(self, sender: Address, root: str) -> None:
        """Note the root of the addresses that `sender` speaks with."""
        with self._lock:
            if client := self._clients.get(origin_of(sender)):
                client.root = root

    def root_of(self, target: Address) -> str:
        """The root that who listens at `target` speaks with; empty where it never spoke with one."""
        with self._lock:
            return next((each.root for each in self._clients.values() if each.target == target), "")

    def target(self, origin: str) -> Address | None:
        """Where answers to `origin` go; None where it is not OSC."""
        with self._lock:
            client = self._clients.get(origin)
        return client.target if client else sender_of(origin)

    def listening(self) -> list[tuple[str, Address]]:
        """`(origin, target)` of all who get every change."""
        with self._lock:
            return [(each.origin, each.target) for each in self._clients.values() if each.listening]

    def monitors(self) -> list[Address]:
        """Targets of all who watch the messages; who asked by one packet may have been forged."""
        with self._lock:
            return [each.target for each in self._clients.values() if each.watching]

    def all(self) -> list[str]:
        """`host:port` of everyone, for the status."""
        with self._lock:
            return [f"{each.target[0]}:{each.target[1]}" for each in self._clients.values()]

    def forget(self, unreachable: Iterable[Address], now: float) -> None:
        """Drop who has been silent too long, and whom packets have not reached since the last call.

        Who was heard since then is there: a program may be back at its port before what was sent meanwhile is refused.
        """
        gone = set(unreachable)
        with self._lock:
            for client in list(self._clients.values()):
                lost = client.target in gone and not client.fixed and client.seen < self._looked
                if lost or now - client.seen > client.patience:
                    self._drop(client)
            self._looked = now

    def _known(self, sender: Address, now: float) -> Client | None:
        """The sender's record, made where there is none; None when no place can be freed for it."""
        origin = origin_of(sender)
        if origin not in self._clients:
            if len(self._clients) >= MAX_CLIENTS and not self._make_room():
                return None
            self._clients[origin] = Client(origin, sender, now)
        return self._clients[origin]

    def _make_room(self) -> bool:
        """Drop the client that matters least: who sent but one packet, then who was silent longest."""
        loose = [each for each in self._clients.values() if not (each.fixed or each.subscribed)]
        if loose:
            self._drop(min(loose, key=lambda each: (each.packets > 1, each.seen)))
        return bool(loose)

    def _drop(self, client: Client) -> None:
        del self._clients[client.origin]
        self.dropped += 1
        self._refresh()

    def _refresh(self) -> None:
        self.monitored = any(each.monitoring for each in self._clients.values())

    def _dump_due(self, client: Client, now: float) -> bool:
        due = client.listening and now - client.dumped >= DUMP_EVERY
        client.dumped = now if due else client.dumped
        return due
