"""Where a model's sounds lie on its map."""

import importlib.util

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from latentaudio.config import FACTORY_MODEL
from latentaudio.core import layout
from latentaudio.core.layout import lay_out, trustworthiness
from latentaudio.core.layout_even import even_out, occupied, wanted


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without umap-learn."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def heaps(count: int) -> np.ndarray:
    """Positions in four heaps that leave most of the surface bare."""
    centres = np.array([[0.1, 0.1], [0.2, 0.9], [0.8, 0.3], [0.9, 0.9]])
    return np.tile(centres, (count // 4, 1)) + 0.02 * np.random.default_rng(0).standard_normal((count, 2))


def test_the_factory_sounds_use_the_surface_and_keep_their_neighbours(monkeypatch) -> None:
    monkeypatch.setattr(layout, "SEEDS", 1)
    latents = load_file(FACTORY_MODEL)["library/latents"].astype(np.float32)
    flat = lay_out(torch.from_numpy(latents)).numpy()
    assert occupied(flat) >= 0.6 * 256
    assert trustworthiness(latents.astype(np.float64), flat) >= 0.85


@pytest.mark.parametrize("count", [28, 100, 500, 4000])
def test_heaps_are_spread_over_the_surface(count: int) -> None:
    assert occupied(heaps(count)) < wanted(count) <= occupied(even_out(heaps(count)))


def test_sounds_that_lie_evenly_stay_where_they_are() -> None:
    positions = np.random.default_rng(0).random((2000, 2))
    assert np.abs(even_out(positions) - positions).max() < 0.02


def test_spreading_tears_no_neighbours_apart() -> None:
    heap = 0.5 + 0.05 * np.random.default_rng(0).standard_normal((1000, 2))
    flat = even_out(heap)
    assert occupied(heap) < 0.2 * 256 < 0.6 * 256 <= occupied(flat)
    assert trustworthiness(heap, flat) > 0.999


@pytest.mark.usefixtures("bare")
def test_without_umap_the_map_shows_the_two_largest_components() -> None:
    points = torch.randn(600, 16) * torch.tensor([4.0, 3.0] + [0.1] * 14)
    flat = lay_out(points)
    assert abs(np.corrcoef(flat[:, 0], points[:, 0])[0, 1]) > 0.9
    assert occupied(flat.numpy()) >= wanted(600)


def test_a_few_sounds_keep_their_aspect() -> None:
    points = torch.cartesian_prod(torch.arange(4.0), 0.5 * torch.arange(3.0))
    flat = lay_out(points)
    width, height = (flat.amax(0) - flat.amin(0)).tolist()
    assert height / width == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("points", [
    torch.ones(1, 8), torch.ones(2, 8), torch.ones(600, 8), torch.full((20, 8), torch.nan), torch.randn(3, 1),
    torch.arange(15.0)[:, None].repeat(30, 8),
])  # fmt: skip
def test_whatever_the_sounds_each_has_a_place_of_its_own(points: torch.Tensor) -> None:
    flat = lay_out(points)
    assert flat.shape == (len(points), 2) and flat.min() >= 0.0 and flat.max() <= 1.0
    assert len(flat.unique(dim=0)) == len(points)
    assert occupied(flat.numpy()) >= wanted(len(points))


def test_the_same_sounds_have_the_same_map() -> None:
    points = torch.randn(40, 8)
    assert torch.equal(lay_out(points), lay_out(points))
