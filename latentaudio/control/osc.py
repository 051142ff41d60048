"""The OSC server: one thread receives packets and hands their messages on; feedback leaves by the same port."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from time import perf_counter_ns

from latentaudio.control.client import origin_of
from latentaudio.control.clients import Clients
from latentaudio.control.feedback import Feedback
from latentaudio.control.fixed_clients import FixedClients
from latentaudio.control.hands import Hands
from latentaudio.control.learned import Learned
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Route
from latentaudio.control.osc_codec import MalformedPacket, Message, decode
from latentaudio.control.osc_dispatch import Dispatcher
from latentaudio.control.osc_rooted import RootedUdp
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.control.osc_session import session_routes
from latentaudio.control.realtime import prefer_this_thread
from latentaudio.control.udp import Address, Udp
from latentaudio.events import Ask, Event, Hit
from latentaudio.osc_root import ROOT, is_under, ours

IDLE_SECONDS = 0.5  # between looks at the stop flag where no packet comes; `close` wakes the thread anyway
BURST = 64  # packets read before what is due is looked at again

log = logging.getLogger(__name__)


class OscServer:
    """Receives at one UDP port; `feedback` sends from the same one."""

    def __init__(self, host: str, port: int, mapping: Mapping, hit: Hit,
                 post: Callable[[Event], bool], focused: Callable[[], int], root: str = ROOT) -> None:  # fmt: skip
        """Bind the port at once (0: a free one, see `port`); raises ControlError where it is taken.

        `hit` is this thread's own note path, `post` queues an event to the state thread (False: full), and
        `focused` gives the focused pad, 1..16, without waiting. Addresses are understood under `root` as well as
        under /la; a client is spoken to with the one that it last spoke with, and until then with `root`.
        """
        self.root = root
        self._udp = Udp(host, port) if root == ROOT else RootedUdp(host, port, self._root_of)
        self._clients = Clients()
        self._fixed = FixedClients(self._clients, lambda origin: post(Ask(origin, "dump")))
        self._first = mapping.clients
        self.attributes = Learned()  # by their names
        self.feedback = Feedback(self._udp, self._clients, self.attributes)
        self._post = post
        self._hands = Hands(hit, post, focused)
        self._dispatcher = Dispatcher(self._routes(mapping), self.attributes, self._clients, self.feedback, post)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)

    @property
    def port(self) -> int:
        """The UDP port."""
        return self._udp.port

    @property
    def clients(self) -> list[str]:
        """`host:port` of everyone who speaks with us."""
        return self._clients.all()

    @property
    def learned(self) -> tuple[str, ...]:
        """Names of the learned attributes, in the order of the table's rows; the state thread sets them."""
        return self.attributes.names

    @learned.setter
    def learned(self, names: Iterable[str]) -> None:
        self.attributes.names = tuple(names)

    def monitored(self) -> bool:
        """Whether anyone watches the messages, so that traces are worth making."""
        return self._clients.monitored

    def counts(self) -> dict[str, int]:
        """All counters by name."""
        dropped = {"kernel_dropped": self._udp.kernel_dropped, "unsent": self._udp.unsent}
        return asdict(self._dispatcher.counters) | dropped | {"clients_dropped": self._clients.dropped}

    def take(self, mapping: Mapping) -> None:
        """Lead a mapping's own addresses, and tell its clients, as another says from now on; any thread but ours."""
        self._dispatcher.lead(self._routes(mapping))
        self._fixed.want(mapping.clients)

    def start(self) -> None:
        """Start to receive; the clients that the mapping names are told the state."""
        self._thread.start()
        self._fixed.want(self._first)

    def close(self) -> None:
        """Stop receiving and give the port back."""
        self._stop.set()
        if self._thread.is_alive():
            self._udp.wake()
            self._thread.join()
        self._udp.close()

    def _root_of(self, target: Address) -> str:
        return self._clients.root_of(target) or self.root

    def _routes(self, mapping: Mapping) -> dict[str, Route]:
        return session_routes(self._clients, self.feedback, self._post) | instrument_routes(mapping, self._hands)

    def _run(self) -> None:
        prefer_this_thread()
        while not self._stop.is_set():
            self._udp.wait(self._dispatcher.seconds_to_next(IDLE_SECONDS))
            self._dispatcher.do_what_is_due()
            for _ in range(BURST):
                received = self._udp.receive()
                if received is None or self._stop.is_set():
                    break
                self._packet(*received, perf_counter_ns())

    def _packet(self, data: bytes, sender: Address, arrival_ns: int) -> None:
        counters = self._dispatcher.counters
        counters.packets += 1
        try:
            messages = decode(data)
        except MalformedPacket as error:
            self._dispatcher.malformed(data, sender, str(error))
            log.debug("OSC packet from %s:%d: %s", *sender, error)
            return
        if self._clients.heard(sender, arrival_ns / 1e9):
            self._post(Ask(origin_of(sender), "dump"))
        for message in messages if self.root == ROOT else self._understood(messages, sender):
            self._dispatcher.message(message, sender, arrival_ns)

    def _understood(self, messages: list[Message], sender: Address) -> list[Message]:
        """Messages as we know their addresses; their sender is spoken to as it spoke."""
        roots = [root for each in messages for root in (self.root, ROOT) if is_under(each.address, root)]
        if roots:
            self._clients.speaks(sender, roots[-1])
        return [replace(each, address=ours(each.address, self.root)) for each in messages]
