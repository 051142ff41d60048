"""MIDI input: one thread polls all open ports, another looks after which ports there are."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from latentaudio.control.hands import Hands, unknown
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_feedback import MidiFeedback
from latentaudio.control.midi_messages import MidiMessages
from latentaudio.control.midi_ports import Port, list_ports
from latentaudio.control.port_watch import PortWatch
from latentaudio.control.realtime import prefer_this_thread
from latentaudio.events import Event, Hit

__all__ = ["MidiInput", "list_ports"]

# RtMidi can call back instead, but under JACK it then runs Python inside the server's process cycle, and a
# busy interpreter stalls the whole graph. Polling its queue costs 4 to 8 % of a core and at most 0.3 ms.
POLL_SECONDS = 0.0002
IDLE_SECONDS = 0.05  # while no port is open

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
        MIDI clock are, and `value` what a parameter's natural value is, for encoders, pickup and buttons that toggle;
        neither may wait. `feedback` is told which ports are open, and shows them what they move.
        Raises nothing: a machine without MIDI plays on.
        """
        guard = feedback.guard if feedback else None
        self.messages = MidiMessages(mapping, Hands(hit, post, focused, value), monitored, guard)
        self.clock = clock
        self._feedback = feedback
        self._told: tuple[Port, ...] = ()  # of whether ticks are wanted
        self._ticks = False
        self._faulty: set[str] = set()  # where faults have been reported
        self._watch = PortWatch(lambda: self.messages.mapping, ports, api, feedback)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="midi", daemon=True)

    @property
    def ports(self) -> list[str]:
        """Names of the open ports."""
        return self._watch.names

    @property
    def there(self) -> tuple[str, ...]:
        """Names of all ports there are, opened or not, as last seen. Any thread."""
        return self._watch.there

    def report(self) -> dict[str, Any]:
        """The `midi` section of the status."""
        outputs = self._feedback.ports if self._feedback else []
        return {"ports": self.ports, "outputs": outputs, **asdict(self.messages.counters)}

    def standing(self) -> dict[str, str]:
        """What becomes of each port there is, by origin, for `monitor`. Any thread."""
        return self._watch.standing()

    def start(self) -> None:
        """Open what is there, and start to poll."""
        self._watch.start()
        self._thread.start()

    def close(self) -> None:
        """Stop polling, let go of what is held, and close every port."""
        self._stop.set()
        self._watch.stop()
        if self._thread.is_alive():
            self._thread.join()
        self._watch.gone.extend(port.origin for port in self._watch.open)
        self._let_go()
        self._watch.close()

    def _poll(self) -> None:
        """The MIDI thread."""
        prefer_this_thread()
        while not self._stop.is_set():
            try:
                self._let_go()  # before it looks at what is open: a port that has gone is not read again
                self._heed_clock(self._watch.open)
            except Exception:
                if self._is_new_fault("ports"):
                    log.exception("MIDI goes on after a fault in its look at the ports")
            ports = self._watch.open
            for port in ports:
                self._read(port)
            time.sleep(POLL_SECONDS if ports else IDLE_SECONDS)

    def _let_go(self) -> None:
        while self._watch.gone:
            self.messages.gone(self._watch.gone.popleft(), time.perf_counter_ns())

    def _heed_clock(self, ports: tuple[Port, ...]) -> None:
        """Let ticks of a clock through while they are wanted."""
        if ports is self._told and self._ticks == self.clock():
            return
        self._told, self._ticks = ports, self.clock()
        for port in ports:
            port.heed_clock(self._ticks)

    def _read(self, port: Port) -> None:
        """Play what has come in at a port; one that fails keeps no other from being read."""
        try:
            while (message := port.input.get_message()) is not None:
                self._receive(port, message[0], time.perf_counter_ns())
        except Exception:
            if self._is_new_fault(port.name):
                log.exception("MIDI goes on after a fault in reading %s", port.name)

    def _receive(self, port: Port, data: list[int], arrival_ns: int) -> None:
        try:
            self.messages.receive(port.origin, data, arrival_ns)
        except Exception:  # a fault of ours may cost one message, never the rest of the set
            self.messages.counters.faults += 1
            log.exception("MIDI message %s from %s", data, port.name)

    def _is_new_fault(self, where: str) -> bool:
        """Count it; whether it is to be told: what fails does so some thousand times a second."""
        self.messages.counters.faults += 1
        is_new = where not in self._faulty
        self._faulty.add(where)
        return is_new
