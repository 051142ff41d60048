"""What training minimises: how far a decoded one-shot is from the real one, and how much its z says.

Magnitudes are those of an unscaled Hann STFT: a sine at full scale has n_fft / 4.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentaudio.core.mel import mel_bands
from latentaudio.core.stft import stft

N_FFTS = (128, 256, 512, 1024, 2048, 4096)  # hop is a quarter of each
PRE_EMPHASISED = (128, 512, 2048)  # every second one hears the highs louder, the others the body
PRE_EMPHASIS = 0.85
BANDS = {256: 32, 1024: 64}  # mel bands of two STFTs, whose energy must be right where phases cannot be
FLOOR = 1e-3  # of a magnitude; white noise at -90 dB has about as much at n_fft 2048
LOW_BAND = 600.0  # Hz: a kick's body is one sweep below it, with a fixed start phase
RISE = 3.0  # dB that a beating body may grow again; real kicks do by 0.03 dB in the mean at the 95th percentile
BITS_PER_NAT = 1.0 / math.log(2.0)


class SpectralLoss(nn.Module):
    """Multi-resolution STFT distance with a phase-aware term, and the low band's waveform.

    Spectral convergence and log-magnitude follow Yamamoto et al. 2020 (Parallel WaveGAN), but convergence is
    taken per sound, with a floor: over a batch the loudest sounds would hide the others.
    """

    def __init__(self, sample_rate: int, frames: int, bands: float = 1.0, fuse: bool = False) -> None:
        """`bands`: weight of a neper. `fuse`: compile the comparison of spectra, which pays in a run of minutes."""
        super().__init__()
        self.bands = bands
        self._terms = torch.compile(spectral_terms) if fuse else spectral_terms
        self._bands = torch.compile(band_distance) if fuse else band_distance
        for n_fft, count in BANDS.items():
            self.register_buffer(f"bands_{n_fft}", mel_bands(count, n_fft, sample_rate), persistent=False)
        for n_fft in N_FFTS:
            self.register_buffer(f"window_{n_fft}", torch.hann_window(n_fft), persistent=False)
        frequency = torch.fft.rfftfreq(frames, 1.0 / sample_rate)
        frequency = frequency[frequency < 4.0 * LOW_BAND]
        self.low_pass: Tensor
        # Magnitude of a fourth-order Butterworth low-pass.
        self.register_buffer("low_pass", (1.0 + (frequency / LOW_BAND) ** 8).rsqrt(), persistent=False)

    def forward(self, decoded: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Scalar terms by name, of two batches [batch, frames]; silence in place of sound costs about 1."""
        decoded_high, target_high = emphasise(decoded), emphasise(target)
        terms, bands = [], []
        for n_fft in N_FFTS:
            pair = (decoded_high, target_high) if n_fft in PRE_EMPHASISED else (decoded, target)
            window = self.get_buffer(f"window_{n_fft}")
            got, wanted = (torch.view_as_real(stft(audio, window, n_fft // 4)) for audio in pair)
            terms.append(self._terms(got, wanted))
            if n_fft in BANDS:
                bands.append(self._bands(got, wanted, self.get_buffer(f"bands_{n_fft}")))
        convergence, log_magnitude, phase = torch.stack(terms).mean(0)
        return {
            "convergence": convergence,
            "log-magnitude": log_magnitude,
            "complex": phase,
            "bands": self.bands * torch.stack(bands).mean(),
            "low band": self.low_band(decoded, target),
        }

    def low_band(self, decoded: Tensor, target: Tensor) -> Tensor:
        """Relative L2 of the waveforms below some 600 Hz, by Parseval's theorem; mean over the batch."""
        bins = self.low_pass.shape[0]
        real, wanted = (torch.fft.rfft(audio)[:, :bins] * self.low_pass for audio in (decoded, target))
        return (norm(real - wanted) / norm(wanted).clamp_min(1.0)).mean()


def rise(audio: Tensor, sample_rate: int) -> Tensor:
    """How far `audio` [batch, frames] grows again once it has fallen, dB above 3, mean over time and batch.

    A one-shot sounds once. Levels are of 30 ms, not below -30 dB of the peak, after the first 50 ms.
    """
    size, hop, start = (round(seconds * sample_rate) for seconds in (0.03, 0.01, 0.05))
    power = audio.square()
    power = power.unfold(-1, size, hop).mean(-1)
    level = 10.0 * (power / power.amax(1, keepdim=True).clamp_min(1e-9) + 1e-3).log10()
    later = level[:, start // hop :]
    return functional.relu(later - running_minimum(later) - RISE).mean()


def running_minimum(x: Tensor) -> Tensor:
    """The smallest of each row of `x` [batch, n] so far. `torch.cummin` is missing on MPS."""
    shift = 1
    while shift < x.shape[1]:
        x = torch.minimum(x, functional.pad(x[:, :-shift], (shift, 0), value=float("inf")))
        shift *= 2
    return x


def emphasise(audio: Tensor) -> Tensor:
    """First-order pre-emphasis of [batch, frames]: +22 dB at the top over the bottom."""
    return audio - PRE_EMPHASIS * functional.pad(audio[:, :-1], (1, 0))


def spectral_terms(decoded: Tensor, target: Tensor) -> Tensor:
    """Convergence, log-magnitude and complex distance, [3], of spectra [batch, column, bin, (real, imaginary)]."""
    got, wanted = length(decoded), length(target)
    convergence = norm(got - wanted) / norm(wanted).clamp_min(1.0)
    log_magnitude = ((got + FLOOR).log() - (wanted + FLOOR).log()).abs().mean((1, 2))
    # Squared over the sum of magnitudes: quadratic near the goal, linear far from it, blind to the level.
    error = (decoded - target).square().sum(-1) / (got + wanted + FLOOR)
    phase = error.sum((1, 2)) / wanted.sum((1, 2)).clamp_min(1.0)
    return torch.stack([convergence.mean(), log_magnitude.mean(), phase.mean()])


def band_distance(decoded: Tensor, target: Tensor, bands: Tensor) -> Tensor:
    """Mean distance in nepers of what spectra [batch, column, bin, 2] have in each of `bands` [bin, band].

    Noise has no phase to be right about: the other terms then ask for less of it (by some 4 dB), this one for as much.
    """
    got, wanted = ((spectra.square().sum(-1) @ bands + FLOOR**2).log() for spectra in (decoded, target))
    return 0.5 * (got - wanted).abs().mean()


def magnitude(spectrum: Tensor) -> Tensor:
    """|spectrum| of complex numbers, with a gradient at zero."""
    return length(torch.view_as_real(spectrum))


def length(pairs: Tensor) -> Tensor:
    """Length of each of `pairs` [..., 2], with a gradient at zero."""
    return pairs.square().sum(-1).add(1e-12).sqrt()


def norm(x: Tensor) -> Tensor:
    """L2 norm of each item of a batch, [batch], with a gradient at zero."""
    flat = torch.view_as_real(x) if x.is_complex() else x
    return flat.flatten(1).square().sum(1).add(1e-12).sqrt()


def kl_per_dim(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL divergence from the unit normal in nats, [dims], mean over the batch."""
    return 0.5 * (mean.square() + logvar.exp() - 1.0 - logvar).mean(0)


def free_bits(kl: Tensor, bits: float) -> Tensor:
    """Sum of `kl` [dims] (nats), each dim counting at least `bits` bits: below it, a dim costs nothing more.

    Kingma et al. 2016, section 4.4. The floor is given in bits and compared in nats.
    """
    return kl.clamp_min(bits / BITS_PER_NAT).sum()
