"""What a model file tells the player: its dims, its library of sounds, where they lie, its default kit."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from latentaudio.errors import ModelError
from latentaudio.latent.attributes import Attributes
from latentaudio.modelfile import ModelFile, open_model
from latentaudio.parameters import MAX_DIMS, PADS
from latentaudio.steering import read_steering

log = logging.getLogger(__name__)

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
    attributes: Attributes = field(default_factory=Attributes)  # built in; none in a model from before there were any

    @property
    def dims(self) -> int:
        """Dimensions of the latent space."""
        return int(self.mean.shape[0])

    def frames_at(self, sample_rate: int) -> int:
        """Most frames that a render has once it is brought to `sample_rate`, Hz."""
        return -(-self.frames * sample_rate // self.sample_rate)

    def draw(self, generator: np.random.Generator, temperature: float = 1.0) -> Point:
        """A random point of the fitted posterior, `temperature` times as far from its mean."""
        noise = generator.standard_normal(self.dims).astype(np.float32)
        point: Point = self.mean + np.float32(temperature) * (self.scale @ noise)
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
        attributes = _attributes(model)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the model's library is missing or damaged ({error})") from error
    if dims > MAX_DIMS or scale.shape != (dims, dims) or kit.shape[1:] != (dims,) or not len(kit):
        raise ModelError(f"{path}: the model's library does not fit its {dims} dims")
    sane = 8000 <= rate <= 192000 and 0 < frames <= 60 * rate and mean.shape == (dims,)
    if not sane or not all(np.isfinite(each).all() for each in (latents, mean, scale, kit)):
        raise ModelError(f"{path}: the model's description is damaged")
    repeats = -(-PADS // len(kit))
    kit = np.tile(kit, (repeats, 1))[:PADS]
    return Library(path, model.metadata.get("name", path.stem), rate, frames, latents, mean, scale, kit, attributes)


def _array(model: ModelFile, name: str) -> NDArray[np.float32]:
    return np.ascontiguousarray(model.tensor(name), np.float32)


def _attributes(model: ModelFile) -> Attributes:
    steering = read_steering(model)
    if steering is None:
        log.warning("%s has no attributes such as brightness: it was made before there were any", model.path)
        return Attributes()
    built_in = {str(name): str(about["doc"]) for name, about in dict(model.json("attributes")).items()}
    if len(built_in) != len(steering.slopes):
        raise ValueError(f"{len(built_in)} attributes are named, and {len(steering.slopes)} there")
    return Attributes(built_in, steering)
