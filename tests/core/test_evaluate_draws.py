"""Clouds of sounds: alike clouds are near, different ones far, copies are found."""

import pytest
import torch

from latentaudio.core.evaluate_draws import compare, features, fit_components, frechet, mmd, nearest_mel_db
from tests.core.conftest import RATE, kick


@pytest.fixture
def clouds() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Draws, training and held-out features of one distribution, units far apart: [100, 20] to [400, 20]."""
    unit = torch.logspace(-2, 3, 20)
    return unit * torch.randn(100, 20), unit * torch.randn(400, 20), unit * torch.randn(100, 20)


def test_the_frechet_distance_of_two_normal_clouds_is_known() -> None:
    a, b = torch.randn(20_000, 2).double(), 2.0 * torch.randn(20_000, 2).double() + torch.tensor([3.0, 0.0])
    assert float(frechet(a, b)) == pytest.approx(9.0 + 2.0 * (2.0 - 1.0) ** 2, rel=0.03)


def test_the_frechet_distance_knows_that_covariances_turn() -> None:
    wide = torch.randn(20_000, 2).double() * torch.tensor([3.0, 1.0])
    turned = wide @ torch.tensor([[1.0, 1.0], [-1.0, 1.0]]).double() / 2**0.5  # by 45 degrees
    assert float(frechet(wide, turned)) == pytest.approx(20.0 - 2.0 * 68.0**0.5, rel=0.05)


def test_the_mmd_of_alike_clouds_is_nothing_in_the_mean() -> None:
    one = torch.tensor(1.0)
    alike = [mmd(torch.randn(30, 2), torch.randn(30, 2), one) for _ in range(100)]
    assert abs(sum(alike) / 100) < 0.005 < mmd(torch.randn(30, 2), torch.randn(30, 2) + 1.0, one)


def test_draws_as_good_as_real_sounds_lie_at_the_floor(clouds: tuple[torch.Tensor, ...]) -> None:
    _, _, ratio, *_ = compare(*clouds)
    assert ratio.low < 1.0 < ratio.high and ratio.median == pytest.approx(1.0, abs=0.2)


def test_draws_that_miss_half_of_the_variety_lie_above_it(clouds: tuple[torch.Tensor, ...]) -> None:
    drawn, train, held_out = clouds
    _, _, ratio, distance, floor = compare(0.3 * drawn, train, held_out)
    assert ratio.low > 1.5 and distance > floor


def test_too_few_sounds_cannot_be_compared(clouds: tuple[torch.Tensor, ...]) -> None:
    with pytest.raises(ValueError, match="too few"):
        compare(clouds[0], clouds[1], clouds[2][:8])


def test_every_feature_counts_alike_whatever_its_unit(clouds: tuple[torch.Tensor, ...]) -> None:
    rows = clouds[1]
    projected = fit_components(rows)(rows)
    assert torch.allclose(projected.abs(), fit_components(1000.0 * rows)(1000.0 * rows).abs(), atol=1e-6)
    assert float(projected.var(0).max()) < 2.0


def test_a_copy_is_found_in_whichever_batch_it_is(kicks: torch.Tensor) -> None:
    other = torch.from_numpy(kick(start=900.0, end=300.0)).unsqueeze(0)
    nearest = nearest_mel_db(torch.cat([kicks, other]), kicks.split(2), RATE)
    assert nearest[:4].max() < 1e-3 and nearest[4] > 1.0


def test_a_sound_has_86_finite_features(kicks: torch.Tensor) -> None:
    found = features(torch.cat([kicks, torch.zeros_like(kicks[:1])]), RATE)
    assert found.shape == (5, 86) and found.isfinite().all()
