"""The state thread's loop when things go wrong: faults, floods and a signal that comes too early."""

import gc
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from latentaudio.daemon import Daemon
from latentaudio.events import Sync
from latentaudio.inbox import ROOM
from latentaudio.settings import Settings
from latentaudio.status import FLOOD_S, Floods


@pytest.fixture
def process() -> Iterator[None]:
    """What a daemon changes in its process is put back: signals, the switch interval, the garbage collector."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interval = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(interval)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_fault_costs_one_event_and_the_loop_goes_on(caplog):
    daemon = Daemon(Settings())  # no part of it was started, so whatever it does is a fault
    for number in (1, 2):
        daemon.post(Sync("osc:here", number))
    daemon.run(seconds=0.3)
    faults = [str(record.exc_info[1]) for record in caplog.records]
    assert sum("no attribute 'osc'" in fault for fault in faults) == 2 and len(faults) > 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_start_stops_what_was_started(process, number):
    stopped = []

    class Started(Daemon):
        def _start(self, parts: ExitStack) -> None:
            parts.callback(stopped.append, "part")
            signal.raise_signal(number)

    began = time.monotonic()
    with Started(Settings()) as daemon:
        daemon.run(seconds=20.0)
    assert stopped == ["part"] and time.monotonic() - began < 10.0


def test_events_beyond_the_inbox_are_refused_and_counted():
    daemon = Daemon(Settings())
    assert [daemon.post(Sync("osc:here", 1)) for _ in range(ROOM + 2)][-3:] == [True, False, False]


def test_the_status_is_told_at_once_where_what_stands_has_changed_and_only_then(monkeypatch):
    told, standing = [], ["warming"]
    daemon = Daemon(Settings())
    daemon.osc = SimpleNamespace(feedback=SimpleNamespace(status=lambda origin, facts: told.append(facts)))
    monkeypatch.setattr(daemon, "_standing", lambda: tuple(standing))
    monkeypatch.setattr(daemon, "status", lambda: standing[0])
    for state in ("warming", "warming", "ready", "ready"):
        standing[0] = state
        daemon._tell_what_stands()
    assert told == ["warming", "ready"]


def test_a_flood_is_said_once_in_a_while(caplog):
    floods = Floods()
    for now, dropped in ((0.0, 0), (1.0, 3), (2.0, 9), (1.0 + FLOOD_S, 9), (20.0, 9)):
        floods.tell(dropped, now)
    assert [message.split()[0] for message in caplog.messages] == ["3", "6"]
