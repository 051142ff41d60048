"""Dots: a model's sounds where its map has them, not more than a tablet can draw."""

import numpy as np
import pytest

from latentaudio.latent.library import read_library
from latentaudio.latent.map_layers import model_layer
from latentaudio.surface import dots
from latentaudio.surface.dots import read_dots


def test_every_sound_of_a_small_model_is_a_dot(tiny_model):
    positions = model_layer(read_library(tiny_model)).positions
    assert np.allclose([(dot.x, dot.y) for dot in read_dots(tiny_model)], positions)


def test_of_a_large_library_some_are_shown_from_its_beginning_to_its_end(tiny_model, monkeypatch):
    monkeypatch.setattr(dots, "MOST", 5)
    positions = model_layer(read_library(tiny_model)).positions
    assert [dot.x for dot in read_dots(tiny_model)] == pytest.approx(positions[[0, 4, 8, 12, 16], 0].tolist())
