"""The sound under a finger, and what lies between sounds."""

import numpy as np
import pytest

from latentaudio.errors import DataError
from latentaudio.latent.map import SoundMap
from latentaudio.latent.map_tree import Tree

DIMS = 32


def sound_map(positions: np.ndarray) -> SoundMap:
    """Sounds at these positions, at random points of a space that is no ball."""
    generator = np.random.default_rng(1)
    scale = (np.eye(DIMS) + 0.3 * np.tril(generator.standard_normal((DIMS, DIMS)))).astype(np.float32)
    mean = np.full(DIMS, 0.5, np.float32)
    latents = (mean + generator.standard_normal((len(positions), DIMS)) @ scale.T).astype(np.float32)
    return SoundMap(positions.astype(np.float32), latents, mean, scale, [str(n) for n in range(len(positions))])


def spread(count: int, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 2))


def deviations(made: SoundMap, points: np.ndarray) -> np.ndarray:
    """Mahalanobis distances of `points` [n, dims] from the posterior's mean."""
    return np.linalg.norm(np.linalg.solve(made.scale, (points - made.mean).T), axis=0)


@pytest.fixture(scope="module")
def made() -> SoundMap:
    return sound_map(spread(518))


def test_a_finger_on_a_sound_finds_it_and_its_own_point(made):
    for index in range(0, 518, 25):
        place = made.positions[index].tolist()
        assert made.nearest(*place) == index
        assert np.allclose(made.blend(*place), made.latents[index], atol=1e-4)


@pytest.mark.parametrize("positions", [spread(518), 0.5 + 0.05 * spread(200)], ids=["spread", "a heap from afar"])
def test_a_blend_never_jumps(positions):
    """Steps a tenth as long change a tenth as much; a jump would not shrink."""
    made = sound_map(positions)
    line = np.linspace((0.2, 1.0), (0.7, 0.0), 10_001)
    points = np.array([made.blend(x, y) for x, y in line.tolist()])
    fine, coarse = (np.linalg.norm(np.diff(each, axis=0), axis=1).max() for each in (points, points[::10]))
    assert fine < 0.2 * coarse


def test_a_blend_lies_as_far_out_as_the_sounds(made):
    points = np.array([made.blend(x, y) for x, y in spread(400, seed=3).tolist()])
    sounds = deviations(made, made.latents)
    assert deviations(made, points).mean() == pytest.approx(sounds.mean(), rel=0.03)
    assert deviations(made, points).min() > 0.9 * sounds.min()


def test_opposite_sounds_blend_to_the_middle_and_not_to_nonsense():
    latents = np.array([[1.0, 0.0], [-1.0, 0.0]], np.float32)
    made = SoundMap(np.array([[0.0, 0.5], [1.0, 0.5]], np.float32), latents, np.zeros(2, np.float32), np.eye(2))
    assert np.abs(made.blend(0.5, 0.5)).max() < 1e-6


def test_a_sound_is_held_until_another_is_clearly_nearer():
    made = sound_map(np.array([[0.0, 0.5], [1.0, 0.5]]))
    assert [made.snap(x, 0.5, 0) for x in (0.5, 0.55, 0.56)] == [0, 0, 1]
    assert [made.snap(x, 0.5, 1) for x in (0.5, 0.45, 0.44)] == [1, 1, 0]
    assert made.snap(0.55, 0.5, None) == made.snap(0.55, 0.5, 7) == 1


@pytest.mark.parametrize(("x", "y", "like"), [
    (-3.0, 0.5, (0.0, 0.5)), (0.2, np.inf, (0.2, 1.0)), (-np.inf, 2.0, (0.0, 1.0)), (np.nan, 0.3, (0.0, 0.3)),
])  # fmt: skip
def test_a_place_beyond_the_edge_is_the_edge(made, x, y, like):
    assert made.nearest(x, y) == made.nearest(*like)
    assert np.array_equal(made.blend(x, y), made.blend(*like))


@pytest.mark.parametrize("positions", [
    np.full((1, 2), 0.5), np.full((2, 2), 0.5), np.full((300, 2), 0.5), np.full((20, 2), np.nan),
    0.5 + 0.4 * np.exp(2j * np.pi * np.arange(40) / 40)[:, None].view(float),
], ids=["one", "twins", "all in one place", "nowhere", "a circle"])  # fmt: skip
def test_a_map_of_any_shape_has_a_sound_everywhere(positions):
    made = sound_map(positions)
    for x, y in ((0.5, 0.5), (0.0, 1.0), (0.3, 0.7)):
        assert 0 <= made.nearest(x, y) < len(positions)
        assert np.isfinite(made.blend(x, y)).all()


def test_an_empty_map_is_refused_with_a_sentence():
    with pytest.raises(DataError, match="at least one sound"):
        sound_map(np.empty((0, 2)))


@pytest.mark.parametrize("positions", [
    spread(1000), spread(7), 0.5 + 1e-4 * spread(1000), np.repeat(spread(10), 100, axis=0),
], ids=["spread", "few", "one heap", "ten heaps of twins"])  # fmt: skip
def test_the_tree_finds_what_a_search_through_all_finds(positions):
    tree = Tree(positions.astype(np.float32))
    for place in spread(50, seed=3):
        all_ = np.sort(np.linalg.norm(positions.astype(np.float32) - place, axis=1))[:17]
        assert np.allclose(tree.nearest(*place.tolist(), 17)[1], all_, atol=1e-7)
