"""Every network that a configuration can name: lengths, rates, learning, and one way to sound."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from latentaudio.config import FACTORY_MODEL
from latentaudio.core.checkpoint import load_model, read_config, save_model
from latentaudio.core.dataset import load_folder
from latentaudio.core.library import build_model
from latentaudio.core.losses import SpectralLoss
from latentaudio.core.vae import Vae, VaeConfig
from latentaudio.core.vae_config import spectrum_size

KINDS = [
    (network, blocks, skips)
    for network in ("unet", "simple")
    for blocks in ("convnext", "resblock")
    for skips in ("none", "generated")
]


@pytest.fixture(params=KINDS, ids="-".join)
def config(request: pytest.FixtureRequest, config: VaeConfig) -> VaeConfig:
    """Each kind of network in turn, as small as the others' tests have it."""
    network, blocks, skips = request.param
    small = replace(config, simple_channels=(8, 8, 16, 16, 16), skip_channels=8)
    return replace(small, network=network, blocks=blocks, skips=skips)


@pytest.mark.parametrize(("rate", "seconds"), [(22050, 0.25), (44100, 1.37), (96000, 4.0)])
def test_any_length_at_any_rate_comes_back_whole(config: VaeConfig, rate: int, seconds: float) -> None:
    n_fft, hop = spectrum_size(rate)
    frames = round(rate * seconds)
    vae = Vae(replace(config, sample_rate=rate, frames=frames, n_fft=n_fft, hop=hop))
    mean, logvar = vae.encode(torch.randn(1, frames))
    assert mean.shape == logvar.shape == (1, config.dims)
    assert vae.decode(mean).shape == (1, frames)


def test_a_step_of_training_uses_every_weight(config: VaeConfig, kicks: torch.Tensor) -> None:
    vae = Vae(config)
    vae.wean(0.3)
    heard = vae(kicks)
    (heard.audio.square().sum() + heard.logvar.sum() + heard.inconsistency).backward()
    assert [name for name, value in vae.named_parameters() if value.grad is None] == []


def test_it_learns(config: VaeConfig, kicks: torch.Tensor) -> None:
    vae, distance = Vae(config), SpectralLoss(config.sample_rate, config.frames)
    optimiser, losses = torch.optim.AdamW(vae.parameters(), lr=3e-3), []
    for step in range(25):
        vae.wean(step / 25)
        heard = vae(kicks)
        loss = torch.stack(list(distance(heard.audio, kicks).values())).sum() + 0.3 * heard.inconsistency
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert sum(losses[-5:]) < 0.95 * sum(losses[:5])


def test_it_begins_near_silence_and_stays_within_the_headroom(config: VaeConfig) -> None:
    vae = Vae(config)
    assert vae.decode(torch.randn(4, config.dims)).abs().max() < 0.3
    assert vae.decode(1e6 * torch.randn(4, config.dims)).abs().max() <= 0.9  # false for NaN too


def test_mean_and_spread_are_separate_networks(config: VaeConfig, kicks: torch.Tensor) -> None:
    vae = Vae(config)
    vae.encode(kicks)[1].sum().backward()
    assert all(value.grad is None for value in vae.encoder["mean"].parameters())
    assert all(value.grad is not None for value in vae.encoder["logvar"].parameters())


def test_encoder_and_decoder_stages_mirror_each_other(config: VaeConfig, kicks: torch.Tensor) -> None:
    vae, columns = Vae(config), []
    for stage in [*vae.encoder["mean"].stages, *reversed(vae.decoder.stages)]:
        stage.register_forward_hook(lambda _, __, out: columns.append(out.shape[1]))
    vae.decode(vae.encode(kicks)[0])
    half = len(columns) // 2
    assert columns[:half] == columns[: half - 1 : -1]


@pytest.mark.parametrize("network", ["unet", "simple"])
def test_the_default_sizes_grow_no_faster_than_the_length(network: str) -> None:
    def weights(seconds: int) -> int:
        with torch.device("meta"):
            return sum(value.numel() for value in Vae(VaeConfig(network=network, frames=seconds * 44100)).parameters())

    assert weights(1) <= 7_400_000 and weights(4) <= 4 * weights(1)


@pytest.mark.parametrize(("rate", "size"), [(22050, 256), (32000, 512), (44100, 512), (48000, 512), (96000, 1024)])
def test_a_column_lasts_as_long_at_any_rate(rate: int, size: int) -> None:
    assert spectrum_size(rate) == (size, size // 4)


def test_a_model_file_from_before_the_choice_is_a_unet() -> None:
    config = load_model(FACTORY_MODEL).vae.config
    assert (config.network, config.blocks, config.skips) == ("unet", "convnext", "none")


@pytest.mark.parametrize("key", ["network", "blocks", "skips"])
def test_an_unknown_choice_is_named(key: str) -> None:
    with pytest.raises(ValueError, match=f"{key} must be one of .* not 'giant'"):
        read_config({key: "giant"})


def test_stages_must_be_complete() -> None:
    with pytest.raises(ValueError, match="one entry for each stage"):
        VaeConfig(decoder_blocks=(1, 1))


def test_every_kind_comes_back_from_its_file(config: VaeConfig, folder: Path, tmp_path: Path) -> None:
    vae = Vae(config).requires_grad_(False).eval()
    save_model(build_model(vae, load_folder(folder, config), "any", {}), tmp_path / "any.safetensors")
    again, z = load_model(tmp_path / "any.safetensors").vae, torch.randn(2, config.dims)
    assert again.config == config
    assert torch.allclose(again.decode(z), vae.decode(z), atol=2e-3)  # half precision on the way
