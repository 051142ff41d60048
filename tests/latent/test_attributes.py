"""Attributes as controls: a point moves, and a user's own are learned from examples."""

import numpy as np
import pytest

from latentaudio.errors import UsageError
from latentaudio.latent.attributes import Attributes, learn
from latentaudio.latent.posterior import Posterior
from latentaudio.steering import Steering

DIMS = 6
UNIT = Posterior(np.zeros(DIMS, np.float32), np.eye(DIMS, dtype=np.float32))
NONE = np.zeros((0, DIMS), np.float32)


def point(*values: float) -> np.ndarray:
    made = np.zeros(DIMS, np.float32)
    made[: len(values)] = values
    return made


def built_in(curved: float = 0.0) -> Attributes:
    """Two descriptors that overlap: the first two dims, and the first alone; the second bends by `curved`."""
    slopes = np.stack([point(1.0, 1.0), point(1.0)])
    bends = np.zeros((2, DIMS, DIMS), np.float32)
    bends[1, 0, 0] = curved
    steering = Steering(point(), np.eye(DIMS, dtype=np.float32), slopes, bends)
    return Attributes({"bright": "more treble", "long": "rings longer"}, steering)


def test_neutral_is_the_very_same_point():
    where = point(0.3, -0.7)
    assert built_in().apply(where, np.zeros(2, np.float32)) is where


def test_an_attribute_moves_its_own_descriptor_by_one_a_unit_and_no_other():
    moved = built_in().apply(point(), np.array([1.5, 0.0], np.float32))
    assert moved[0] + moved[1] == pytest.approx(1.5, abs=0.1) and moved[0] == pytest.approx(0.0, abs=0.05)


def test_the_way_turns_with_the_place():
    ways = [built_in(curved=1.0).apply(point(at), np.array([0.0, 0.1], np.float32))[0] - at for at in (0.0, 1.0)]
    assert ways[1] == pytest.approx(ways[0] / 2.0, rel=0.1)  # there the descriptor grows twice as fast


def test_the_move_is_the_shortest_among_the_sounds():
    scale = np.diag([2.0, 1.0, 1.0, 1.0, 1.0, 1.0]).astype(np.float32)
    slopes = point(2.0, 1.0)[None]  # per standard deviation: one step of either dim counts alike in z
    steering = Steering(point(), scale, slopes, np.zeros((1, DIMS, DIMS), np.float32))
    moved = Attributes({"bright": ""}, steering).apply(point(), np.ones(1, np.float32))
    assert moved[0] == pytest.approx(4.0 * moved[1], rel=1e-3)


def test_layers_move_as_each_of_them_would():
    space, layers = built_in(curved=0.5), np.stack([point(0.1), point(0.2), point(-1.0)])
    amounts = np.array([[1.0, 0.0], [0.5, -1.0], [0.0, 2.0]], np.float32)
    alone = [space.apply(each, amount) for each, amount in zip(layers, amounts, strict=True)]
    assert np.allclose(space.apply(layers, amounts), alone, atol=1e-6)


def test_where_nothing_changes_a_descriptor_the_point_stays_finite():
    steering = Steering(point(), np.eye(DIMS, dtype=np.float32), np.zeros((1, DIMS), np.float32),
                        np.zeros((1, DIMS, DIMS), np.float32))  # fmt: skip
    moved = Attributes({"bright": ""}, steering).apply(point(1.0), np.full(1, 3.0, np.float32))
    assert moved.tolist() == point(1.0).tolist()


def test_between_the_means_minus_one_and_one_are_the_examples():
    bright, dark = np.stack([point(3.0, 0.0), point(1.0, 0.0)]), point(0.0, 4.0)[None]
    space = Attributes().plus("mine", learn(bright, dark, UNIT))
    middle = point(1.0, 2.0)
    assert np.allclose(space.apply(middle, np.ones(1, np.float32)), point(2.0, 0.0))
    assert np.allclose(space.apply(middle, -np.ones(1, np.float32)), point(0.0, 4.0))


def test_one_example_alone_is_compared_with_the_mean_of_all_sounds():
    posterior = Posterior(point(1.0, 1.0), np.eye(DIMS, dtype=np.float32))
    assert np.allclose(learn(point(3.0, 1.0)[None], NONE, posterior), point(1.0))


def test_examples_far_apart_do_not_lead_out_of_the_sounds():
    wide = Posterior(point(), 5.0 * np.eye(DIMS, dtype=np.float32))
    assert np.linalg.norm(learn(point(400.0)[None], NONE, wide)) == pytest.approx(20.0)  # four standard deviations


@pytest.mark.parametrize(("positive", "negative", "why"), [
    (NONE, point(1.0)[None], "at least one positive"),
    (point(1.0)[None], point(1.0)[None], "are alike"),
    (point()[None], NONE, "mean of all sounds"),
    (point(np.nan)[None], NONE, "not all of its numbers are finite"),
    (point(1.0)[None], point(np.inf)[None], "not all of its numbers are finite"),
])  # fmt: skip
def test_examples_that_say_nothing_are_refused_with_a_sentence(positive, negative, why):
    with pytest.raises(UsageError, match=why):
        learn(positive, negative, UNIT)


def test_sixteen_are_learned_and_no_more():
    space = built_in()
    for number in range(16):
        space = space.plus(f"mine {number}", point(1.0))
    with pytest.raises(UsageError, match="16 attributes are learned already"):
        space.plus("one more", point(1.0))
    assert len(space.plus("mine 3", point(2.0)).names) == 18  # learned anew
    assert len(space.without("mine 3").plus("one more", point(1.0)).names) == 18


def test_a_built_in_attribute_is_not_learned_over():
    with pytest.raises(UsageError, match="'bright' is built in"):
        built_in().plus("bright", point(1.0))
