"""The one-shots that training sees: aligned, levelled, grouped, split; and why others were left out."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.config import cache_folder
from latentaudio.core.audio import one_shot, read_audio
from latentaudio.core.pool import in_threads
from latentaudio.core.sound_cache import load_cache, save_cache
from latentaudio.core.sounds import Sound, has_splits, hold_out, list_sounds, shown
from latentaudio.core.store import OnDisk, memory_for_sounds
from latentaudio.core.vae import VaeConfig
from latentaudio.errors import DataError

__all__ = ["Dataset", "load_folder"]

GROUP_POWER = -0.7  # between every sound alike (0) and every group alike (-1)
FULL_SCALE = 32767.0

Reading = Callable[[int, int], None]  # files done, of how many


@dataclass(frozen=True)
class Dataset:
    """One-shots in memory or on disk, and what was skipped."""

    store: NDArray[np.int16] | OnDisk  # [stored, frames], onset at frame 0, peak -1 dBFS, zeros after the end
    rows: NDArray[np.intp]  # [sounds], of the store
    sounds: tuple[Sound, ...]
    skipped: tuple[tuple[str, str], ...] = ()  # file, reason

    @property
    def frames(self) -> int:
        """Of every sound."""
        return int(self.store.shape[1])

    @property
    def audio(self) -> NDArray[np.int16]:
        """All sounds in memory, [sounds, frames]: a copy."""
        return self.store[self.rows]

    def take(self, indices: Iterable[int]) -> "Dataset":
        """Some of the sounds; they stay where they are stored."""
        keep = list(indices)
        return Dataset(self.store, self.rows[keep], tuple(self.sounds[index] for index in keep), self.skipped)

    def spread(self, most: int) -> "Dataset":
        """Up to `most` of the sounds, evenly chosen."""
        return self.take(range(0, len(self.sounds), max(1, -(-len(self.sounds) // most))))

    def split(self, name: str) -> "Dataset":
        """The sounds of one split alone."""
        return self.take(index for index, sound in enumerate(self.sounds) if sound.split == name)

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits there are, train first."""
        return tuple(sorted({sound.split for sound in self.sounds}, key=lambda name: (name != "train", name)))

    def batches(self, size: int, device: torch.device) -> Iterator[Tensor]:
        """All sounds in order, [up to size, frames] at a time, on `device`."""
        for start in range(0, len(self.rows), size):
            yield to_float(torch.from_numpy(self.store[self.rows[start : start + size]]).to(device))

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
    reading: Reading = lambda done, of: None,
    scratch: Path | None = None,
) -> Dataset:
    """Read every one-shot below `folder`, or those of `select` (paths relative to it).

    `cache` names an .npz file that is read instead if it exists, and written otherwise. `seed` decides what is
    held out where no manifest does. What fills more than a quarter of the memory is kept on disk, in a file without a
    name in the folder `scratch` (None: the user's cache folder). Raises DataError where nothing usable is left.
    """
    if cache is not None and cache.is_file():
        audio, sounds, skipped = load_cache(cache, config)
        return Dataset(audio, np.arange(len(sounds)), sounds, skipped)
    listed = list(list_sounds(folder, select))
    if not listed:
        raise DataError(f"{folder}: no sound files in it")
    if not has_splits(folder):
        listed = hold_out(listed, seed)
    dataset = _read(folder, listed, config, reading, scratch)
    if cache is not None:
        save_cache(cache, config, dataset.audio, dataset.sounds, dataset.skipped)
    return dataset


def _read(folder: Path, listed: list[Sound], config: VaeConfig, reading: Reading, scratch: Path | None) -> Dataset:
    sounds: list[Sound] = []
    skipped: list[tuple[str, str]] = []
    store = _room(len(listed), config.frames, scratch)
    with closing(in_threads(partial(_prepared, folder, config), listed)) as shots:
        for number, (sound, shot) in enumerate(zip(listed, shots, strict=True), start=1):
            if isinstance(shot, str):
                skipped.append((sound.file, shot))
            else:
                store[len(sounds)] = shot
                sounds.append(sound)
            reading(number, len(listed))
    if not any(sound.split == "train" for sound in sounds):
        first = f"; {shown(skipped[0][0])}: {skipped[0][1]}" if skipped else ""
        raise DataError(f"{folder}: none of its {len(listed)} files is a sound to train on{first}")
    return Dataset(store, np.arange(len(sounds)), tuple(sounds), tuple(skipped))


def _prepared(folder: Path, config: VaeConfig, sound: Sound) -> NDArray[np.int16] | str:
    """A one-shot [config.frames], or why there is none; on one of several threads."""
    audio = np.zeros(config.frames, np.int16)
    try:
        shot = one_shot(*read_audio(folder / sound.file), config.sample_rate, config.frames)
    except DataError as error:
        return str(error)
    audio[: shot.size] = np.round(shot * FULL_SCALE)
    return audio


def _room(count: int, frames: int, scratch: Path | None) -> NDArray[np.int16] | OnDisk:
    if 2 * count * frames <= memory_for_sounds():
        return np.zeros((count, frames), np.int16)
    return OnDisk(count, frames, scratch or cache_folder())
