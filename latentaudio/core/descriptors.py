"""What can be measured of a one-shot: the numbers that attributes, maps and tests speak of."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from latentaudio.core.losses import magnitude
from latentaudio.core.stft import stft

Measure = Callable[[Tensor, int], Tensor]  # audio [batch, frames] and rate in Hz to [batch]

WINDOW = 0.010  # seconds, of the envelope
HOP = 0.005


def envelope(audio: Tensor, rate: int) -> Tensor:
    """Level in dB of 10 ms windows every 5 ms, [batch, windows], not below -100."""
    size, hop = round(WINDOW * rate), round(HOP * rate)
    power = audio.unfold(-1, size, hop).square().mean(-1)
    return 10.0 * power.clamp_min(1e-10).log10()


def power_spectrum(audio: Tensor, rate: int) -> tuple[Tensor, Tensor]:
    """Power [batch, bin] of the whole sound and the bins' frequencies in Hz."""
    power = torch.fft.rfft(audio).abs().square()
    return power, torch.fft.rfftfreq(audio.shape[-1], 1.0 / rate, device=audio.device)


def brightness(audio: Tensor, rate: int) -> Tensor:
    """Spectral centroid of the magnitudes, log2 Hz."""
    power, frequency = power_spectrum(audio, rate)
    size = power.sqrt()
    return ((size * frequency).sum(1) / size.sum(1).clamp_min(1e-9)).clamp_min(1.0).log2()


def noisiness(audio: Tensor, rate: int) -> Tensor:
    """Spectral flatness of 1024-frame columns, 0..1, each column weighted by its energy."""
    window = torch.hann_window(1024, device=audio.device)
    power = magnitude(stft(audio, window, 256)).square() + 1e-9
    flatness = power.log().mean(-1).exp() / power.mean(-1)
    energy = power.sum(-1)
    return (flatness * energy).sum(1) / energy.sum(1)


def loudness(audio: Tensor, rate: int) -> Tensor:
    """Level of the loudest 50 ms, dBFS."""
    power = audio.unfold(-1, round(0.05 * rate), round(HOP * rate)).square().mean(-1).amax(1)
    return 10.0 * power.clamp_min(1e-10).log10()


def decay(audio: Tensor, rate: int) -> Tensor:
    """Seconds until the envelope stays 20 dB below its peak."""
    level = envelope(audio, rate)
    loud = (level > level.amax(1, keepdim=True) - 20.0).float()
    index = torch.arange(1, level.shape[1] + 1, device=audio.device)
    return (loud * index).amax(1) * HOP


def pitch(audio: Tensor, rate: int) -> Tensor:
    """Strongest frequency between 25 and 400 Hz, in Hz."""
    power, frequency = power_spectrum(audio, rate)
    band = ((frequency >= 25.0) & (frequency <= 400.0)).float()
    return frequency[(power * band).argmax(1)]


def click(audio: Tensor, rate: int) -> Tensor:
    """Share of the first 10 ms' energy that lies above 2 kHz, 0..1."""
    power, frequency = power_spectrum(audio[:, : round(0.01 * rate)], rate)
    return power[:, frequency > 2000.0].sum(1) / power.sum(1).clamp_min(1e-9)


DESCRIPTORS: dict[str, Measure] = {
    "brightness": brightness,
    "noisiness": noisiness,
    "loudness": loudness,
    "decay": decay,
    "pitch": pitch,
    "click": click,
}


def describe_sounds(audio: Tensor, rate: int) -> Tensor:
    """All descriptors of `audio` [batch, frames]: [batch, len(DESCRIPTORS)]."""
    return torch.stack([measure(audio, rate) for measure in DESCRIPTORS.values()], dim=1)


@dataclass(frozen=True)
class KickLikeness:
    """Why a sound is a kick, or is not: one hit at the start, mostly low, dying away."""

    onset: float  # seconds to the first window within 20 dB of the loudest
    low_share: float  # of the energy lies below 200 Hz
    second_hit: float  # dB, largest rise within 60 ms, after the first 100 ms, where louder than -20 dB
    tail: float  # dB, loudest of the last tenth against the peak

    @property
    def is_kick(self) -> bool:
        """Whether a listener would call it one."""
        return self.onset <= 0.02 and self.low_share >= 0.5 and self.second_hit <= 9.0 and self.tail <= -15.0


def kick_likeness(audio: Tensor, rate: int) -> KickLikeness:
    """Measure one sound [frames]."""
    level = envelope(audio.unsqueeze(0), rate)
    level = level - level.max()
    # The loudest of 30 ms: a body at 40 Hz swells and fades within each of its periods.
    smooth = functional.max_pool1d(level, round(0.03 / HOP), stride=1)[0, round(0.04 / HOP) :]
    lag = round(0.06 / HOP)
    rise = (smooth[lag:] - smooth[:-lag])[smooth[lag:] > -20.0]
    power, frequency = power_spectrum(audio.unsqueeze(0), rate)
    return KickLikeness(
        onset=float((level[0] > -20.0).float().argmax()) * HOP,
        low_share=float(power[0, frequency < 200.0].sum() / power.sum().clamp_min(1e-9)),
        second_hit=float(rise.max()) if rise.numel() else 0.0,
        tail=float(level[0, -(level.shape[1] // 10) :].max()),
    )
