"""MIDI input: one thread polls all open ports, another looks after which ports there are."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from latentaudio.control.hands import Hands, unknown
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_feedback import MidiFeedback
from latentaudio.control.midi_messages import MidiMessages
from latentaudio.control.midi_ports import (
    NAME,
    Port,
    chosen,
    fate,
    gone,
    labelled,
    list_ports,
    new_scanner,
    open_port,
    open_virtual_port,
)
from latentaudio.control.realtime import prefer_this_thread
from latentaudio.errors import ControlError
from latentaudio.events import Event, Hit

__all__ = ["MidiInput", "list_ports"]

# RtMidi can call back instead, but under JACK it then runs Python inside the server's process cycle, and a
# busy interpreter stalls the whole graph. Polling its queue costs 4 to 8 % of a core and at most 0.3 ms.
POLL_SECONDS = 0.0002
IDLE_SECONDS = 0.05  # while no port is open
SCAN_SECONDS = 1.0  # RtMidi tells nobody that a port came or went
FRESH_SECONDS = 10.0  # from the start, which may be that of a JACK server whose ports come back one by one
FRESH_SCAN_SECONDS = 0.1  # meanwhile; a scan takes 0.2 ms of a core (8 ports, JACK)
RETRY_SECONDS = (10.0, 300.0)  # first and longest pause before a MIDI system that failed is tried again

log = logging.getLogger(__name__)


class MidiInput:
    """Opens the ports that match as they come, and plays what they send."""

    def __init__(self, mapping: Mapping, hit: Hit, post: Callable[[Event], bool], focused: Callable[[], int],
                 monitored: Callable[[], bool], ports: Sequence[str] = (), api: str | None = None,
                 clock: Callable[[], bool] = lambda: False,
                 value: Callable[[str], float | None] = unknown,
                 feedback: MidiFeedback | None = None) -> None:  # fmt: skip
        """`ports` (patterns, `all` or `none`) stand in for the mapping's; `api` is alsa, jack, core or winmm.

        `hit` is this thread's own note path, `post` queues an event to the state thread, `focused` gives the
        focused pad without waiting, and `monitored` says whether traces are wanted. `clock` says whether ticks of a
        MIDI clock are, and `value` what a parameter's natural value is, for buttons that toggle; neither may wait.
        `feedback` is told which ports are open, and shows them what they move.
        Raises nothing: a machine without MIDI plays on.
        """
        guard = feedback.guard if feedback else None
        self.messages = MidiMessages(mapping, Hands(hit, post, focused, value), monitored, guard)
        self._feedback = feedback
        self.clock = clock
        self._patterns = list(ports) or None
        self._api = api
        self._open: tuple[Port, ...] = ()  # swapped whole by the scanner, read by the poller
        self._retired: list[Port] = []  # out of the poller's sight for one scan before they close
        self._gone: deque[str] = deque()  # origins whose hanging notes the poller shall end
        self._scanner: Any = None
        self._there: tuple[str, ...] = ()  # names of all ports, as last scanned
        self._why = ""  # why there is no MIDI system
        self._warned = self._without = False  # what has been said once
        self._fresh_until = time.monotonic() + FRESH_SECONDS
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._poll, name="midi", daemon=True),
            threading.Thread(target=self._look_after, name="midi-ports", daemon=True),
        ]

    @property
    def ports(self) -> list[str]:
        """Names of the open ports."""
        return [port.name for port in self._open]

    @property
    def there(self) -> tuple[str, ...]:
        """Names of all ports there are, opened or not, as last seen. Any thread."""
        return self._there

    def report(self) -> dict[str, Any]:
        """The `midi` section of the status."""
        outputs = self._feedback.ports if self._feedback else []
        return {"ports": self.ports, "outputs": outputs, **asdict(self.messages.counters)}

    def standing(self) -> dict[str, str]:
        """What becomes of each port there is, by origin, for `monitor`. Any thread."""
        if self._why:
            return {"midi": f"nothing: {self._why}"}
        patterns = self._patterns or self.messages.mapping.ports
        return {f"midi:{name}": fate(name, self.ports, patterns) for name in dict.fromkeys((*self.ports, *self._there))}

    def start(self) -> None:
        """Open what is there, and start to poll."""
        if self._begin():
            self._scan()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop polling, let go of what is held, and close every port."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._gone.extend(port.origin for port in self._open)
        self._let_go()
        if self._feedback:
            self._feedback.detach()
        for port in (*self._open, *self._retired):
            port.close()
        self._open, self._retired = (), []
        if self._scanner:
            self._scanner.delete()

    def _poll(self) -> None:
        """The MIDI thread."""
        prefer_this_thread()
        told: tuple[Port, ...] = ()
        ticks = False
        while not self._stop.is_set():
            self._let_go()  # before it looks at what is open: a port that has gone is not read again
            ports = self._open
            if ports is not told or ticks != self.clock():
                told, ticks = ports, self.clock()
                for port in ports:
                    port.heed_clock(ticks)
            for port in ports:
                while (message := port.input.get_message()) is not None:
                    self._receive(port, message[0], time.perf_counter_ns())
            time.sleep(POLL_SECONDS if ports else IDLE_SECONDS)

    def _let_go(self) -> None:
        while self._gone:
            self.messages.gone(self._gone.popleft(), time.perf_counter_ns())

    def _receive(self, port: Port, data: list[int], arrival_ns: int) -> None:
        try:
            self.messages.receive(port.origin, data, arrival_ns)
        except Exception:  # a fault of ours may cost one message, never the rest of the set
            log.exception("MIDI message %s from %s", data, port.name)

    def _look_after(self) -> None:
        """The scanning thread."""
        pause = RETRY_SECONDS[0]
        while not self._stop.wait(self._scan_pause() if self._scanner else pause):
            if self._scanner or self._begin():
                self._scan()
            pause = min(2 * pause, RETRY_SECONDS[1])

    def _scan_pause(self) -> float:
        """Seconds until the next scan; a port that has gone keeps the long one until it is closed."""
        fresh = time.monotonic() < self._fresh_until and not self._retired
        return FRESH_SCAN_SECONDS if fresh else SCAN_SECONDS

    def _begin(self) -> bool:
        """Offer our own port, and get ready to scan; False, with a warning, where there is no MIDI system."""
        try:
            self._open = (open_virtual_port(self._api),)
        except ControlError as error:
            is_told = self._without or self._patterns == ["none"]  # who wants no port misses none
            log.log(logging.DEBUG if is_told else logging.WARNING, "%s; playing on without it", error)
            self._without = True
        try:
            self._scanner = new_scanner(self._api)
            self._why = ""
        except ControlError as error:
            self._why = str(error)
        return self._scanner is not None

    def _scan(self) -> None:
        """Open what has come, close what has gone."""
        for port in self._retired:
            port.close()
        try:
            there = labelled(self._scanner.get_ports())
        except OSError as error:
            log.warning("MIDI ports cannot be listed: %s", error)
            there = self.ports
        self._there = tuple(there)
        patterns = self._patterns or self.messages.mapping.ports
        wanted = chosen(there, patterns)
        leaving = gone(self.ports, (*wanted, NAME))
        self._retired = [port for port in self._open if port.name in leaving]
        kept = [port for port in self._open if port not in self._retired]
        names = {port.name for port in kept}
        opened = [open_port(self._api, name) for name in wanted if name not in names]
        come = [port for port in opened if port is not None]
        self._open = (*kept, *come)
        self._gone.extend(port.origin for port in self._retired)
        if self._feedback:
            self._feedback.attend(self.messages.mapping, [name for name in self.ports if name != NAME], self._api)
        self._tell(come, there, patterns)

    def _tell(self, come: list[Port], there: list[str], patterns: Sequence[str]) -> None:
        for port in come:
            log.info("MIDI port %s opened", port.name)
        for port in self._retired:
            log.warning("MIDI port %s has gone; it is opened again when it comes back", port.name)
        named = [pattern for pattern in patterns if pattern not in ("all", "none")]
        if named and not self._warned and all(port.name == NAME for port in self._open):
            log.warning("no MIDI port matches %s yet (there are: %s)", " or ".join(named), ", ".join(there) or "none")
            self._warned = True
