"""Prepared sounds as one .npz file, so that a machine without audio libraries trains too. They pass through memory."""

from dataclasses import fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from latentaudio.core.sounds import Sound
from latentaudio.core.vae import VaeConfig
from latentaudio.errors import DataError

FIELDS = tuple(field.name for field in fields(Sound))

Skipped = tuple[tuple[str, str], ...]  # file, reason


def save_cache(
    path: Path, config: VaeConfig, audio: NDArray[np.int16], sounds: tuple[Sound, ...], skipped: Skipped
) -> None:
    """Write `audio` [sounds, frames], each sound without the zeros after it, and what is known of it."""
    lengths = [int(np.flatnonzero(shot)[-1]) + 1 for shot in audio]
    arrays: dict[str, Any] = {
        "shape": np.array([config.sample_rate, config.frames]),
        "samples": np.concatenate([shot[:n] for shot, n in zip(audio, lengths, strict=True)]),
        "lengths": np.array(lengths),
        "skipped": np.array(skipped, np.str_).reshape(-1, 2),
    }
    for name in FIELDS:
        arrays[f"sound_{name}"] = np.array([getattr(sound, name) for sound in sounds])
    np.savez(path, **arrays)


def load_cache(path: Path, config: VaeConfig) -> tuple[NDArray[np.int16], tuple[Sound, ...], Skipped]:
    """Read what `save_cache` wrote; DataError where it is damaged or was made for another rate or length."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (OSError, ValueError, EOFError, AttributeError, BadZipFile) as error:
        raise DataError(f"{path} is not a cache of sounds ({error})") from error
    if tuple(arrays["shape"]) != (config.sample_rate, config.frames):
        raise DataError(f"{path} holds sounds of another rate or length: delete it to have it made anew")
    audio = np.zeros((len(arrays["lengths"]), config.frames), np.int16)
    parts = np.split(arrays["samples"], np.cumsum(arrays["lengths"])[:-1])
    for shot, part in zip(audio, parts, strict=True):
        shot[: part.size] = part
    columns = (arrays[f"sound_{name}"].tolist() for name in FIELDS)
    sounds = tuple(Sound(*row) for row in zip(*columns, strict=True))
    return audio, sounds, tuple((file, reason) for file, reason in arrays["skipped"].tolist())
