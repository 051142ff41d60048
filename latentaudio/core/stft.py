"""Short-time Fourier transform and its inverse, in plain tensor operations; runs wherever torch runs.

`torch.istft` checks its window on the host, which a CUDA graph cannot capture: hence our own overlap-add. Spectra
are [batch, column, bin], column k centred on frame k * hop, edges padded with zeros.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


def stft(audio: Tensor, window: Tensor, hop: int, columns: int | None = None) -> Tensor:
    """Complex spectrum [batch, column, n_fft / 2 + 1] of `audio` [batch, frames].

    The window's length is n_fft. `columns` pads with silence or cuts at the end; by default every frame is in.
    """
    n_fft = window.shape[0]
    if columns is None:
        columns = audio.shape[-1] // hop + 1
    missing = (columns - 1) * hop + n_fft - n_fft // 2 - audio.shape[-1]
    padded = functional.pad(audio, (n_fft // 2, missing))
    spectrum: Tensor = torch.fft.rfft(padded.unfold(-1, n_fft, hop) * window)
    return spectrum


def overlap_add(columns: Tensor, hop: int) -> Tensor:
    """Sum of `columns` [batch, column, n], each `hop` frames later: [batch, (columns - 1) * hop + n].

    `hop` divides n, so the sum is n / hop shifted copies and needs no scatter.
    """
    count = columns.shape[2] // hop
    parts = columns.reshape(*columns.shape[:2], count, hop)
    shifted = [functional.pad(parts[:, :, i], (0, 0, i, count - 1 - i)) for i in range(count)]
    return torch.stack(shifted).sum(0).flatten(1)


class InverseStft(nn.Module):
    """Least-squares inverse of `stft` for a fixed number of columns (Griffin & Lim 1984, equation 6)."""

    def __init__(self, n_fft: int, hop: int, columns: int, frames: int) -> None:
        super().__init__()
        self.hop, self.start, self.frames = hop, n_fft // 2, frames
        window = torch.hann_window(n_fft)
        energy = overlap_add((window**2).expand(1, columns, n_fft), hop)
        self.window: Tensor
        self.energy: Tensor
        self.register_buffer("window", window, persistent=False)
        self.register_buffer("energy", self._cut(energy).clamp_min(1e-3), persistent=False)

    def _cut(self, padded: Tensor) -> Tensor:
        return padded[:, self.start : self.start + self.frames]

    def forward(self, spectrum: Tensor) -> Tensor:
        """Audio [batch, frames] of a complex `spectrum` [batch, column, n_fft / 2 + 1]."""
        columns = torch.fft.irfft(spectrum, n=self.window.shape[0]) * self.window
        return self._cut(overlap_add(columns, self.hop)) / self.energy
