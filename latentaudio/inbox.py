"""Events on their way to the state thread: any thread puts them in, the state thread takes them out."""

import queue
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from latentaudio.events import (
    Ahead,
    Ask,
    Encoded,
    Event,
    Failed,
    Matched,
    Played,
    Refused,
    Rendered,
    Set,
    SetLatents,
    SetTogether,
    Waiting,
    Working,
)
from latentaudio.parameters import PARAMETERS

ROOM = 2048  # events that may wait: presses take up to 4 ms each, and who asks how we are waits behind them
AT_ONCE = 1024  # of them looked at together

# Continuous values, of which only the last counts. Not those that change what others mean: a zoom moves what `map.x`
# says, a lock what a map moves, and every whole number is a switch or a choice.
_LATEST_WINS = frozenset(
    name for name, row in PARAMETERS.items() if not (row.integer or name.startswith(("map.zoom", "map.pan")))
)
_ANSWERS = Rendered | Refused | Ahead | Working | Encoded | Matched | Failed  # the renderer's, to what we asked
_OF_THE_POINT = ("latent", "map.", "morph.", "attribute.")  # these move one another


class Inbox:
    """A bounded queue in which a value that is moved again before its turn is overtaken.

    10,000 messages a second are more than can be performed one by one (some 4,000). What is refused at a full queue is
    the newest, so values never are: once it is half full they are held apart, the latest of each, until something comes
    that has to see them.
    """

    def __init__(self, room: int = ROOM) -> None:
        """Take `room` events, and besides them one value of each parameter."""
        self._queue = queue.SimpleQueue[Event]()  # no lock of Python's: a note never waits for who holds it
        self._news = threading.Lock()  # free where something was put since the last look; who waits for it takes it
        self._room = room
        self._next: deque[Event] = deque()
        self._held: dict[tuple[str, ...], Event] = {}  # by what they move, in the order of the latest
        self._lock = threading.Lock()  # over them
        self.refused = 0  # that found no room
        self.overtaken = 0  # by a later value of the same parameters

    def put(self, event: Event) -> bool:
        """Queue an event; False, and counted, when too many wait. Any thread."""
        waiting = self._queue.qsize()
        if (self._held or waiting >= self._room // 2) and not isinstance(event, Played):
            moves = _moves(event)
            if moves:
                self._hold(moves, event)
                return True
            if waiting < self._room:
                self._release()
        if waiting >= self._room and not isinstance(event, _ANSWERS):
            self.refused += 1
            return False
        self._add(event)
        return True

    def _add(self, event: Event) -> None:
        self._queue.put(event)
        if self._news.locked():
            with suppress(RuntimeError):  # another thread was faster
                self._news.release()

    def _hold(self, moves: tuple[str, ...], event: Event) -> None:
        with self._lock:
            self.overtaken += self._held.pop(moves, None) is not None
            self._held[moves] = event

    def _release(self) -> None:
        """Let what is held wait with the others."""
        with self._lock:
            held, self._held = self._held, {}
            for event in held.values():
                self._add(event)

    def take(self, patience: float) -> Event | None:
        """The next event, waited for at most so many seconds. The state thread."""
        if not self._next:
            if self._held and self._queue.empty():
                self._release()
            waiting = self._waiting(max(patience, 0.0001))
            self._next.extend(latest(waiting))
            self.overtaken += len(waiting) - len(self._next)
        return self._next.popleft() if self._next else None

    def _waiting(self, patience: float) -> list[Event]:
        """What is there by now, or comes first.

        Not by the queue's own `get` with a timeout: in Python 3.11 that waits for ever where the time is over when a
        signal was handled, and Ctrl-C was heeded at the next event only.
        """
        self._news.acquire(blocking=False)  # what was put before is seen by the look that follows
        if self._queue.empty():
            self._news.acquire(timeout=patience)
        events: list[Event] = []
        with suppress(queue.Empty):
            while len(events) < AT_ONCE:
                events.append(self._queue.get_nowait())
        return events


def latest(events: Iterable[Event]) -> list[Event]:
    """Events in their order, without values that are moved again before anything else happens than other values."""
    kept: list[Event] = []
    place: dict[tuple[str, ...], int] = {}  # in `kept`, of what may still be overtaken
    gone: set[int] = set()
    for event in events:
        moves = _moves(event)
        if moves:
            if (before := place.get(moves)) is not None:
                gone.add(before)
            place[moves] = len(kept)
        elif isinstance(event, Ask):
            place = {moved: at for moved, at in place.items() if not _tells_of(event.name, moved)}
        elif not isinstance(event, Played | Waiting):  # neither moves anything nor asks
            place.clear()
        kept.append(event)
    return [event for number, event in enumerate(kept) if number not in gone]


def _tells_of(asked: str, moved: tuple[str, ...]) -> bool:
    """Whether what is asked for may be another where these parameters are."""
    if asked in _LATEST_WINS and not asked.startswith(_OF_THE_POINT):
        return moved == (asked,)
    return asked not in _LATEST_WINS or moved[0].startswith(_OF_THE_POINT)


def _moves(event: Event) -> tuple[str, ...]:
    """The parameters that an event moves, where only their last values count; none otherwise."""
    match event:
        case Set(name=name) if name in _LATEST_WINS:
            return (name,)
        case SetTogether(values=values) if all(name in _LATEST_WINS for name, _ in values):
            return tuple(name for name, _ in values)
        case SetLatents(values=values):
            return ("latent", str(len(values)))
    return ()
