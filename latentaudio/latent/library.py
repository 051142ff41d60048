"""What a model file tells the player: its dims, its library of sounds, where they lie, its default kit."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from latentaudio.errors import ModelError
from latentaudio.modelfile import ModelFile, open_model
from latentaudio.parameters import MAX_DIMS, PADS

# Share of a draw that is noise. Of 192 draws of the factory model all were kicks by `core.descriptors` at 0.4,
# 99 % at 0.6 and 94 % at 1, which is the posterior's normal distribution itself.
NOVELTY = 0.4

Point = NDArray[np.float32]  # [dims]: a place in the latent space


@dataclass(frozen=True)
class Library:
    """A model as the player sees it. Reads no weights."""

    path: Path
    name: str
    sample_rate: int  # of the model, Hz
    frames: int  # of a render at that rate, at most
    latents: NDArray[np.float32]  # [sounds, dims]: encoder means of the training sounds
    mean: Point  # of the posterior fitted to them
    scale: NDArray[np.float32]  # [dims, dims]: lower Cholesky factor of its covariance
    kit: NDArray[np.float32]  # [16, dims]: the points of the default kit

    @property
    def dims(self) -> int:
        """Dimensions of the latent space."""
        return int(self.mean.shape[0])

    def draw(self, generator: np.random.Generator, temperature: float = 1.0) -> Point:
        """A random point where the sounds are, `temperature` times as far from their mean.

        A smoothed bootstrap that keeps mean and covariance (Silverman 1986, section 6.4.1): a sound of the
        library, drawn towards the mean, plus noise of the posterior's shape.
        """
        sound = self.latents[generator.integers(len(self.latents))] - self.mean
        noise = self.scale @ generator.standard_normal(self.dims).astype(np.float32)
        kept = np.float32(np.sqrt(1.0 - NOVELTY**2))
        point: Point = self.mean + np.float32(temperature) * (kept * sound + np.float32(NOVELTY) * noise)
        return point


def read_library(path: Path) -> Library:
    """Read what the player needs of a model; raises ModelError with one sentence."""
    model = open_model(path)
    config = model.json("config")
    try:
        latents, mean, scale = (
            _array(model, name) for name in ("library/latents", "posterior/mean", "posterior/scale")
        )
        kit = _array(model, "kit/latents") if "kit/latents" in model.names else latents
        rate, frames, dims = int(config["sample_rate"]), int(config["frames"]), int(config["dims"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the model's library is missing or damaged ({error})") from error
    if dims > MAX_DIMS or scale.shape != (dims, dims) or kit.shape[1:] != (dims,) or not len(kit):
        raise ModelError(f"{path}: the model's library does not fit its {dims} dims")
    repeats = -(-PADS // len(kit))
    kit = np.tile(kit, (repeats, 1))[:PADS]
    return Library(path, model.metadata.get("name", path.stem), rate, frames, latents, mean, scale, kit)


def _array(model: ModelFile, name: str) -> NDArray[np.float32]:
    return np.ascontiguousarray(model.tensor(name), np.float32)
