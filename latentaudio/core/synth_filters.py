"""Filters of the kick synthesiser, as responses that a spectrum is multiplied by. On the caller's thread.

They are causal digital filters of the first order, made from analogue ones by the bilinear transform. Taken over
twice a sound's length, they let nothing sound before its cause.
"""

import math

import torch
from torch import Generator, Tensor

from latentaudio.core.augment import gain

HIGHEST = 0.45  # of the sample rate: no corner lies above


def warped(frames: int, device: torch.device) -> Tensor:
    """The bins of a spectrum over `frames` as the bilinear transform sees them, [frames / 2 + 1]."""
    return torch.tan(math.pi * torch.fft.rfftfreq(frames, device=device))


def first_order(bins: Tensor, corner: Tensor, rate: int, bottom: Tensor | float, top: Tensor | float) -> Tensor:
    """Response [batch, bin] with gain `bottom` far below the `corner` [batch, 1] in Hz, and `top` far above."""
    x = bins / torch.tan(math.pi * (corner / rate).clamp_max(HIGHEST))
    return torch.complex(bottom * torch.ones_like(x), top * x) / torch.complex(torch.ones_like(x), x)


def low_pass(bins: Tensor, corner: Tensor, rate: int) -> Tensor:
    """6 dB an octave off above `corner`."""
    return first_order(bins, corner, rate, 1.0, 0.0)


def high_pass(bins: Tensor, corner: Tensor, rate: int) -> Tensor:
    """6 dB an octave off below `corner`."""
    return first_order(bins, corner, rate, 0.0, 1.0)


def low_shelf(bins: Tensor, corner: Tensor, rate: int, level: Tensor) -> Tensor:
    """All below `corner` moved by `level` dB."""
    return first_order(bins, corner, rate, gain(level), 1.0)


def tilt(bins: Tensor, corner: Tensor, rate: int, level: Tensor) -> Tensor:
    """Highs raised by `level` dB against the lows, about `corner`."""
    return first_order(bins, corner, rate, gain(-level / 2.0), gain(level / 2.0))


def room(time: Tensor, delay: Tensor, decay: Tensor, rate: int, generator: Generator | None) -> Tensor:
    """Response [batch, frames + 1] of a room that answers after `delay` seconds: noise, dying away, of energy 1.

    `time` is [1, frames]; the response's spectrum is over twice the frames.
    """
    white = torch.randn(len(decay), time.shape[1], device=time.device, generator=generator)
    since = time - delay
    answer = white * (since >= 0.0).float() * torch.exp(-since.clamp_min(0.0) / decay)
    response: Tensor = torch.fft.rfft(answer / torch.sqrt(decay * rate / 2.0), n=2 * time.shape[1])
    return response
