"""How close two sounds are, in numbers that mean what they say."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentaudio.core.checkpoint import load_model
from latentaudio.core.evaluate import MEASURES, reconstruct, summary
from latentaudio.core.evaluate_sounds import log_mel, low_band_snr, mel_db, onset_mel_db, snr
from latentaudio.errors import DataError
from tests.core.conftest import RATE, kick


@pytest.fixture
def noise() -> torch.Tensor:
    return torch.randn(2, RATE)


def test_a_perfect_copy_is_perfect(noise: torch.Tensor) -> None:
    assert all(
        measure(noise, noise, RATE).abs().max() < 1e-4 for name, measure in MEASURES.items() if "snr" not in name
    )
    assert snr(noise, noise, RATE).min() > 100.0


def test_a_gain_of_six_decibels_is_six_decibels_of_mel(noise: torch.Tensor) -> None:
    assert mel_db(2.0 * noise, noise, RATE).mean() == pytest.approx(6.02, abs=0.01)


def test_a_sine_at_full_scale_is_114_decibels_above_the_floor() -> None:
    sine = torch.sin(torch.arange(RATE) * 2.0 * np.pi * 430.6640625 / RATE).unsqueeze(0)  # bin 20 of 2048
    mel = log_mel(torch.cat([sine, 0.0 * sine]), RATE)
    assert mel[1].max() == pytest.approx(-60.0) and 110.0 < mel[0].max() + 60.0 < 116.0


def test_the_onset_is_the_first_2048_frames(noise: torch.Tensor) -> None:
    late = noise.clone()
    late[:, 2048:] = 0.0
    assert onset_mel_db(late, noise, RATE).max() == 0.0 < mel_db(late, noise, RATE).min()


def test_an_error_of_a_tenth_is_twenty_decibels(noise: torch.Tensor) -> None:
    assert snr(1.1 * noise, noise, RATE).mean() == pytest.approx(20.0, abs=0.01)


def test_the_low_band_ignores_the_highs() -> None:
    sound = torch.from_numpy(kick(RATE)).unsqueeze(0)
    hiss = 0.2 * torch.sin(torch.arange(RATE) * 2.0 * np.pi * 5000.0 / RATE)
    assert low_band_snr(sound + hiss, sound, RATE) > 40.0 > 10.0 > snr(sound + hiss, sound, RATE)


def test_one_hopeless_sound_does_not_rule_the_signal_to_noise_ratio() -> None:
    values = torch.tensor([10.0, 12.0, -50.0]).repeat(len(MEASURES), 1)
    assert summary(values)["snr_db"] == 10.0 and summary(values)["mel_db"] == pytest.approx(-9.333, abs=0.001)


def test_a_sound_of_any_rate_is_reconstructed_at_the_models(tiny_model: Path) -> None:
    model = load_model(tiny_model)
    decoded = reconstruct(model, kick(), 48000)
    assert decoded.shape == (model.vae.config.frames,) and decoded.dtype == np.float32


def test_silence_cannot_be_reconstructed(tiny_model: Path) -> None:
    with pytest.raises(DataError, match="silent"):
        reconstruct(load_model(tiny_model), np.zeros(1000, np.float32), RATE)
