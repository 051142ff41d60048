"""What moves points, heard by the points alone: time and locks come in from outside."""

import numpy as np
import pytest

from latentaudio.navigator import Navigator
from latentaudio.parameters import PARAMETERS
from latentaudio.state import State
from tests.fakes import library

SPACE = library()


def walked(times: list[float], seed: int = 3) -> np.ndarray:
    """Where a free walk of ten steps a second is after it was looked at at `times`, seconds."""
    navigator, state = Navigator(SPACE, 0), State.of(SPACE)
    point = state.points[0]
    navigator.walk.reset(seed)
    navigator.set_out(state, point, 100.0)
    for now in times:
        after = navigator.step(state, point, 100.0 + now)
        point = point if after is None else after
    return point


def test_a_walk_is_the_same_however_late_its_steps_are_taken():
    on_time, late = walked([0.101, 0.201, 0.301, 0.401]), walked([0.19, 0.25, 0.49])
    assert np.array_equal(on_time, late)
    assert not np.array_equal(on_time, walked([0.101, 0.201, 0.301, 0.401], seed=4))


@pytest.mark.parametrize(("division", "beats"), [("1/4", 1.0), ("1/8d", 0.75), ("1/4t", 2 / 3), ("1/1", 4.0)])
def test_a_walk_takes_a_step_at_each_part_of_a_bar(division, beats):
    navigator, state = Navigator(SPACE, 0), State.of(SPACE)
    state.values["walk.division"] = float(PARAMETERS["walk.division"].choices.index(division))
    navigator.tempo.start(100.0)
    navigator.set_out(state, state.points[0], 100.0)
    steps = [navigator.step(state, state.points[0], 100.0 + beat / 2.0) for beat in (beats - 0.01, beats + 0.01)]
    assert [step is not None for step in steps] == [False, True]


def test_a_walk_does_not_leap_after_a_pause_of_the_machine():
    assert np.array_equal(walked([3600.0]), walked([1.001]))


def test_a_walk_begins_anew_with_the_locks_of_now():
    navigator, state = Navigator(SPACE, 0), State.of(SPACE)
    state.locks[2:] = True
    navigator.lock(state)
    navigator.walk.reset(1)
    after = navigator.walk.advance(1.0, state.points[0])
    assert np.flatnonzero(after != state.points[0]).tolist() == [0, 1]


def test_the_posterior_of_another_state_has_its_locks():
    navigator, other = Navigator(SPACE, 0), State.of(SPACE)
    assert navigator.posterior_of(other) is navigator.posterior
    other.locks[3] = True
    assert navigator.posterior_of(other).free == navigator.posterior.free - 1


def test_a_song_that_is_started_again_starts_its_sweep_again():
    navigator, state = Navigator(SPACE, 0), State.of(SPACE)
    state.values |= {"morph.shape": 0.0, "morph.beats": 4.0}  # up
    navigator.sweep_from(state, 101.3)
    assert navigator.swept(state, 101.8) == pytest.approx(0.25)  # a beat at 120
    navigator.tempo.start(102.0)
    assert navigator.swept(state, 102.5) == pytest.approx(0.25)
    assert navigator.swept(state, 103.5) == pytest.approx(0.75)
