"""Where a training step takes its real sounds from. `refill` runs on the host before a step, `sounds` inside it.

On CUDA a step is captured once and replayed, so `sounds` keeps its shapes, its buffers and never waits for the device.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.core.dataset import Dataset, to_float
from latentaudio.core.store import SHARE, OnDisk

AHEAD = 4  # steps whose sounds are read before they are wanted: enough for a disk that pauses


class Source(Protocol):
    """Gives a step its sounds, each drawn by its weight."""

    def refill(self) -> None:
        """Make the next step's sounds ready; the host's part, never captured."""

    def sounds(self, count: int) -> Tensor:
        """`count` sounds [count, frames], -1..1, on the device."""

    def state(self) -> dict[str, Tensor]:
        """All that decides what is drawn next, torch's own random state aside."""

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on as the source did whose `state` it was; what is not in it stays."""


def source_for(dataset: Dataset, device: torch.device, count: int, seed: int) -> Source:
    """What draws from `dataset`, `count` sounds a step: from the device's memory where a quarter of it is enough."""
    size = 2 * len(dataset.rows) * dataset.frames
    fits = device.type != "cuda" or size <= torch.cuda.get_device_properties(device).total_memory // SHARE
    if fits and not isinstance(dataset.store, OnDisk):
        return Resident(dataset, device)
    return Streamed(dataset, device, count, seed)


class Resident:
    """All sounds of a dataset in the memory of the device: the fastest, as far as it goes."""

    def __init__(self, dataset: Dataset, device: torch.device) -> None:
        in_place = device.type == "cpu" and isinstance(dataset.store, np.ndarray)  # and is not copied
        self._audio = torch.from_numpy(dataset.store if in_place else dataset.audio).to(device)
        self._rows = torch.from_numpy(dataset.rows if in_place else np.arange(len(dataset.rows))).to(device)
        self._edges = torch.from_numpy(dataset.weights()).cumsum(0).to(device)

    def refill(self) -> None:
        """Nothing: everything is there."""

    def sounds(self, count: int) -> Tensor:
        """`count` sounds [count, frames], -1..1. `torch.multinomial` would wait for the device."""
        chance = torch.rand(count, device=self._edges.device)
        index = torch.searchsorted(self._edges, chance).clamp_max(len(self._edges) - 1)
        return to_float(self._audio[self._rows[index]])

    def state(self) -> dict[str, Tensor]:
        """Nothing: torch's random state decides."""
        return {}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Nothing."""


class Streamed:
    """Sounds read from where they are stored, a few steps ahead, by a thread of its own.

    What step n draws follows from the seed and n alone, so that reading ahead leaves nothing to be remembered but n.
    """

    def __init__(self, dataset: Dataset, device: torch.device, count: int, seed: int) -> None:
        self._dataset, self._count, self._seed = dataset, count, seed
        self._edges = np.cumsum(dataset.weights(), dtype=np.float64)
        self._buffer = torch.zeros(count, dataset.frames, dtype=torch.int16, device=device)
        self._given = 0  # sounds of this step
        self._steps = 0  # refilled so far
        self._reader = ThreadPoolExecutor(1, "sounds")
        self._ahead: deque[Future[NDArray[np.int16]]] = deque()

    def refill(self) -> None:
        """Bring the next step's sounds to the device; waits where the disk is slower than the step."""
        while len(self._ahead) <= AHEAD:
            self._ahead.append(self._reader.submit(self._read, self._steps + len(self._ahead)))
        audio = torch.from_numpy(self._ahead.popleft().result())
        if self._buffer.is_cuda:
            audio = audio.pin_memory()  # kept by torch until the copy, which nobody waits for, is done
        self._buffer.copy_(audio, non_blocking=True)
        self._given, self._steps = 0, self._steps + 1

    def sounds(self, count: int) -> Tensor:
        """The step's next `count` sounds [count, frames], -1..1."""
        start = self._given
        self._given = start + count
        return to_float(self._buffer[start : start + count])

    def state(self) -> dict[str, Tensor]:
        """How many steps have drawn."""
        return {"steps": torch.tensor(self._steps)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on after as many steps."""
        self._ahead.clear()
        self._steps = int(state.get("steps", self._steps))

    def _read(self, step: int) -> NDArray[np.int16]:
        """The sounds of a step; on the reading thread."""
        chance = np.random.default_rng((self._seed, step)).random(self._count)
        index = np.searchsorted(self._edges, chance * self._edges[-1], side="right").clip(max=len(self._edges) - 1)
        return self._dataset.store[self._dataset.rows[index]]
