"""Ways between sounds: they begin and end exactly, never jump, and go evenly."""

import numpy as np
import pytest

from latentaudio.errors import UsageError
from latentaudio.latent.morph import METHODS, Chain, linear, slerp
from latentaudio.latent.route import route
from latentaudio.latent.sweep import SHAPES, Sweep, sweep

DIMS = 16
MEAN = np.full(DIMS, 0.5, np.float32)
SOUNDS = np.random.default_rng(0).standard_normal((200, DIMS)).astype(np.float32) + MEAN
A, B = SOUNDS[0], SOUNDS[1]
AMOUNTS = np.linspace(0.0, 1.0, 65)
HARD = {
    "zero": (MEAN, B), "to zero": (A, MEAN), "both zero": (MEAN, MEAN), "same": (A, A),
    "parallel": (A, 3 * A - 2 * MEAN), "antiparallel": (A, 2 * MEAN - A),
    "nearly antiparallel": (A, 2 * MEAN - A + 1e-6), "any": (A, B),
}  # fmt: skip


def chain(stations, method="slerp", sounds=SOUNDS):
    return Chain(stations, method, MEAN, sounds)


def steps(morph: Chain) -> np.ndarray:
    return np.linalg.norm(np.diff([morph.at(t) for t in AMOUNTS], axis=0), axis=1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("pair", HARD)
def test_a_morph_begins_at_a_ends_at_b_and_goes_evenly(method, pair):
    a, b = HARD[pair]
    morph = chain([a, b], method)
    assert np.array_equal(morph.at(0.0), a)
    assert np.array_equal(morph.at(1.0), b)
    assert steps(morph).max() <= 1.05 * steps(morph).mean() + 1e-5


def test_an_arc_keeps_the_length_and_turns_evenly():
    across = MEAN + np.roll(np.eye(DIMS, dtype=np.float32)[0], 1) * np.linalg.norm(A - MEAN)
    arc = slerp(A, across, AMOUNTS, MEAN) - MEAN
    assert np.allclose(np.linalg.norm(arc, axis=1), np.linalg.norm(A - MEAN), rtol=1e-6)
    turn = np.arccos((arc[:-1] * arc[1:]).sum(1) / np.square(np.linalg.norm(A - MEAN)))
    assert np.allclose(turn, turn.mean(), rtol=1e-3)


def test_lengths_go_evenly_from_one_to_the_other():
    lengths = np.linalg.norm(slerp(A, 4 * B - 3 * MEAN, AMOUNTS, MEAN) - MEAN, axis=1)
    assert np.allclose(np.diff(lengths), np.diff(lengths)[0], rtol=1e-4)


def test_an_arc_to_almost_nothing_is_the_way_to_nothing():
    speck = (MEAN + 1e-3 * (B - MEAN)).astype(np.float32)
    assert np.abs(slerp(A, speck, AMOUNTS, MEAN) - slerp(A, MEAN, AMOUNTS, MEAN)).max() < 0.02


def test_opposite_sounds_are_joined_by_an_arc_and_not_through_the_middle():
    assert np.linalg.norm(slerp(A, 2 * MEAN - A, AMOUNTS, MEAN) - MEAN, axis=1).min() > 0.99 * np.linalg.norm(A - MEAN)


def test_exactly_opposite_sounds_are_joined_the_same_way_each_time():
    a = np.array([0.0, 2.0, 0.0], np.float32)
    assert np.allclose(slerp(a, -a, 0.5, 0 * a), [2.0, 0.0, 0.0])


def test_opposite_sounds_of_one_dim_go_straight():
    one = np.ones(1, np.float32)
    assert np.allclose(Chain([one, -one], "slerp", 0 * one, one[None]).at(0.5), 0.0, atol=0.02)


def test_a_point_is_found_without_laying_the_way_out():
    assert np.allclose(linear(A, B, 0.25), 0.75 * A + 0.25 * B)
    assert np.allclose(slerp(A, B, 1.0, MEAN), B, atol=1e-6)


def ring(count: int = 60) -> np.ndarray:
    """Sounds on a circle: between two of them nothing lies on the straight line."""
    angle = 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)


def test_the_way_by_sounds_stays_where_sounds_are():
    sounds = ring()
    morph = Chain([sounds[0], sounds[20]], "sounds", np.zeros(2, np.float32), sounds)
    points = np.stack([morph.at(t) for t in AMOUNTS])
    assert np.linalg.norm(points, axis=1).min() > 0.99
    assert np.array_equal(route(sounds[0], sounds[20], sounds), sounds[:21])


def test_two_short_steps_beat_a_leap_even_round_a_corner():
    a, corner, b = np.array([[0.0, 0.0], [2.0, 2.2], [4.0, 0.0]], np.float32)
    assert np.array_equal(route(a, b, corner[None]), np.stack([a, corner, b]))


def test_the_way_by_sounds_is_straight_where_none_lies_between():
    assert np.array_equal(route(A, B, A[None] + 100), np.stack([A, B]))
    assert np.array_equal(route(A, B, np.empty((0, DIMS), np.float32)), np.stack([A, B]))


def test_stations_lie_evenly_on_the_fader():
    stations = list(SOUNDS[:5])
    assert [chain(stations).at(t).tolist() for t in (0, 0.25, 0.5, 0.75, 1)] == [s.tolist() for s in stations]


def test_a_chain_never_jumps():
    morph = chain(list(SOUNDS[:8]))
    fine = [morph.at(t) for t in np.linspace(0, 1, 7001)]
    assert np.linalg.norm(np.diff(fine, axis=0), axis=1).max() < 0.02


def test_one_station_stays_and_the_same_twice_is_a_rest():
    assert np.array_equal(chain([A]).at(0.7), A)
    assert np.array_equal(chain([A, B, B, A]).at(0.5), B)


def test_the_fader_is_clipped():
    assert [chain([A, B]).at(t).tolist() for t in (-1, 9, float("nan"))] == [A.tolist(), B.tolist(), A.tolist()]


@pytest.mark.parametrize(("stations", "method", "why"), [
    ([], "slerp", "no station"), ([A] * 9, "slerp", "at most 8 stations, not 9"),
    ([A, A * np.nan], "slerp", "station 2 is not a point"), ([A[:3]], "slerp", "16 dims"),
    ([A], "slurp", "did you mean 'slerp'"),
])  # fmt: skip
def test_what_cannot_be_a_chain_is_refused_with_a_sentence(stations, method, why):
    with pytest.raises(UsageError, match=why):
        chain(stations, method)


@pytest.mark.parametrize(("shape", "amounts"), [
    ("up", [0, 0.25, 0.5, 0.75, 0]), ("down", [1, 0.75, 0.5, 0.25, 1]), ("up-down", [0, 0.5, 1, 0.5, 0]),
])  # fmt: skip
def test_a_sweep_goes_with_the_beats(shape, amounts):
    assert [sweep(beats, 4.0, shape) for beats in (8, 9, 10, 11, 12)] == amounts


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sweep_does_not_jump_when_its_period_changes(shape):
    before = Sweep(4.0, shape)
    after = before.retimed(9.5, 0.5)
    assert after.at(9.5) == before.at(9.5)
    assert after.phase_at(9.625) == pytest.approx(before.phase_at(9.5) + 0.25)
