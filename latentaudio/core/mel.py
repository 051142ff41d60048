"""Bands as wide as the ear hears them, for losses and for measures."""

import math

import torch
from torch import Tensor


def mel_bands(bands: int, n_fft: int, rate: int) -> Tensor:
    """Triangular bands of equal width on O'Shaughnessy's mel scale from 0 Hz to rate / 2: [n_fft / 2 + 1, bands].

    2595 log10(1 + f / 700), as HTK has it. Each band peaks at 1; none is divided by its width.
    """
    top = 2595.0 * math.log10(1.0 + rate / 2.0 / 700.0)
    edges = 700.0 * (10.0 ** (torch.linspace(0.0, top, bands + 2) / 2595.0) - 1.0)
    frequency = torch.fft.rfftfreq(n_fft, 1.0 / rate).unsqueeze(1)
    rising = (frequency - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequency) / (edges[2:] - edges[1:-1])
    return torch.minimum(rising, falling).clamp_min(0.0)
