"""The one-shots that training sees: aligned, levelled, grouped, split; and why others were left out."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.core.audio import one_shot, read_audio
from latentaudio.core.sounds import SUFFIXES, Sound, hold_out, list_sounds
from latentaudio.core.vae import VaeConfig
from latentaudio.errors import DataError

__all__ = ["SUFFIXES", "Dataset", "load_folder"]

GROUP_POWER = -0.7  # between every sound alike (0) and every group alike (-1)
FULL_SCALE = 32767.0
FIELDS = tuple(field.name for field in fields(Sound))


@dataclass(frozen=True)
class Dataset:
    """One-shots in memory, and what was skipped."""

    audio: NDArray[np.int16]  # [sounds, frames], onset at frame 0, peak -1 dBFS, zeros after the end
    sounds: tuple[Sound, ...]
    skipped: tuple[tuple[str, str], ...] = ()  # file, reason

    def split(self, name: str) -> "Dataset":
        """The sounds of one split alone."""
        keep = [index for index, sound in enumerate(self.sounds) if sound.split == name]
        return Dataset(self.audio[keep], tuple(self.sounds[index] for index in keep), self.skipped)

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits there are, train first."""
        return tuple(sorted({sound.split for sound in self.sounds}, key=lambda name: (name != "train", name)))

    def batches(self, size: int, device: torch.device) -> Iterator[Tensor]:
        """All sounds in order, [up to size, frames] at a time, on `device`."""
        for start in range(0, len(self.audio), size):
            yield to_float(torch.from_numpy(self.audio[start : start + size]).to(device))

    def weights(self) -> NDArray[np.float32]:
        """How often each sound is drawn, [sounds], summing to 1: large groups less than their share."""
        sizes = Counter(sound.group for sound in self.sounds)
        raw = np.array([sizes[sound.group] ** GROUP_POWER for sound in self.sounds], np.float64)
        return np.asarray(raw / raw.sum(), np.float32)


def to_float(audio: Tensor) -> Tensor:
    """16-bit samples as -1..1."""
    return audio.float() / FULL_SCALE


def load_folder(
    folder: Path,
    config: VaeConfig,
    select: Collection[str] | None = None,
    cache: Path | None = None,
    seed: int = 0,
) -> Dataset:
    """Read every one-shot below `folder`, or those of `select` (paths relative to it).

    `cache` names an .npz file that is read instead if it exists, and written otherwise. `seed` decides what is
    held out where no manifest does. Raises DataError where nothing usable is left.
    """
    if cache is not None and cache.is_file():
        return load_cache(cache, config)
    listed = list(list_sounds(folder, select))
    if not listed:
        raise DataError(f"{folder}: no sound files in it")
    if not (folder / "manifest.csv").is_file():
        listed = hold_out(listed, seed)
    dataset = _read(folder, listed, config)
    if cache is not None:
        save_cache(dataset, cache, config)
    return dataset


def _read(folder: Path, listed: list[Sound], config: VaeConfig) -> Dataset:
    sounds: list[Sound] = []
    skipped: list[tuple[str, str]] = []
    audio = np.zeros((len(listed), config.frames), np.int16)
    for sound in listed:
        try:
            shot = one_shot(*read_audio(folder / sound.file), config.sample_rate, config.frames)
        except DataError as error:
            skipped.append((sound.file, str(error)))
            continue
        audio[len(sounds), : shot.size] = np.round(shot * FULL_SCALE)
        sounds.append(sound)
    if not any(sound.split == "train" for sound in sounds):
        first = f"; {skipped[0][0]}: {skipped[0][1]}" if skipped else ""
        raise DataError(f"{folder}: none of its {len(listed)} files is a sound to train on{first}")
    return Dataset(audio[: len(sounds)], tuple(sounds), tuple(skipped))


def save_cache(dataset: Dataset, path: Path, config: VaeConfig) -> None:
    """Write `dataset` as an .npz of plain arrays, each sound without the zeros after it."""
    lengths = [int(np.flatnonzero(shot)[-1]) + 1 for shot in dataset.audio]
    arrays: dict[str, Any] = {
        "shape": np.array([config.sample_rate, config.frames]),
        "samples": np.concatenate([shot[:n] for shot, n in zip(dataset.audio, lengths, strict=True)]),
        "lengths": np.array(lengths),
        "skipped": np.array(dataset.skipped, np.str_).reshape(-1, 2),
    }
    for name in FIELDS:
        arrays[f"sound_{name}"] = np.array([getattr(sound, name) for sound in dataset.sounds])
    np.savez(path, **arrays)


def load_cache(path: Path, config: VaeConfig) -> Dataset:
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
    return Dataset(audio, sounds, tuple((file, reason) for file, reason in arrays["skipped"].tolist()))
