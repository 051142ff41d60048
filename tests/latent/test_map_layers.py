"""A model's sounds, a folder's and random ones on one map, and the window that shows a part of it."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latentaudio.config import FACTORY_MODEL
from latentaudio.errors import DataError, ModelError
from latentaudio.latent.library import Library, read_library
from latentaudio.latent.map import SoundMap
from latentaudio.latent.map_layers import data_layer, model_layer, place, synth_layer
from latentaudio.latent.map_window import Window


@pytest.fixture(scope="module")
def factory() -> Library:
    return read_library(FACTORY_MODEL)


@pytest.fixture(scope="module")
def model(factory) -> SoundMap:
    return model_layer(factory)


def test_the_model_layer_knows_its_sounds_by_name_and_measure(model):
    assert len(model) == len(model.names) == len(model.descriptors) == 518
    assert "brightness" in model.descriptor_names and model.descriptors.shape[1] == len(model.descriptor_names)


def test_a_known_sound_of_a_folder_lies_where_the_model_has_it(model):
    layer = data_layer(model, model.latents[40:60].copy(), [str(n) for n in range(20)])
    assert np.allclose(layer.positions, model.positions[40:60], atol=1e-4)
    assert layer.names[3] == "3"


def test_an_unknown_sound_lies_near_those_that_it_is_like(model):
    others = np.arange(518) % 10 > 0
    rest = SoundMap(model.positions[others], model.latents[others], model.mean, model.scale)
    apart = np.linalg.norm(place(rest, model.latents[~others]) - model.positions[~others], axis=1)
    assert np.median(apart) < 0.1


def test_random_sounds_are_those_of_their_seed_and_share_no_place(model, factory):
    one, again, other = (synth_layer(model, factory, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.positions, again.positions) and not np.array_equal(one.latents, other.latents)
    assert len(np.unique(one.positions, axis=0)) == len(one) == 500


@pytest.mark.parametrize(("latents", "why"), [
    (np.zeros((3, 5), np.float32), "not of this model"), (np.full((3, 128), np.nan, np.float32), "not of this model"),
    (np.zeros((0, 128), np.float32), "at least one sound"),
])  # fmt: skip
def test_what_is_no_sound_of_this_model_is_refused_with_a_sentence(model, latents, why):
    with pytest.raises(DataError, match=why):
        data_layer(model, latents, [])


def test_one_sound_is_enough_to_place_others(model):
    lonely = SoundMap(model.positions[:1], model.latents[:1], model.mean, model.scale)
    assert np.allclose(place(lonely, model.latents[:5]), model.positions[0])


def test_a_map_that_does_not_fit_its_sounds_is_refused(tiny_model, tmp_path):
    from safetensors import safe_open

    path = tmp_path / "m.safetensors"
    with safe_open(tiny_model, "numpy") as file:
        save_file(load_file(tiny_model) | {"library/map": np.zeros((7, 2), np.float32)}, path, file.metadata())
    with pytest.raises(ModelError, match="does not fit its 20 sounds"):
        model_layer(read_library(path))


def test_an_unzoomed_window_is_the_map():
    assert Window().inside(0.3, 0.9) == pytest.approx((0.3, 0.9))
    assert Window(x=0.1).inside(0.3, 0.9) == pytest.approx((0.3, 0.9))


@pytest.mark.parametrize(("window", "corner", "opposite"), [
    (Window(4.0), (0.375, 0.375), (0.625, 0.625)), (Window(4.0, 0.0, 1.0), (0.0, 0.75), (0.25, 1.0)),
    (Window(1000.0, 0.5, 0.5), (0.484375, 0.484375), (0.515625, 0.515625)),
])  # fmt: skip
def test_a_window_shows_its_part_and_no_more(window, corner, opposite):
    assert window.inside(0.0, 0.0) == pytest.approx(corner) == window.inside(-1.0, float("nan"))
    assert window.inside(1.0, 1.0) == pytest.approx(opposite) == window.inside(2.0, float("inf"))


def test_a_place_on_the_map_is_found_again_on_the_surface():
    window = Window(8.0, 0.3, 0.9)
    assert window.outside(*window.inside(0.2, 0.7)) == pytest.approx((0.2, 0.7))
    assert window.outside(0.9, 0.9)[0] > 1.0
