"""Which MIDI ports are open: those that match, as they come and go. A thread of its own looks; others read."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_feedback import MidiFeedback
from latentaudio.control.midi_ports import MIDI, Port, new_scanner, open_port, open_virtual_port
from latentaudio.control.port_names import NAME, chosen, fate, gone, labelled
from latentaudio.control.port_tries import Tries
from latentaudio.errors import ControlError

# RtMidi tells nobody that a port came or went. One that comes back between two scans would not be missed and stay
# silent, so they are frequent: each takes 0.2 ms of a core (8 ports, JACK).
SCAN_SECONDS = 0.25
FRESH_SECONDS = 10.0  # from the start, which may be that of a JACK server whose ports come back one by one
FRESH_SCAN_SECONDS = 0.1  # meanwhile
RETRY_SECONDS = (10.0, 300.0)  # first and longest pause before a MIDI system that failed is tried again

log = logging.getLogger(__name__)


class PortWatch:
    """Opens and closes ports; `open` and `gone` are for whoever reads from them."""

    def __init__(self, mapping: Callable[[], Mapping], ports: Sequence[str], api: str | None,
                 feedback: MidiFeedback | None) -> None:  # fmt: skip
        """`ports` stand in for those of the mapping of now; `feedback` is told which are open."""
        self.open: tuple[Port, ...] = ()  # swapped whole
        self.gone: deque[str] = deque()  # origins of ports that are read no more, after `open` has changed
        self.there: tuple[str, ...] = ()  # names of all ports, as last seen
        self._mapping, self._patterns, self._api, self._feedback = mapping, list(ports) or None, api, feedback
        self._retired: list[Port] = []  # out of the reader's sight for one scan before they close
        self._tries = Tries()
        self._scanner: Any = None
        self._why = ""  # why there is no MIDI system
        self._warned = self._without = False  # what has been said once
        self._fresh_until = time.monotonic() + FRESH_SECONDS
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="midi-ports", daemon=True)

    @property
    def names(self) -> list[str]:
        """Names of the open ports."""
        return [port.name for port in self.open]

    def standing(self) -> dict[str, str]:
        """What becomes of each port there is, by origin, for `monitor`. Any thread."""
        if self._why:
            return {"midi": f"nothing: {self._why}"}
        there = dict.fromkeys((*self.names, *self.there))
        return {MIDI + name: fate(name, self.names, self._wanted()) for name in there}

    def start(self) -> None:
        """Open what is there, and look from now on."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is open stays open."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def close(self) -> None:
        """Close every port; nobody may be reading."""
        for port in (*self.open, *self._retired):
            port.close()
        self.open, self._retired = (), []
        if self._scanner:
            self._scanner.delete()
        if self._feedback:
            self._feedback.detach()

    def _named(self) -> Sequence[str]:
        return self._patterns or self._mapping().ports

    def _wanted(self) -> Sequence[str]:
        """What was named, and else the ports that a controller's own mapping names, be they of a program."""
        own = [] if self._patterns else [pattern for patterns, _ in self._mapping().own for pattern in patterns]
        return (*self._named(), *own)

    def _look_after(self) -> None:
        pause = RETRY_SECONDS[0]
        while not self._stop.wait(self._scan_pause() if self._scanner else pause):
            self._look()
            pause = min(2 * pause, RETRY_SECONDS[1])

    def _look(self) -> None:
        try:
            if self._scanner or self._begin():
                self._scan()
        except Exception:  # a fault of ours, or of a driver, costs a look, never the start or the ports of a set
            log.exception("MIDI ports")

    def _scan_pause(self) -> float:
        """Seconds until the next scan; a port that has gone keeps the long one until it is closed."""
        fresh = time.monotonic() < self._fresh_until and not self._retired
        return FRESH_SCAN_SECONDS if fresh else SCAN_SECONDS

    def _begin(self) -> bool:
        """Offer our own port, and get ready to scan; False, with a warning, where there is no MIDI system."""
        try:
            self.open = (open_virtual_port(self._api),)
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
        while self._retired:  # each once, whatever fails below: closing it again would crash
            self._retired.pop().close()
        try:
            self.there = tuple(labelled(self._scanner.get_ports()))
        except OSError as error:
            log.warning("MIDI ports cannot be listed: %s", error)
        self._tries.see(self.there)
        wanted = chosen(self.there, self._wanted())
        leaving = gone(self.names, (*wanted, NAME))
        self._retired = [port for port in self.open if port.name in leaving]
        kept = [port for port in self.open if port not in self._retired]
        names = {port.name for port in kept}
        opened = [self._tries.open(name, partial(open_port, self._api, name)) for name in wanted if name not in names]
        come = [port for port in opened if port is not None]
        self.open = (*kept, *come)
        self.gone.extend(port.origin for port in self._retired)
        if self._feedback:
            self._feedback.attend(self._mapping(), [name for name in self.names if name != NAME], self._api)
        self._tell(come)

    def _tell(self, come: list[Port]) -> None:
        for port in come:
            log.info("MIDI port %s opened", port.name)
            self._warned = True  # that it has gone says enough
        for port in self._retired:
            log.warning("MIDI port %s has gone; it is opened again when it comes back", port.name)
        named = [pattern for pattern in self._named() if pattern not in ("all", "none")]
        if named and not self._warned and all(port.name == NAME for port in self.open):
            there = ", ".join(self.there) or "none"
            log.warning("no MIDI port matches %s yet (there are: %s)", " or ".join(named), there)
            self._warned = True
