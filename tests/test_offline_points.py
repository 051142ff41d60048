"""Points of a morph, a walk and variations: the same each time, and where they are said to be."""

from pathlib import Path

import numpy as np
import pytest

from latentaudio.errors import UsageError
from latentaudio.latent.library import Library, read_library
from latentaudio.latent.walk_settings import WalkSettings
from latentaudio.offline_points import modified, morph, variations, walk


@pytest.fixture
def library(tiny_model: Path) -> Library:
    return read_library(tiny_model)


@pytest.mark.parametrize("method", ["linear", "slerp", "sounds"])
def test_a_morph_passes_through_its_stations(library, method):
    points = morph(library, list(library.latents[:3]), 9, method)
    assert np.array_equal(points[[0, 4, 8]], library.latents[:3]) and len(np.unique(points, axis=0)) == 9


def test_a_morph_of_one_station_is_refused(library):
    with pytest.raises(UsageError, match="two stations"):
        morph(library, list(library.latents[:1]), 9, "slerp")


def test_a_walk_begins_at_its_start_and_goes_on(library):
    points = walk(library, library.kit[0], 5, 0.5, WalkSettings(), seed=3)
    assert np.array_equal(points[0], library.kit[0]) and len(np.unique(points, axis=0)) == 5


def test_a_walk_with_momentum_leads_away(library):
    settings = WalkSettings(step=0.1, momentum=1.0, pull=0.0)
    points = walk(library, library.kit[0], 6, 0.05, settings, seed=3)
    away = np.linalg.norm(points - points[0], axis=1)
    assert away[5] > 3.0 * away[1] > 0.0


def test_a_longer_walk_begins_as_the_shorter_one(library):
    short, long = (walk(library, library.kit[0], count, 0.5, WalkSettings(), seed=3) for count in (4, 9))
    assert np.array_equal(long[:4], short)


def test_another_seed_walks_and_varies_elsewhere(library):
    first, second = (walk(library, library.kit[0], 4, 0.5, WalkSettings(), seed=seed) for seed in (3, 4))
    assert not np.allclose(first[1:], second[1:])
    first, second = (variations(library, library.kit[0], 16, 0.3, seed) for seed in (3, 4))
    assert not np.allclose(first[1:], second[1:])


@pytest.mark.parametrize(("count", "middle"), [(9, 4), (16, 0)])
def test_variations_hold_what_they_are_like(library, count, middle):
    points = variations(library, library.kit[2], count, 0.3, seed=0)
    assert len(points) == count and np.array_equal(points[middle], library.kit[2])


def test_an_attribute_moves_every_point(attributed_model):
    library = read_library(attributed_model)
    moved = modified(library, library.kit, [("brightness", 1.0)])
    assert (np.abs(moved - library.kit).max(1) > 0.01).all()


def test_an_attribute_given_twice_adds_up(attributed_model):
    library = read_library(attributed_model)
    once, twice = (modified(library, library.kit, [("click", 0.05)] * times) for times in (1, 2))
    assert np.array_equal(twice, modified(library, library.kit, [("click", 0.1)])) and not np.array_equal(twice, once)


def test_an_attribute_that_is_none_names_the_nearest(attributed_model, library):
    with pytest.raises(UsageError, match="did you mean 'brightness'"):
        modified(read_library(attributed_model), library.kit, [("brigthness", 1.0)])
    with pytest.raises(UsageError, match="tiny has no attributes"):
        modified(library, library.kit, [("brightness", 1.0)])
