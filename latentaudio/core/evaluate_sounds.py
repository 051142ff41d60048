"""How far a decoded sound is from the real one: five measures of pairs of sounds. On the caller's thread.

All of them take audio in -1..1, [batch, frames], and a rate in Hz. Spectra are those of `core.stft`: a periodic Hann
window, not normalised (a sine at full scale has magnitude n_fft / 4), column k centred on frame k * hop, zeros beyond
the ends.
"""

import torch
from torch import Tensor

from latentaudio.core.losses import FLOOR, LOW_BAND, N_FFTS, emphasise, magnitude
from latentaudio.core.mel import mel_bands
from latentaudio.core.stft import stft

ONSET_FRAMES = 2048
POWER_FLOOR = 1e-6  # of a mel band: 114 dB below a sine at full scale at n_fft 2048, 102 dB at 512


def log_mel(audio: Tensor, rate: int, bands: int = 80, n_fft: int = 2048, hop: int = 512) -> Tensor:
    """10 log10 of the power |STFT|² summed in each mel band, not below -60 dB: [batch, column, band]."""
    spectrum = stft(audio, torch.hann_window(n_fft, device=audio.device), hop)
    power = magnitude(spectrum).square() @ mel_bands(bands, n_fft, rate).to(audio.device)
    return 10.0 * power.clamp_min(POWER_FLOOR).log10()


def mel_db(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """Mean absolute difference of `log_mel` over all columns and its 80 bands (n_fft 2048, hop 512), dB, [batch].

    Columns of silence count. What a figure of another source means depends on its filters: with each band divided by
    its width in Hz (Slaney's, librosa's default) a loud sound is some 20 dB nearer the floor, and the same pairs come
    out at about 0.6 of what they do here.
    """
    return (log_mel(decoded, rate) - log_mel(target, rate)).abs().mean((1, 2))


def onset_mel_db(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """The same over the first 2,048 frames alone, cut before the STFT (40 bands, n_fft 512, hop 128), dB, [batch]."""
    got, wanted = (log_mel(audio[:, :ONSET_FRAMES], rate, 40, 512, 128) for audio in (decoded, target))
    return (got - wanted).abs().mean((1, 2))


def log_magnitude(decoded: Tensor, target: Tensor, rate: int) -> Tensor:
    """Mean absolute difference of ln max(|STFT|, 1e-3) over six STFTs of the pre-emphasised sounds, [batch].

    n_fft 128 to 4096, hop n_fft / 4, every STFT counting alike; pre-emphasis x[n] - 0.85 x[n - 1].
    """
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
