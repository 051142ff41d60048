"""Variations of a batch of one-shots that keep its phase, made on the training device.

Only causal filters and a common time axis: a kick's start phase is what the decoder has to learn, so polarity
is never flipped and nothing is delayed. Random numbers come from the device's default generator, which goes on
from replay to replay of a CUDA graph.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from latentaudio.core.audio import PEAK

SHARE = 0.7  # of the sounds are varied, the others are learned as they are
SEMITONES = 2.0  # repitch, either way
DECAY = (-6.0, 40.0)  # dB per second, faded faster when positive
TILT = 3.0  # dB between lows and highs, either way
TILT_CORNER = 1000.0  # Hz
TILT_TAPS = (1, 2, 4, 8, 16, 32)  # frames
LAYERED = 0.5  # of the varied sounds
DRIVE = 1.5  # of the tanh
LEVEL = 3.0  # dB quieter at most


def augment(audio: Tensor, sample_rate: int) -> Tensor:
    """Each sound of `audio` [batch, frames] with random pitch, decay, tilt, layer, saturation and level."""

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(audio.shape[0], 1, device=audio.device)

    varied = (draw(0.0, 1.0) < SHARE).float()
    audio = repitch(audio, torch.exp2(varied * draw(-SEMITONES, SEMITONES) / 12.0))
    seconds = torch.arange(audio.shape[1], device=audio.device) / sample_rate
    audio = audio * gain(-varied * draw(*DECAY) * seconds)
    audio = normalise(tilt(audio, varied * draw(-TILT, TILT), sample_rate))
    audio = layer(audio, varied * (draw(0.0, 1.0) < LAYERED).float() * draw(0.0, 1.0))
    drive = varied * draw(0.0, DRIVE) + 1e-3
    audio = normalise(torch.tanh(drive * audio))
    return audio * gain(-varied * draw(0.0, LEVEL))


def repitch(audio: Tensor, speed: Tensor) -> Tensor:
    """`audio` [batch, frames] played at `speed` [batch, 1], frame 0 in place; cubic Hermite interpolation."""
    frames = audio.shape[1]
    position = torch.arange(frames, device=audio.device) * speed
    index = position.floor().long()
    t = position - index
    padded = functional.pad(audio, (1, 3))  # padded[n + 1] is frame n
    index = index.clamp_max(frames)
    a, b, c, d = (padded.gather(1, index + k) for k in range(4))
    slope, curve = (c - a) / 2, a - 2.5 * b + 2 * c - d / 2
    return b + t * (slope + t * (curve + t * ((d - a) / 2 + 1.5 * (b - c))))


def tilt(audio: Tensor, level: Tensor, sample_rate: int) -> Tensor:
    """Highs raised by `level` [batch, 1] dB against the lows, about 1 kHz, with a causal one-pole filter."""
    pole = math.exp(-2.0 * math.pi * TILT_CORNER / sample_rate)
    low = (1.0 - pole) * audio
    for tap in TILT_TAPS:  # 1 + pz + ... + (pz)^63 = (1 + pz)(1 + (pz)^2)(1 + (pz)^4)...: six sums for 64 taps
        low = low + pole**tap * functional.pad(low[:, :-tap], (tap, 0))
    return low * gain(-level / 2.0) + (audio - low) * gain(level / 2.0)


def layer(audio: Tensor, share: Tensor) -> Tensor:
    """Each sound with its neighbour in the batch laid over it, which makes up `share` [batch, 1], 0..1.

    A drum maker's way to a new drum from two: it fills the space between the sounds with sounds.
    """
    return normalise((1.0 - share) * audio + share * audio.roll(1, 0))


def normalise(audio: Tensor) -> Tensor:
    """Each sound of [batch, frames] at the peak that training uses."""
    return audio * (PEAK / audio.abs().amax(1, keepdim=True).clamp_min(1e-4))


def gain(level: Tensor) -> Tensor:
    """Linear gain of a level in dB."""
    return torch.exp(level * (math.log(10.0) / 20.0))
