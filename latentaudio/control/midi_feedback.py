"""Shows on controllers what their controls have become, from whatever side it came. A thread of its own sends."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import perf_counter_ns
from typing import Any

from latentaudio.control.board import Board
from latentaudio.control.lamp import Lamp, lamps_of
from latentaudio.control.loop_guard import LoopGuard
from latentaudio.control.mapping import Mapping as Controls
from latentaudio.control.midi_outputs import counterpart, new_output, open_output
from latentaudio.control.midi_ports import MIDI
from latentaudio.control.port_names import labelled
from latentaudio.control.port_tries import Tries
from latentaudio.errors import ControlError

FRAME_S = 1 / 60  # between two sends: no control is told more often

log = logging.getLogger(__name__)


class MidiFeedback:
    """Sends never hold up who reports a change: a slow device delays its own lights alone."""

    def __init__(self, value: Callable[[str], float | None]) -> None:
        """`value` is what a parameter's natural value is now, without waiting. Nothing starts yet."""
        self.guard = LoopGuard()
        self._value = value
        self._mapping: Controls | None = None
        self._lamps: dict[str, tuple[Lamp, ...]] = {}  # of the mapping, by input: 4 ms for one of 500 bindings
        self._due: dict[str, bool] = {}  # by parameter that is shown: its keys stay, so that no thread waits
        self._moves: dict[str, int] = {}  # when MIDI last moved a parameter
        self._boards: tuple[Board, ...] = ()  # swapped whole by the scanning thread
        self._sending = threading.Lock()  # held while boards are in use; who reports a change never takes it
        self._tries = Tries()
        self._lister: Any = None
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi-feedback", daemon=True)

    @property
    def ports(self) -> list[str]:
        """Names of the outputs that are open."""
        return [board.name for board in self._boards]

    # The state thread's.

    def changed(self, changes: Mapping[str, tuple[float, str, bool]]) -> None:
        """Parameters have other values: natural, from whom, and whether adjusted."""
        due = self._due
        names = [name for name in changes if name in due]
        for name in names:
            due[name] = True
            if changes[name][1].startswith(MIDI):
                self._moves[name] = perf_counter_ns()
        if names:
            self._wake.set()

    def played(self, osc_address: str, velocity: float) -> None:
        """A hit is heard; no light follows it."""

    # The thread that looks after ports.

    def attend(self, mapping: Controls, inputs: Sequence[str], api: str | None) -> None:
        """Open the outputs of the controllers whose inputs are open, and tell each the whole state as it comes."""
        if is_other := mapping is not self._mapping:
            self._mapping, self._lamps = mapping, {}
        shows = {name: lamps for name in inputs if (lamps := self._lamps_of(mapping, name))}
        names = {lamp.binding.to for lamps in shows.values() for lamp in lamps}
        if names != self._due.keys():
            self._due = dict.fromkeys(names, True)
        if is_other:
            self._boards = tuple(board.with_lamps(shows.get(board.input, ())) for board in self._boards)
        outputs = self._outputs(api) if shows else []
        wanted = {name: found for name in shows if (found := counterpart(name, inputs, outputs))}
        kept = [board for board in self._boards if wanted.get(board.input) == board.name]
        leaving = [board for board in self._boards if board not in kept]
        have = {board.input for board in kept}
        self._tries.see(outputs)
        opened = [
            (name, found, self._tries.open(found, partial(open_output, api, found)))
            for name, found in wanted.items()
            if name not in have
        ]
        come = [Board(name, found, output, shows[name]) for name, found, output in opened if output]
        self._boards = (*kept, *come)
        self._close(leaving)
        for board in come:
            log.info("MIDI port %s shows what %s moves", board.name, board.input)
        self._wake.set()

    def detach(self) -> None:
        """Let go of every output, at once: the MIDI system may be gone, and another be opened next."""
        boards, self._boards = self._boards, ()
        self._close(boards)
        if self._lister:
            self._lister.delete()
            self._lister = None
        self._wake.set()

    def _close(self, boards: Sequence[Board]) -> None:
        with self._sending:
            for board in boards:
                board.close()

    def _lamps_of(self, mapping: Controls, port: str) -> tuple[Lamp, ...]:
        """What a controller shows: of its own mapping alone, as notes that light one are heard on another."""
        if port not in self._lamps:
            self._lamps[port] = tuple(lamps_of(mapping.of(port)))
        return self._lamps[port]

    def _outputs(self, api: str | None) -> list[str]:
        try:
            self._lister = self._lister or new_output(api)
            return labelled(self._lister.get_ports())
        except (ControlError, OSError) as error:
            log.debug("no MIDI outputs: %s", error)
            return []

    # Its own.

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def close(self) -> None:
        """Send no more, and close every output."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self.detach()

    def _run(self) -> None:
        waiting = False
        while not self._stop.is_set():
            self._wake.wait(FRAME_S if waiting else None)
            self._wake.clear()
            try:
                waiting = self.send(perf_counter_ns())
            except Exception:  # a fault of ours costs some lights for a moment, never all for the rest of the set
                log.exception("MIDI feedback")
            self._stop.wait(FRAME_S)

    def send(self, now_ns: int) -> bool:
        """Tell every controller what has changed since; whether some of it has to wait."""
        with self._sending:
            return self._send(now_ns)

    def _send(self, now_ns: int) -> bool:
        due, boards = self._due, self._boards
        names = [name for name, is_due in due.items() if is_due]
        for name in names:
            due[name] = False
        waiting = False
        for board in boards:
            board.note({name: self._moves.get(name, 0) for name in names})
            try:
                waiting |= board.show(self._value, self.guard, now_ns)
            except OSError as error:
                log.log(logging.DEBUG if board.failed else logging.WARNING,
                        "MIDI port %s cannot be told of changes: %s", board.name, error)  # fmt: skip
                board.failed = True
        return waiting
