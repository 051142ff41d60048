"""What can be measured of a one-shot: the numbers that attributes, maps and tests speak of."""

import math
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
ONSET = 0.020
QUIET = 40.0  # dB below the loudest column from which one says nothing of a sound's noise
DB = 10.0 / math.log(10.0)  # of a natural logarithm of power


def envelope(audio: Tensor, rate: int) -> Tensor:
    """Level in dB of 10 ms windows every 5 ms, [batch, windows], not below -100."""
    size, hop = round(WINDOW * rate), round(HOP * rate)
    power = audio.unfold(-1, size, hop).square().mean(-1)
    return 10.0 * power.clamp_min(1e-10).log10()


def magnitude_spectrum(audio: Tensor, rate: int) -> tuple[Tensor, Tensor]:
    """Magnitude [batch, bin] of the whole sound and the bins' frequencies in Hz."""
    return torch.fft.rfft(audio).abs(), torch.fft.rfftfreq(audio.shape[-1], 1.0 / rate, device=audio.device)


def brightness(audio: Tensor, rate: int) -> Tensor:
    """Spectral centroid of the magnitudes, log2 Hz (Peeters 2004)."""
    size, frequency = magnitude_spectrum(audio, rate)
    return ((size * frequency).sum(1) / size.sum(1).clamp_min(1e-9)).clamp_min(1.0).log2()


def noisiness(audio: Tensor, rate: int) -> Tensor:
    """Spectral flatness of 1024-frame columns, dB: about -2.5 for white noise, the less the more tonal.

    The geometric over the arithmetic mean of the powers (Peeters 2004), in the mean over columns, from
    full weight for the loudest to none 40 dB below it. Weighted by energy instead, it says of a kick what brightness
    says (correlation 0.99 over draws; so, 0.4).
    """
    window = torch.hann_window(1024, device=audio.device)
    power = magnitude(stft(audio, window, 256)).square() + 1e-9
    flatness = DB * (power.log().mean(-1) - power.mean(-1).log())
    level = DB * power.sum(-1).log()
    weight = (1.0 + (level - level.amax(1, keepdim=True)) / QUIET).clamp_min(0.0)
    return (flatness * weight).sum(1) / weight.sum(1)


def loudness(audio: Tensor, rate: int) -> Tensor:
    """Level of the loudest 50 ms, dBFS."""
    power = audio.unfold(-1, round(0.05 * rate), round(HOP * rate)).square().mean(-1).amax(1)
    return DB * power.clamp_min(1e-10).log()


def decay(audio: Tensor, rate: int) -> Tensor:
    """Seconds until what is still to come has 20 dB less energy than the whole (Schroeder 1965)."""
    hop = round(HOP * rate)
    energy = audio.unfold(-1, hop, hop).square().sum(-1) + 1e-12
    left = energy.flip(1).cumsum(1).flip(1)  # from each window's start on
    level = DB * (left / left[:, :1]).log()
    above = (level > -20.0).sum(1, keepdim=True).clamp(1, level.shape[1] - 1)
    high, low = level.gather(1, above - 1), level.gather(1, above)
    place = above - 1 + ((high + 20.0) / (high - low).clamp_min(1e-6)).clamp(0.0, 1.0)
    return place[:, 0] * hop / rate


def pitch(audio: Tensor, rate: int) -> Tensor:
    """Mean frequency between 25 and 400 Hz, where a kick's body is, on a logarithmic scale and weighted by power, Hz.

    Where one partial is strongest it is that one's; the strongest bin alone jumps where two are nearly equal.
    """
    size, frequency = magnitude_spectrum(audio, rate)
    band = (frequency >= 25.0) & (frequency <= 400.0)
    weight = size[:, band].square() + 1e-9
    return torch.exp2((weight * frequency[band].log2()).sum(1) / weight.sum(1))


def click(audio: Tensor, rate: int) -> Tensor:
    """Share of the onset's energy that lies above 2 kHz, 0..1.

    The onset is faded out over 20 ms by half a Hann window: cut off hard, a loud body has a click at the cut.
    """
    onset = audio[:, : round(ONSET * rate)]
    fade = torch.hann_window(2 * onset.shape[1], device=audio.device)[onset.shape[1] :]
    size, frequency = magnitude_spectrum(onset * fade, rate)
    power = size.square()
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


def evened(described: Tensor) -> Tensor:
    """Descriptors [batch, len(DESCRIPTORS)] as one hears them: octaves of decay and pitch, log-odds (dB) of click."""
    columns = dict(zip(DESCRIPTORS, described.unbind(1), strict=True))
    for name in ("decay", "pitch"):
        columns[name] = columns[name].clamp_min(1e-3).log2()
    share = columns["click"].clamp(1e-5, 1.0 - 1e-5)
    columns["click"] = DB * (share / (1.0 - share)).log()
    return torch.stack(list(columns.values()), 1)


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
    size, frequency = magnitude_spectrum(audio.unsqueeze(0), rate)
    power = size.square()
    return KickLikeness(
        onset=float((level[0] > -20.0).float().argmax()) * HOP,
        low_share=float(power[0, frequency < 200.0].sum() / power.sum().clamp_min(1e-9)),
        second_hit=float(rise.max()) if rise.numel() else 0.0,
        tail=float(level[0, -(level.shape[1] // 10) :].max()),
    )
