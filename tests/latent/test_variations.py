"""Variations, draws and zero lie where sounds are and leave locked dims alone."""

import numpy as np
import pytest

from latentaudio.latent.posterior import Posterior
from latentaudio.latent.variations import centre_of, draw_unlocked, vary, zero_unlocked

DIMS = 6
MEAN = np.arange(DIMS, dtype=np.float32)
SCALE = np.tril(np.random.default_rng(2).uniform(-0.5, 0.5, (DIMS, DIMS)) + np.eye(DIMS)).astype(np.float32)
COVARIANCE = SCALE @ SCALE.T
LOCKED = np.array([True, False, False, True, False, False])
FREE, HELD = Posterior(MEAN, SCALE), Posterior(MEAN, SCALE, LOCKED)
CENTRE = MEAN + 1


def cells(count: int, intensity: float = 0.5, posterior: Posterior = FREE, seed: int = 1) -> np.ndarray:
    return vary(CENTRE, intensity, count, np.random.default_rng(seed), posterior)


def many(count: int, intensity: float = 0.5) -> np.ndarray:
    return np.stack([cells(count, intensity, seed=seed) for seed in range(800)])


@pytest.mark.parametrize(("count", "where"), [(9, 4), (16, 0), (1, 0)])
def test_the_centre_is_one_of_its_variations(count, where):
    made = cells(count)
    assert made.shape == (count, DIMS)
    assert centre_of(count) == where
    assert np.array_equal(made[where], CENTRE)


def test_the_same_seed_makes_the_same_variations():
    assert np.array_equal(cells(16), cells(16))
    assert not np.array_equal(cells(16), cells(16, seed=2))


def test_variations_spread_like_the_sounds_by_the_intensity():
    apart = np.delete(many(9, 0.5) - CENTRE, 4, axis=1).reshape(-1, DIMS)
    assert np.allclose(np.cov(apart.T), 0.25 * COVARIANCE, atol=0.05)


@pytest.mark.parametrize(("asked", "given"), [(0.0, 0.01), (5.0, 1.0)])
def test_the_intensity_is_clipped(asked, given):
    assert np.array_equal(cells(9, asked), cells(9, given))


def test_neighbours_on_the_grid_are_more_alike_than_distant_ones():
    made = many(16)
    apart = [np.linalg.norm(made[:, 5] - made[:, other], axis=1).mean() for other in (6, 7, 15)]
    assert apart[0] < 0.9 * apart[1] < 0.95 * apart[2]


def test_variations_keep_locked_dims():
    assert (cells(16, posterior=HELD)[:, LOCKED] == CENTRE[LOCKED]).all()


def test_all_locked_leaves_nothing_to_vary():
    assert np.array_equal(cells(9, posterior=Posterior(MEAN, SCALE, np.ones(DIMS, bool))), [CENTRE] * 9)


def draws(posterior: Posterior, temperature: float = 1.0) -> np.ndarray:
    generator = np.random.default_rng(3)
    return np.stack([draw_unlocked(CENTRE, temperature, generator, posterior) for _ in range(10_000)])


def test_a_draw_without_locks_is_one_of_the_library():
    point = draw_unlocked(CENTRE, 2.0, np.random.default_rng(3), FREE)
    assert np.allclose(point, MEAN + 2.0 * SCALE @ np.random.default_rng(3).standard_normal(DIMS), atol=1e-5)


def test_a_draw_with_locks_comes_from_the_sounds_that_have_them():
    drawn = draws(HELD)
    assert (drawn[:, LOCKED] == CENTRE[LOCKED]).all()
    across, held = COVARIANCE[np.ix_(~LOCKED, LOCKED)], COVARIANCE[np.ix_(LOCKED, LOCKED)]
    gain = across @ np.linalg.inv(held)
    assert np.allclose(drawn[:, ~LOCKED].mean(0), MEAN[~LOCKED] + gain @ [1.0, 1.0], atol=0.05)
    left = COVARIANCE[np.ix_(~LOCKED, ~LOCKED)] - gain @ across.T
    assert np.allclose(np.cov(drawn[:, ~LOCKED].T), left, atol=0.06)


def test_zero_respects_locks():
    assert np.array_equal(zero_unlocked(CENTRE, HELD), np.where(LOCKED, CENTRE, 0.0))
    assert zero_unlocked(CENTRE, HELD).dtype == np.float32


def test_a_library_without_spread_varies_nothing():
    flat = Posterior(MEAN, np.zeros((DIMS, DIMS), np.float32))
    assert np.array_equal(cells(9, posterior=flat), [CENTRE] * 9)
