"""Two threads, one ring: nothing is lost, doubled, torn or out of order."""

import threading

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from latentaudio.engine import Engine, Strike
from tests.engine.sounds import RATE, level

HITS = 20_000
NEVER_STALE = 10**15  # ns: hits are told apart by their arrival, and none of them shall count as of long ago


def test_a_second_thread_pushes_while_the_mixer_takes() -> None:
    engine = Engine(RATE)
    port = engine.port("other thread")
    strike = Strike(level(1e-6, 1))

    def produce() -> None:
        played = 0
        while played < HITS:
            played += port.play(strike, 1.0, arrival_ns=NEVER_STALE + played)

    producer = threading.Thread(target=produce)
    producer.start()
    arrivals: list[int] = []
    while len(arrivals) < HITS:
        engine.render(64)
        arrivals += [hit.arrival_ns - NEVER_STALE for hit in engine.collect()]
    producer.join()
    assert arrivals == list(range(HITS))
    assert not port._sounding


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 400), st.booleans()), max_size=30))
def test_any_order_of_playing_mixing_and_collecting_answers_each_hit_once(steps: list[tuple[int, int, bool]]) -> None:
    engine = Engine(RATE)
    port = engine.port("test")
    strike = Strike(level(1e-6, 50))
    accepted: list[int] = []
    answered: list[int] = []
    for hits, frames, collects in [*steps, *[(0, 400, True)] * 20]:
        for _ in range(hits):
            if port.play(strike, 1.0, NEVER_STALE + len(accepted)):
                accepted.append(len(accepted))
        assert np.isfinite(engine.render(frames)).all()
        if collects:
            answered += [hit.arrival_ns - NEVER_STALE for hit in engine.collect()]
    assert answered == accepted
    assert not port._sounding
