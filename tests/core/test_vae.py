"""The network: shapes, size, bounds."""

from dataclasses import replace

import pytest
import torch

from latentaudio.core.vae import Vae, VaeConfig


def test_a_sound_becomes_a_point_and_a_sound_again(config: VaeConfig, kicks: torch.Tensor) -> None:
    vae = Vae(config)
    mean, logvar = vae.encode(kicks)
    assert mean.shape == logvar.shape == (4, config.dims)
    assert vae.decode(mean).shape == kicks.shape


def test_the_default_fits_into_sixteen_megabytes_in_half_precision() -> None:
    assert sum(value.numel() for value in Vae(VaeConfig()).parameters()) <= 7_400_000


@pytest.mark.parametrize("seconds", [0.25, 0.5, 1.5, 4.0])
def test_any_length_comes_back_whole(config: VaeConfig, seconds: float) -> None:
    frames = round(seconds * 44100)
    vae = Vae(replace(config, frames=frames))
    assert vae.decode(vae.encode(torch.randn(1, frames))[0]).shape == (1, frames)


@pytest.mark.parametrize("size", [0.0, 1.0, 100.0, 1e6])
def test_no_point_decodes_to_more_than_the_headroom(config: VaeConfig, size: float) -> None:
    decoded = Vae(config).decode(size * torch.randn(4, config.dims))
    assert decoded.abs().max() <= 0.9  # false for NaN too


def test_a_spectrum_beyond_all_measure_stays_within_the_headroom(config: VaeConfig) -> None:
    vae = Vae(config)
    with torch.no_grad():
        vae.decoder.head.bias.fill_(500.0)  # a magnitude of e^500
    assert vae.decode(torch.zeros(1, config.dims)).abs().max().item() == pytest.approx(0.9, abs=1e-3)


def test_the_log_variance_never_falls_below_its_floor(config: VaeConfig) -> None:
    vae = Vae(config)
    with torch.no_grad():
        vae.encoder["logvar"].head.bias.fill_(-50.0)
    assert vae.encode(torch.randn(2, config.frames))[1].min() >= config.logvar_floor


def test_silence_encodes_to_numbers(config: VaeConfig) -> None:
    assert all(value.isfinite().all() for value in Vae(config).encode(torch.zeros(1, config.frames)))


def test_encoder_and_decoder_stages_mirror_each_other(config: VaeConfig) -> None:
    vae, seen = Vae(replace(config, encoder_channels=(8, 12, 16), decoder_channels=(16, 12, 8))), []
    for stage in [*vae.encoder["mean"].stages, *reversed(vae.decoder.stages)]:
        stage.register_forward_hook(lambda _, __, out: seen.append(out.shape))
    vae.decode(vae.encode(torch.randn(1, config.frames))[0])
    assert seen[:3] == seen[:2:-1]


def test_the_mean_and_the_spread_are_separate_networks(config: VaeConfig, kicks: torch.Tensor) -> None:
    vae = Vae(config)
    vae.encode(kicks)[1].sum().backward()
    assert all(value.grad is None for value in vae.encoder["mean"].parameters())
