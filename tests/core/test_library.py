"""What a network says of its sounds."""

import pytest
import torch

from latentaudio.core.library import choose_kit, fit_posterior


def test_the_posterior_has_the_points_mean_and_covariance() -> None:
    mixing = torch.tensor([[2.0, 0.0], [1.0, 0.5]])
    points = torch.randn(20_000, 2) @ mixing.T + torch.tensor([3.0, -1.0])
    mean, scale = fit_posterior(points, torch.full((20_000,), 1 / 20_000))
    assert torch.allclose(mean, torch.tensor([3.0, -1.0]), atol=0.1)
    assert torch.allclose(scale @ scale.T, mixing @ mixing.T, atol=0.1)


def test_few_points_are_shrunk_towards_a_ball() -> None:
    points = torch.randn(5, 50)
    _, scale = fit_posterior(points, torch.full((5,), 0.2))
    assert torch.linalg.eigvalsh(scale @ scale.T).min() > 0.3


def test_weights_decide_who_counts() -> None:
    mean, _ = fit_posterior(torch.tensor([[0.0], [4.0]]), torch.tensor([0.75, 0.25]))
    assert mean.item() == pytest.approx(1.0)


def test_a_single_sound_has_a_posterior() -> None:
    mean, scale = fit_posterior(torch.ones(1, 8), torch.ones(1))
    assert mean.tolist() == [1.0] * 8 and scale.isfinite().all()


def test_the_kit_takes_one_sound_of_each_cluster() -> None:
    centres = 100.0 * torch.eye(16)
    points = centres.repeat_interleave(20, dim=0) + torch.randn(320, 16)
    assert sorted(index // 20 for index in choose_kit(points, 16)) == list(range(16))


def test_the_kit_never_takes_a_sound_twice() -> None:
    twins = torch.randn(10, 8).repeat(2, 1)
    assert len(set(choose_kit(twins, 16))) == 16


def test_a_small_library_is_its_own_kit() -> None:
    assert sorted(choose_kit(torch.randn(5, 8), 16)) == [0, 1, 2, 3, 4]
