"""How close a model comes to real sounds, always measured the same way."""

import numpy as np
import torch
from torch import Tensor

from latentaudio.core.audio import Audio, one_shot
from latentaudio.core.checkpoint import Model
from latentaudio.core.dataset import Dataset
from latentaudio.core.losses import FLOOR, LOW_BAND, N_FFTS, emphasise, magnitude
from latentaudio.core.stft import stft
from latentaudio.core.vae import Vae

ONSET_FRAMES = 2048
POWER_FLOOR = 1e-6  # of a mel band
BATCH = 32


def mel_bands(bands: int, n_fft: int, rate: int) -> Tensor:
    """Triangular bands of equal width on the mel scale (O'Shaughnessy), peak 1: [n_fft / 2 + 1, bands]."""
    top = 2595.0 * np.log10(1.0 + rate / 2.0 / 700.0)
    edges = 700.0 * (10.0 ** (torch.linspace(0.0, float(top), bands + 2) / 2595.0) - 1.0)
    frequency = torch.fft.rfftfreq(n_fft, 1.0 / rate).unsqueeze(1)
    rising = (frequency - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequency) / (edges[2:] - edges[1:-1])
    return torch.minimum(rising, falling).clamp_min(0.0)


def log_mel(audio: Tensor, rate: int, bands: int, n_fft: int, hop: int) -> Tensor:
    """Power in mel bands, dB, [batch, column, band]."""
    spectrum = stft(audio, torch.hann_window(n_fft, device=audio.device), hop)
    power = magnitude(spectrum).square() @ mel_bands(bands, n_fft, rate).to(audio.device)
    return 10.0 * power.clamp_min(POWER_FLOOR).log10()


def mel_db(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """Mean difference of 80-band log-mel power (n_fft 2048, hop 512) in dB, [batch]."""
    got, wanted = (log_mel(audio, rate, 80, 2048, 512) for audio in (decoded, target))
    return (got - wanted).abs().mean((1, 2))


def onset_mel_db(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """The same over the first 2,048 frames (40 bands, n_fft 512, hop 128), dB, [batch]."""
    got, wanted = (log_mel(audio[:, :ONSET_FRAMES], rate, 40, 512, 128) for audio in (decoded, target))
    return (got - wanted).abs().mean((1, 2))


def log_magnitude(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """Mean difference of the natural log of six pre-emphasised STFTs' magnitudes, [batch]."""
    decoded, target = emphasise(decoded), emphasise(target)
    terms = []
    for n_fft in N_FFTS:
        window = torch.hann_window(n_fft, device=target.device)
        got, wanted = (magnitude(stft(audio, window, n_fft // 4)) for audio in (decoded, target))
        difference = got.clamp_min(FLOOR).log() - wanted.clamp_min(FLOOR).log()
        terms.append(difference.abs().mean((1, 2)))
    return torch.stack(terms).mean(0)


def snr(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """Signal over error, dB, [batch]."""
    error = (decoded - target).square().sum(1)
    return 10.0 * (target.square().sum(1) / error.clamp_min(1e-12)).log10()


def low_band_snr(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """Signal over error below 600 Hz, dB, [batch]."""
    bins = int(LOW_BAND * target.shape[1] / rate)
    wanted = torch.view_as_real(torch.fft.rfft(target)[:, :bins])
    error = wanted - torch.view_as_real(torch.fft.rfft(decoded)[:, :bins])
    ratio = wanted.square().sum((1, 2)) / error.square().sum((1, 2)).clamp_min(1e-12)
    return 10.0 * ratio.log10()


MEASURES = {
    "mel dB": mel_db,
    "onset mel dB": onset_mel_db,
    "log-magnitude": log_magnitude,
    "SNR dB": snr,
    "low-band SNR dB": low_band_snr,
}
MEDIANS = {"SNR dB", "low-band SNR dB"}  # a few hopeless sounds would rule a mean


@torch.inference_mode()
def evaluate(vae: Vae, dataset: Dataset) -> dict[str, float]:
    """Every measure over the sounds of `dataset`, decoded from their encoder means."""
    device = next(vae.parameters()).device
    rows = []
    for target in dataset.batches(BATCH, device):
        decoded = vae.decode(vae.encode(target)[0])
        row = [measure(decoded, target, vae.config.sample_rate).cpu() for measure in MEASURES.values()]
        rows.append(torch.stack(row))
    values = torch.cat(rows, dim=1)
    return {
        name: round(float(row.median() if name in MEDIANS else row.mean()), 3)
        for name, row in zip(MEASURES, values, strict=True)
    }


@torch.inference_mode()
def reconstruct(model: Model, audio: Audio, rate: int) -> Audio:
    """`audio` [frames] at `rate` Hz as the model hears it, [model frames] at the model's rate.

    It is aligned and levelled as in training. Raises DataError for what holds no sound.
    """
    config = model.vae.config
    shot = one_shot(audio, rate, config.sample_rate, config.frames)
    padded = np.pad(shot, (0, config.frames - shot.size))
    device = next(model.vae.parameters()).device
    mean, _ = model.vae.encode(torch.from_numpy(padded).to(device).unsqueeze(0))
    decoded: Audio = model.vae.decode(mean)[0].cpu().numpy()
    return decoded
