"""Ways through the latent space, and how much of it is used."""

import pytest
import torch

from latentaudio.core.evaluate_space import AMOUNTS, active_dims, linear, pairs, slerp, smoothness, total_kl
from tests.core.conftest import RATE

QUARTER = torch.tensor([[1.0, 0.0], [0.0, 1.0]])


def faded(amount: torch.Tensor) -> torch.Tensor:
    """Noise [n, 4096] at the gains `amount` [n, 1]."""
    return amount * torch.randn(4096, generator=torch.Generator().manual_seed(0))


def test_slerp_keeps_its_distance_from_the_origin_and_linear_does_not() -> None:
    arc, line = (path(*QUARTER, AMOUNTS).norm(dim=1) for path in (slerp, linear))
    assert torch.allclose(arc, torch.ones(65)) and line.min() == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("path", [slerp, linear])
def test_a_path_begins_and_ends_at_its_sounds(path) -> None:  # type: ignore[no-untyped-def]
    a, b = torch.randn(2, 128)
    points = path(a, b, AMOUNTS)
    assert torch.allclose(points[0], a, atol=1e-5) and torch.allclose(points[-1], b, atol=1e-5)


@pytest.mark.parametrize("towards", [1.0, -1.0])
def test_points_of_one_line_have_no_arc_but_a_path(towards: float) -> None:
    path = slerp(QUARTER[0], towards * QUARTER[0], AMOUNTS)
    assert torch.allclose(path[:, 1], torch.zeros(65)) and path.norm(dim=1).max() <= 1.0


def test_equal_steps_are_smooth_and_a_jump_is_not() -> None:
    even = torch.logspace(-2, 0, 65).unsqueeze(1)  # every step the same number of dB
    jump = torch.cat([torch.full((32, 1), 0.01), torch.ones(33, 1)])
    assert smoothness(faded, even, RATE) == pytest.approx(1.0, abs=0.01)
    assert smoothness(faded, jump, RATE) == pytest.approx(64.0, rel=0.01)


def test_only_dims_that_tell_sounds_apart_are_active() -> None:
    assert active_dims(torch.randn(100, 3) * torch.tensor([1.0, 0.01, 0.5])) == 2


def test_the_divergence_of_a_prior_from_itself_is_nothing() -> None:
    zeros = torch.zeros(5, 4)
    assert total_kl(zeros, zeros) == 0.0 and total_kl(zeros + 1.0, zeros) == pytest.approx(2.0)


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (2, 1), (500, 16)])
def test_a_pair_is_of_two_different_sounds(count: int, expected: int) -> None:
    chosen = pairs(count)
    assert chosen.shape == (expected, 2) and len(chosen.unique()) == 2 * expected
