"""Where a training step takes its real sounds from. `refill` runs on the host before a step, `sounds` inside it.

On CUDA a step is captured once and replayed, so `sounds` keeps its shapes, its buffers and never waits for the device.
"""

from typing import Protocol

import torch
from torch import Tensor

from latentaudio.core.dataset import Dataset, to_float


class Source(Protocol):
    """Gives a step its sounds, each drawn by its weight."""

    def refill(self) -> None:
        """Make the next step's sounds ready; the host's part, never captured."""

    def sounds(self, count: int) -> Tensor:
        """`count` sounds [count, frames], -1..1, on the device."""


class Resident:
    """All sounds of a dataset in the memory of the device: the fastest, as far as it goes."""

    def __init__(self, dataset: Dataset, device: torch.device) -> None:
        self._audio = torch.from_numpy(dataset.audio).to(device)
        self._edges = torch.from_numpy(dataset.weights()).cumsum(0).to(device)

    def refill(self) -> None:
        """Nothing: everything is there."""

    def sounds(self, count: int) -> Tensor:
        """`count` sounds [count, frames], -1..1. `torch.multinomial` would wait for the device."""
        chance = torch.rand(count, device=self._edges.device)
        index = torch.searchsorted(self._edges, chance).clamp_max(len(self._edges) - 1)
        return to_float(self._audio[index])
