"""Values that come faster than they can be performed: the latest counts, and nothing else is changed by that."""

import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentaudio.events import Act, Ask, Event, Played, Rendered, Set, SetLatents, SetTogether
from latentaudio.inbox import AT_ONCE, Inbox, latest
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.parameters import PARAMETERS
from tests.fakes import RecordingListener, RecordingPort, StubRenderer, library

LIBRARY = library()
NAMES = [name for name in PARAMETERS if not name.startswith(("latent.", "lock.", "pad.", "walk.run", "morph.sweep"))]
MOVED = [*NAMES, *(f"{kind}.{dim}" for kind in ("latent", "lock") for dim in (1, 2, 3)), "pad.1.level", "pad.2.decay"]
PLACES = st.floats(0, 1)
SETS = st.builds(lambda name, place: Set("a", name, PARAMETERS[name].natural(place)), st.sampled_from(MOVED), PLACES)
MOVES = st.builds(lambda x, y: SetTogether("a", (("map.x", x), ("map.y", y))), PLACES, PLACES)
LATENTS = st.lists(st.floats(-3, 3), min_size=1, max_size=3).map(lambda values: SetLatents("a", tuple(values)))
ACTS = st.sampled_from(["zero", "morph.a", "morph.b", "morph.clear", "map.reset"]).map(lambda name: Act("a", name))
EVENTS = st.lists(SETS | SETS | MOVES | LATENTS | ACTS | st.just(Played("a", 1, 1.0)), max_size=40)


def performed(events: Iterable[Event]) -> dict[str, Any]:
    """What becomes of an instrument to which this happens."""
    instrument = Instrument(LIBRARY, Kit(), RecordingPort(), StubRenderer(), RecordingListener(), 1)
    for number, event in enumerate(events):
        instrument.perform(replace(event, arrival_ns=number))
    return instrument.state.to_plain()


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_what_is_overtaken_makes_no_difference_in_the_end(events: list[Event]) -> None:
    assert performed(latest(events)) == performed(events)


def test_of_a_fader_only_the_place_where_it_stands_counts() -> None:
    ride = [Set("a", "latent.1", step / 100) for step in range(100)]
    assert latest([*ride, Played("a", 1, 1.0), Set("b", "latent.1", 2.0)]) == [
        Played("a", 1, 1.0),
        Set("b", "latent.1", 2.0),
    ]


@pytest.mark.parametrize("asked", ["latent.1", "map.x", "morph.amount", "focus", "dump", "status", "map.nearest"])
def test_who_asks_hears_what_was_set_before(asked: str) -> None:
    events: list[Event] = [Set("a", "latent.1", 1.0), Ask("b", asked), Set("a", "latent.1", 2.0)]
    assert latest(events) == events


def test_who_asks_for_something_else_stops_no_fader() -> None:
    events: list[Event] = [Set("a", "latent.1", 1.0), Ask("b", "master.level"), Set("a", "latent.1", 2.0)]
    assert latest(events) == events[1:]


def test_hits_switches_and_presses_are_never_overtaken() -> None:
    events = [Played("a", 1, 1.0), Set("a", "walk.run", 1.0), Act("a", "draw")] * 2
    assert latest(events) == events


def test_a_full_inbox_still_takes_where_each_fader_stops_and_in_the_order_of_presses() -> None:
    inbox = Inbox(16)
    ride: list[Event] = [Set("a", f"latent.{step % 3 + 1}", float(step)) for step in range(99)]
    for event in [*ride, Act("a", "draw"), *ride, Act("a", "zero")]:
        assert inbox.put(event)
    taken = list(iter(lambda: inbox.take(0.0), None))
    assert taken == [*ride[-3:], Act("a", "draw"), *ride[-3:], Act("a", "zero")]


def test_presses_beyond_the_room_are_refused_and_hits_are_not_held_back() -> None:
    inbox = Inbox(8)
    put = [inbox.put(event) for event in [Act("a", "draw")] * 9 + [Set("a", "latent.1", 1.0)]]
    assert put == [True] * 8 + [False, True] and inbox.refused == 1


def test_what_the_renderer_answers_is_never_refused() -> None:
    inbox = Inbox(4)
    put = [inbox.put(event) for event in [*[Act("a", "draw")] * 4, Rendered(pad=1), Act("a", "draw")]]
    assert put == [True] * 5 + [False]


def test_a_flood_of_one_value_never_fills_the_inbox() -> None:
    inbox = Inbox(AT_ONCE)
    for step in range(10 * AT_ONCE):
        assert inbox.put(Set("a", "latent.1", float(step)))
        if step % AT_ONCE == 0:
            taken = list(iter(lambda: inbox.take(0.0), None))
            assert taken[-1] == Set("a", "latent.1", float(step)) and len(taken) <= 2
    assert inbox.refused == 0


def test_a_signal_that_takes_its_time_does_not_keep_the_inbox_waiting():
    handled = []

    def slow(*_: object) -> None:
        time.sleep(0.03)
        handled.append(True)
        if len(handled) > 3:
            raise TimeoutError("it still waits")

    before = signal.signal(signal.SIGALRM, slow)
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.2)
    try:
        assert Inbox().take(0.02) is None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert handled == [True]


def test_whoever_waits_is_woken_by_each_event_that_is_put():
    inbox, taken = Inbox(), list[Event]()

    def take() -> None:
        while len(taken) < 200:
            if (event := inbox.take(30.0)) is not None:
                taken.append(event)

    waiting = threading.Thread(target=take, daemon=True)
    waiting.start()
    for number in range(200):
        inbox.put(Played("a", 1, 1.0, arrival_ns=number))
        if number % 3 == 0:
            time.sleep(0.001)  # it waits again
    waiting.join(10.0)
    assert not waiting.is_alive() and [event.arrival_ns for event in taken] == list(range(200))
