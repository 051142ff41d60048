"""The state thread's loop: events as they come, and looks at what is due and at what may have failed."""

import logging
import time
from collections.abc import Callable
from functools import partial

from latentaudio.events import Event
from latentaudio.inbox import Inbox

log = logging.getLogger(__name__)

TICK_S = 1 / 120  # between looks at what is due: feedback goes out at 60 Hz, sounds that ended are let go
WATCH_S = 0.5  # between looks at what may have failed, and reports of the status


class StateThread:
    """Runs in the thread that calls `run`; `inbox` and `stop` are for any."""

    def __init__(self, handle: Callable[[Event], None], tick: Callable[[], None], watch: Callable[[], None]) -> None:
        """What to do with an event, every `TICK_S`, and every `WATCH_S`."""
        self.inbox = Inbox()
        self._handle, self._tick, self._watch = handle, tick, watch
        self._stopping = False

    def stop(self) -> None:
        """Let `run` end, even where it has not begun."""
        self._stopping = True

    def run(self, seconds: float | None = None) -> None:
        """Go on until `seconds` have passed, or `stop` is called."""
        ends = time.monotonic() + seconds if seconds is not None else float("inf")
        watch_at = tick_at = 0.0
        while not self._stopping and (now := time.monotonic()) < ends:
            if now >= tick_at:
                tick_at = now + TICK_S
                _guarded(self._tick)
            if now >= watch_at:
                watch_at = now + WATCH_S
                _guarded(self._watch)
            self._perform_next(tick_at - now)

    def _perform_next(self, patience: float) -> None:
        """Wait for an event at most `patience` seconds, and make it happen."""
        if (event := self.inbox.take(patience)) is not None:
            _guarded(partial(self._handle, event))


def _guarded(do: Callable[[], None]) -> None:
    """A fault of ours, or of what is outside, costs one gesture or one look, never the set."""
    try:
        do()
    except Exception:
        log.exception("the performance goes on after")
