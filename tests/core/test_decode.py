"""The decoder as the renderer plays it: shorter numbers only where nobody can tell."""

from dataclasses import replace

import pytest
import torch

from latentaudio.core import decode
from latentaudio.core.decode import fast_decoder, short_decoder, snr_db
from latentaudio.core.evaluate_speed import shortening
from latentaudio.core.vae import Vae, VaeConfig

HALF = {"cpu": torch.float16}


@pytest.fixture
def vae(config: VaeConfig) -> Vae:
    return Vae(config).requires_grad_(False).eval()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_the_same_sound_and_leaves_the_network_as_it_is(vae: Vae, dtype: torch.dtype) -> None:
    change = shortening(vae, torch.randn(16, 4), dtype)
    assert 35.0 < change["least SNR dB"] <= change["median SNR dB"] < 100.0 and change["largest mel dB"] < 0.2
    assert {value.dtype for value in vae.parameters()} == {torch.float32}


def test_the_fast_decoder_is_short_where_the_device_gains(vae: Vae, monkeypatch: pytest.MonkeyPatch) -> None:
    points = torch.randn(3, 4)
    exact = vae.decode(points)
    assert torch.equal(fast_decoder(vae, points, (1,))(points), exact)
    monkeypatch.setattr(decode, "PRECISION", HALF)
    monkeypatch.setattr(decode, "LEAST_SNR_DB", 30.0)
    assert torch.equal(fast_decoder(vae, points, (1,))(points), short_decoder(vae, torch.float16)(points))


def test_a_network_that_half_precision_would_harm_keeps_its_own(vae: Vae, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "PRECISION", HALF)
    points = torch.randn(3, 4)
    vae.decoder.start.weight.mul_(1e6)  # beyond the largest number of half precision
    assert not short_decoder(vae, torch.float16)(points).isfinite().all()
    assert torch.equal(fast_decoder(vae, points, (1,))(points), vae.decode(points))


def test_an_error_a_thousandth_as_loud_lies_60_db_below() -> None:
    sound = torch.randn(2, 1000)
    assert snr_db(sound, 1.001 * sound).tolist() == pytest.approx([60.0, 60.0], abs=0.01)


@pytest.mark.parametrize(
    ("network", "blocks", "cudnn"),
    [("unet", "convnext", False), ("unet", "resblock", True), ("simple", "convnext", True)],
)
def test_cudnn_is_left_out_where_each_channel_is_convolved_alone(
    config: VaeConfig, network: str, blocks: str, cudnn: bool
) -> None:
    with decode.kernels_of(Vae(replace(config, network=network, blocks=blocks))):
        assert torch.backends.cudnn.enabled == cudnn
    assert torch.backends.cudnn.enabled
