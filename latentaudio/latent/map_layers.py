"""The layers of the sound map, all in the frame of one model's: its own sounds, a folder's, and random ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from latentaudio.errors import DataError, ModelError
from latentaudio.latent.library import Library
from latentaudio.latent.map import SoundMap, fade
from latentaudio.modelfile import open_model

AMONG = 8  # sounds of the model decide where another lies
DRAWS = 500  # sounds of a synth layer
BLOCK = 4_000_000  # distances at a time, 16 MB


def model_layer(library: Library) -> SoundMap:
    """The sounds that the model learned from, where its file says. Raises ModelError where it does not fit them."""
    model = open_model(library.path)
    try:
        positions, descriptors = (
            np.ascontiguousarray(model.tensor(name), np.float32) for name in ("library/map", "library/descriptors")
        )
    except SafetensorError as error:
        raise ModelError(f"{library.path}: the model's map is missing or damaged ({error})") from error
    names, measures = tuple(map(str, model.json("library"))), tuple(map(str, model.json("descriptors")))
    count = len(library.latents)
    shapes = (count, 2), (count, len(measures)), count
    if (positions.shape, descriptors.shape, len(names)) != shapes or not np.isfinite(positions).all():
        raise ModelError(f"{library.path}: the model's map does not fit its {count} sounds")
    return SoundMap(positions, library.latents, library.mean, library.scale, names, descriptors, measures)


def data_layer(model: SoundMap, latents: NDArray[np.float32], names: Sequence[str]) -> SoundMap:
    """Sounds of a folder, encoded: `latents` [n, dims], beside those of `model`. Raises DataError with a sentence."""
    if latents.ndim != 2 or latents.shape[1] != model.latents.shape[1] or not np.isfinite(latents).all():
        raise DataError("these sounds have no place on the map: their latents are not of this model")
    return SoundMap(place(model, latents), latents, model.mean, model.scale, names)


def synth_layer(model: SoundMap, library: Library, seed: int = 0, count: int = DRAWS) -> SoundMap:
    """`count` draws from the posterior fitted to the model's sounds: always the same for the same seed."""
    generator = np.random.default_rng(seed)
    latents = np.stack([library.draw(generator) for _ in range(count)])
    names = [f"draw {number}" for number in range(1, count + 1)]
    return SoundMap(place(model, latents), latents, model.mean, model.scale, names)


def place(model: SoundMap, latents: NDArray[np.float32]) -> NDArray[np.float32]:
    """Positions [n, 2] for `latents` [n, dims]: among the sounds of `model` that are most alike.

    A mean of the positions of the eight nearest, so weighted that a sound of the library falls on its own. Measured on
    the factory sounds, each placed among the others: the median lies 0.018 of the map's side from its own position.
    """
    count = min(AMONG + 1, len(model))
    squares = np.square(model.latents).sum(1)
    placed = np.empty((len(latents), 2), np.float32)
    step = max(1, BLOCK // len(model))
    for start in range(0, len(latents), step):
        some = latents[start : start + step]
        alike = np.argpartition(squares - 2.0 * some @ model.latents.T, count - 1, axis=1)[:, :count]
        apart = np.linalg.norm(model.latents[alike] - some[:, None], axis=2).astype(np.float64)
        nearest = np.argsort(apart, axis=1)
        alike, apart = np.take_along_axis(alike, nearest, axis=1), np.take_along_axis(apart, nearest, axis=1)
        placed[start : start + step] = (fade(apart, AMONG, AMONG)[..., None] * model.positions[alike]).sum(1)
    return placed
