"""The walk stays where the sounds are, however often it is advanced, and a guided one arrives."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from latentaudio.errors import DataError
from latentaudio.latent.langevin import transition
from latentaudio.latent.posterior import Posterior
from latentaudio.latent.walk import Walk
from latentaudio.latent.walk_settings import WalkSettings

DIMS = 6
MEAN = np.arange(DIMS, dtype=np.float32)
SCALE = np.tril(np.random.default_rng(2).uniform(-0.5, 0.5, (DIMS, DIMS)) + np.eye(DIMS)).astype(np.float32)
COVARIANCE = SCALE @ SCALE.T
POSTERIOR = Posterior(MEAN, SCALE)
LOCKED = np.array([True, False, False, True, False, False])


def run(walk: Walk, count: int, seconds: float, point: np.ndarray = MEAN) -> np.ndarray:
    points = []
    for _ in range(count):
        point = walk.advance(seconds, point)
        points.append(point)
    return np.stack(points)


def test_the_pull_narrows_the_walk_and_the_temperature_widens_it():
    assert [WalkSettings(pull=pull).spread for pull in (0.0, 0.5, 1.0)] == [2.0, 1.0, 0.5]
    assert WalkSettings(temperature=3.0).spread == 3.0


@pytest.mark.parametrize("seconds", [0.5, 50.0])
@pytest.mark.parametrize(("momentum", "pull"), [(0.0, 0.5), (0.5, 1.0), (1.0, 0.0)])
def test_places_have_the_stationary_mean_and_covariance_at_any_time_step(seconds, momentum, pull):
    chosen = WalkSettings(3.0, momentum, pull)
    walked = run(Walk(POSTERIOR, 1, chosen), 8_000, seconds)[100:]
    assert np.allclose(walked.mean(0), MEAN, atol=0.15 * chosen.spread)
    assert np.allclose(np.cov(walked.T), chosen.spread**2 * COVARIANCE, atol=0.2 * chosen.spread**2)


@pytest.mark.parametrize(("speed", "friction"), [(0.5, 20.0), (1.0, 2.0), (3.0, 0.25), (0.0, 1.0)])
def test_two_halves_of_a_time_are_distributed_as_the_whole(speed, friction):
    whole, half = (transition(speed, 1.0, friction, seconds) for seconds in (0.3, 0.15))
    assert np.allclose(matrix(whole), matrix(half) @ matrix(half))
    assert np.allclose(noise(whole), matrix(half) @ noise(half) @ matrix(half).T + noise(half))


def matrix(move) -> np.ndarray:
    return np.array([[move.xx, move.xw], [move.wx, move.ww]])


def noise(move) -> np.ndarray:
    factor = np.array([[move.x_alone, move.x_shared], [0.0, move.w_noise]])
    return factor @ factor.T


def test_the_transition_solves_the_equation():
    dt = 1e-5
    move = transition(0.7, 2.0, 1.5, dt)
    assert np.allclose((matrix(move) - np.eye(2)) / dt, [[0.0, 0.7], [-0.7 / 4.0, -1.5]], atol=1e-4)
    assert noise(move)[1, 1] / dt == pytest.approx(2 * 1.5, rel=1e-3)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 1.0])
def test_a_second_leads_as_far_as_the_step_says(momentum):
    wide = WalkSettings(0.1, momentum, pull=0.0, temperature=50.0)  # nothing pulls here
    far = [Walk(POSTERIOR, seed, wide).advance(1.0, MEAN) - MEAN for seed in range(400)]
    steps = np.linalg.solve(SCALE, np.stack(far).T)
    assert np.sqrt(np.square(steps).mean()) == pytest.approx(0.1, rel=0.05)


def test_momentum_keeps_the_direction():
    def alike(momentum):
        moves = np.diff(run(Walk(POSTERIOR, 3, WalkSettings(1.0, momentum)), 400, 0.1), axis=0)
        return np.corrcoef(moves[1:].ravel(), moves[:-1].ravel())[0, 1]

    assert alike(0.0) < 0.4 < 0.9 < alike(1.0)


def test_the_same_seed_walks_the_same_walk():
    walk = Walk(POSTERIOR, 7)
    first = run(walk, 20, 0.1)
    walk.reset(7)
    assert np.array_equal(run(walk, 20, 0.1), first)
    assert not np.array_equal(run(Walk(POSTERIOR, 8), 20, 0.1), first)


def test_a_frozen_walk_stands_and_goes_on_from_there():
    walk, twin = Walk(POSTERIOR, 7), Walk(POSTERIOR, 7)
    walk.frozen = True
    assert np.array_equal(run(walk, 3, 0.1), [MEAN] * 3)
    walk.frozen = False
    assert np.array_equal(run(walk, 5, 0.1), run(twin, 5, 0.1))


def test_a_step_of_nothing_stands():
    assert np.array_equal(Walk(POSTERIOR, 7, WalkSettings(step=0.0)).advance(1.0, MEAN), MEAN)


@pytest.mark.parametrize("momentum", [0.0, 1.0])
def test_from_far_outside_it_comes_back_without_a_jump_or_a_swing(momentum):
    away = run(Walk(POSTERIOR, 1, WalkSettings(1.0, momentum)), 4000, 0.01, MEAN + 100.0)
    u = np.linalg.solve(SCALE, (away - MEAN).T).T
    assert np.abs(np.diff(u, axis=0)).max() < 0.05 * np.abs(u[0]).max()
    assert np.abs(u[-1]).max() < 6.0
    assert (u * np.sign(u[0])).min() > -6.0


def test_locked_dims_do_not_move_and_the_others_are_where_sounds_like_it_are():
    start = MEAN + np.where(LOCKED, 2.0, 0.0).astype(np.float32)
    walked = run(Walk(Posterior(MEAN, SCALE, LOCKED), 1, WalkSettings(3.0)), 8_000, 0.5, start)[100:]
    assert (walked[:, LOCKED] == start[LOCKED]).all()
    held, free = np.ix_(LOCKED, LOCKED), np.ix_(~LOCKED, LOCKED)
    follows = MEAN[~LOCKED] + COVARIANCE[free] @ np.linalg.solve(COVARIANCE[held], [2.0, 2.0])
    assert np.allclose(walked[:, ~LOCKED].mean(0), follows, atol=0.15)


def test_a_lock_that_comes_while_walking_keeps_the_rest_on_its_way():
    walk = Walk(POSTERIOR, 1, WalkSettings(1.0, 1.0))
    before = run(walk, 2, 0.001)
    walk.fit(Posterior(MEAN, SCALE, LOCKED))
    after = walk.advance(0.001, before[-1])
    assert (after[LOCKED] == before[-1][LOCKED]).all()
    assert np.allclose((after - before[-1])[~LOCKED], (before[-1] - before[-2])[~LOCKED], atol=3e-4)


def test_all_dims_locked_stand():
    walk = Walk(Posterior(MEAN, SCALE, np.ones(DIMS, bool)), 1)
    walk.guide(MEAN + 1, MEAN)
    assert np.array_equal(walk.advance(1.0, MEAN), MEAN)


@pytest.mark.parametrize("seconds", [0.01, 0.3])
def test_a_guided_walk_arrives_at_the_target_at_the_pace_of_its_step(seconds):
    walk, target = Walk(POSTERIOR, 1, WalkSettings(1.0)), MEAN + SCALE @ np.full(DIMS, 3.0, np.float32)
    walk.guide(target, MEAN)
    points = run(walk, round(6.0 / seconds), seconds)
    assert walk.arrived
    assert np.array_equal(points[-1], target)
    assert not np.array_equal(points[int(2.5 / seconds)], target)
    assert np.linalg.norm(points - target, axis=1).max() < 1.2 * np.linalg.norm(MEAN - target)


def test_a_guided_walk_is_the_same_at_any_time_step():
    coarse, fine = Walk(POSTERIOR, 1), Walk(POSTERIOR, 1)
    for walk in (coarse, fine):
        walk.guide(MEAN + 3, MEAN)
    assert np.allclose(coarse.advance(1.0, MEAN), run(fine, 100, 0.01)[-1], atol=1e-4)


def test_reset_and_release_end_the_guidance():
    for end in (lambda walk: walk.reset(1), Walk.release):
        walk = Walk(POSTERIOR, 1)
        walk.guide(MEAN, MEAN)
        walk.advance(1.0, MEAN)
        assert walk.arrived
        end(walk)
        assert not np.array_equal(run(walk, 2, 1.0)[-1], MEAN)


def test_a_guided_walk_leaves_locked_dims_alone():
    walk = Walk(Posterior(MEAN, SCALE, LOCKED), 1)
    walk.guide(MEAN + 1, MEAN)
    assert np.array_equal(run(walk, 60, 1.0)[-1], np.where(LOCKED, MEAN, MEAN + 1))
    assert walk.arrived


def test_a_restored_walk_goes_on_as_if_never_interrupted():
    walk, other = Walk(POSTERIOR, 1), Walk(POSTERIOR, 2)
    point = run(walk, 5, 0.1)[-1]
    other.restore(json.loads(json.dumps(walk.state())))
    assert np.array_equal(run(other, 5, 0.1, point), run(walk, 5, 0.1, point))


@pytest.mark.parametrize("broken", [
    {"velocity": [1.0]}, {"velocity": ["a"]}, {"generator": {}}, {"generator": None}, {"target": [0.0]},
    {"distance": float("nan")},
])  # fmt: skip
def test_a_damaged_state_is_refused_and_changes_nothing(broken):
    walk = Walk(POSTERIOR, 1)
    before = walk.state()
    with pytest.raises(DataError, match="saved state"):
        walk.restore(before | broken)
    assert walk.state() == before


@settings(max_examples=60, deadline=None)
@given(
    point=st.lists(st.floats(width=32), min_size=DIMS, max_size=DIMS),
    seconds=st.floats(),
    chosen=st.builds(WalkSettings, *(st.floats(0, 1) for _ in range(3)), st.floats(0.1, 3)),
    guided=st.booleans(),
)
@example([float("nan")] * DIMS, 0.1, WalkSettings(), False)
@example([1.0] * DIMS, float("nan"), WalkSettings(), True)
@example([1.0] * DIMS, float("inf"), WalkSettings(), False)
@example([-1e38] * DIMS, 0.1, WalkSettings(1.0, 1.0, 0.0), True)
def test_whatever_comes_in_a_number_comes_out(point, seconds, chosen, guided):
    walk = Walk(Posterior(MEAN, SCALE, LOCKED), 1, chosen)
    point = np.array(point, np.float32)
    if guided:
        walk.guide(point[::-1], point)
    for _ in range(5):
        point = walk.advance(seconds, point)
        assert np.isfinite(point).all()
