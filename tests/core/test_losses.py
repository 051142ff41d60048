"""What training minimises."""

import math

import pytest
import torch

from latentaudio.core.losses import SpectralLoss, free_bits, kl_per_dim, rise, running_minimum


@pytest.fixture
def loss() -> SpectralLoss:
    return SpectralLoss(44100, 8192)


def test_the_same_sound_costs_nothing(loss: SpectralLoss, kicks: torch.Tensor) -> None:
    assert all(term < 1e-4 for term in loss(kicks, kicks).values())


def test_a_flipped_polarity_is_heard_by_the_phase_aware_terms_alone(loss: SpectralLoss, kicks: torch.Tensor) -> None:
    terms = loss(-kicks, kicks)
    assert terms["convergence"] < 1e-4 and terms["log-magnitude"] < 1e-4
    assert terms["complex"] > 1.5 and terms["low band"] == pytest.approx(2.0, abs=0.01)


def test_a_quiet_sound_counts_as_much_as_a_loud_one(loss: SpectralLoss, kicks: torch.Tensor) -> None:
    level = torch.tensor([[1.0], [0.1], [0.1], [0.1]])
    alike, levelled = loss(0.5 * kicks, kicks), loss(0.5 * kicks * level, kicks * level)
    assert levelled["convergence"] == pytest.approx(alike["convergence"].item(), rel=0.02)
    assert levelled["low band"] == pytest.approx(alike["low band"].item(), rel=0.02)


def test_the_low_band_is_deaf_to_the_highs(loss: SpectralLoss, kicks: torch.Tensor) -> None:
    hiss = 0.3 * torch.sin(2.0 * math.pi * 6000.0 * torch.arange(8192) / 44100)
    assert loss(kicks + hiss, kicks)["low band"] < 0.02


def test_other_noise_is_as_good_as_the_same_but_not_less_of_it(loss: SpectralLoss) -> None:
    noise, other = torch.randn(2, 4, 8192).mul(0.1)
    bands = [loss(gain * other, noise)["bands"].item() for gain in (0.7, 1.0, 1.4)]
    assert bands[1] < min(bands[0], bands[2]) - 0.07


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_silence_has_finite_gradients(loss: SpectralLoss, kicks: torch.Tensor, target: float) -> None:
    decoded = torch.zeros_like(kicks, requires_grad=True)
    torch.stack(list(loss(decoded, target * kicks).values())).sum().backward()
    assert decoded.grad is not None and decoded.grad.isfinite().all()


def test_a_kick_never_rises_again(kicks: torch.Tensor) -> None:
    assert rise(kicks, 44100) < 0.01


def test_the_running_minimum_is_that_of_torch() -> None:
    x = torch.randn(3, 97)
    assert torch.equal(running_minimum(x), x.cummin(1).values)


def test_a_second_hit_is_a_rise(kicks: torch.Tensor) -> None:
    twice = torch.cat([kicks, 0.5 * kicks], dim=1)
    assert rise(twice, 44100) > 3.0
    assert rise(torch.zeros(2, 8192), 44100) == 0.0


def test_what_stirs_far_below_the_peak_is_no_rise(kicks: torch.Tensor) -> None:
    silence = torch.zeros(4, 4410)
    assert rise(torch.cat([kicks, silence, 0.003 * kicks], dim=1), 44100) < 0.01


def test_the_kl_of_a_unit_normal_is_zero() -> None:
    assert kl_per_dim(torch.zeros(3, 4), torch.zeros(3, 4)).tolist() == [0.0] * 4


def test_the_kl_is_that_of_torch() -> None:
    mean, logvar = torch.randn(1, 4), torch.randn(1, 4)
    normal = torch.distributions.Normal(mean, (0.5 * logvar).exp())
    theirs = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0))
    assert torch.allclose(kl_per_dim(mean, logvar), theirs[0], atol=1e-5)


def test_free_bits_are_bits() -> None:
    nats = torch.tensor([0.0, 0.25 * math.log(2.0), 1.0])  # nothing, a quarter bit, plenty
    assert free_bits(nats, bits=0.25) == pytest.approx(2 * 0.25 * math.log(2.0) + 1.0)


def test_a_dim_below_its_free_bits_is_left_alone() -> None:
    nats = torch.tensor([0.1, 1.0], requires_grad=True)  # 0.14 and 1.4 bits
    free_bits(nats, bits=0.25).backward()
    assert nats.grad is not None and nats.grad.tolist() == [0.0, 1.0]
