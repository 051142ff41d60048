"""What `latentaudio evaluate` holds against each other: a model file and a folder of sounds. On the caller's thread."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.dataset import Dataset, load_folder
from latentaudio.core.device import pick_device
from latentaudio.core.evaluate import BATCH
from latentaudio.core.manifest import matching
from latentaudio.core.sounds import has_splits
from latentaudio.errors import LatentAudioError

FEWEST_DRAWS = 64
MOST_HELD_OUT = 1000  # each is compared with every training sound


@dataclass(frozen=True)
class Subject:
    """What is evaluated: a loaded model, real sounds, and its draws."""

    path: Path
    model: Model
    dataset: Dataset
    shippable: Collection[str] | None  # files, where a manifest says
    drawn: Tensor  # [draws, frames], on the model's device
    load_s: float

    @property
    def train(self) -> Dataset:
        """The sounds that the model learned from."""
        return self.dataset.split("train")

    @property
    def held_out(self) -> Dataset:
        """The others, that draws are compared with; evenly chosen where they are very many."""
        others = self.dataset.take(n for n, sound in enumerate(self.dataset.sounds) if sound.split != "train")
        return others.spread(MOST_HELD_OUT)


@torch.inference_mode()
def prepare(path: Path, folder: Path, select: Collection[str] | None, device: str,
            draw: Callable[[int], NDArray[np.float32]]) -> Subject:  # fmt: skip
    """Load the model `path` and the sounds of `folder`, or those of `select`; decode what `draw(count)` gives.

    Raises LatentAudioError with one sentence for a model or sounds that cannot be used.
    """
    chosen = pick_device(device)
    began = time.perf_counter()
    model = load_model(path, chosen)
    model.vae.decode(model.kit[:1].to(chosen)).cpu()
    load_s = time.perf_counter() - began
    dataset = load_folder(folder, model.vae.config, select)
    shippable = None
    if (folder / "manifest.csv").is_file():
        with suppress(LatentAudioError):  # it need not say
            shippable = matching(folder, ["shippable=yes"])
    if not has_splits(folder):
        learned = frozenset(model.names)
        sounds = (replace(one, split="train" if one.file in learned else "valid") for one in dataset.sounds)
        dataset = replace(dataset, sounds=tuple(sounds))
    held_out = sum(sound.split != "train" for sound in dataset.sounds)
    count = max(FEWEST_DRAWS, min(held_out, MOST_HELD_OUT))
    latents = torch.from_numpy(draw(count)).to(chosen)
    drawn = torch.cat([model.vae.decode(z) for z in torch.split(latents, BATCH)])
    return Subject(path, model, dataset, shippable, drawn, load_s)
