"""Renders kept between starts, so that a kit sounds before the decoder is warm: the shipped ones, then the user's."""

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.config import FACTORY, cache_folder
from latentaudio.errors import DataError
from latentaudio.events import Samples
from latentaudio.files import atomic_path

log = logging.getLogger(__name__)

LIMIT = 500_000_000  # bytes on disk; the least recently used go first
KIT_FOLDER = FACTORY / "kit"


class RenderCache:
    """Renders by model, rate and point, as plain arrays in the user's cache folder. Any thread's."""

    def __init__(self, mark: str, sample_rate: int, folder: Path | None = None, limit: int = LIMIT) -> None:
        """`mark` is the model's `modelfile.fingerprint`, which whoever opened the model has taken already.

        `folder` is in the user's cache folder unless another is given; `limit` is its size in bytes.
        """
        self._mark, self._rate, self._limit = mark, sample_rate, limit
        self._folder = folder or cache_folder() / "renders"

    def get(self, point: NDArray[np.float32]) -> Samples | None:
        """The render of `point` [dims], or None where there is none that can be read."""
        path = self._path(point)
        try:
            samples = np.load(path, allow_pickle=False)
            os.utime(path)  # used just now
        except (OSError, ValueError, EOFError):
            return None
        return samples if samples.dtype == np.float32 and samples.ndim == 1 else None

    def put(self, point: NDArray[np.float32], samples: Samples) -> None:
        """Keep a render; a full disk is a warning, never a failure."""
        path = self._path(point)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(path) as temporary, temporary.open("wb") as file:
                np.save(file, samples, allow_pickle=False)
            self._prune()
        except OSError as error:
            log.warning("a render could not be kept in %s: %s", path.parent, error.strerror)

    def _path(self, point: NDArray[np.float32]) -> Path:
        key = f"{self._mark} {self._rate} ".encode() + np.ascontiguousarray(point).tobytes()
        return self._folder / f"{hashlib.sha256(key).hexdigest()[:32]}.npy"

    def _prune(self) -> None:
        """Make room. Another player, or another model's cache, may be doing the same."""
        files = []
        for entry in os.scandir(self._folder):
            with suppress(FileNotFoundError):
                files.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
        excess = sum(size for _, size, _ in files) - self._limit
        for _, size, name in sorted(files):
            if excess <= 0:
                return
            with suppress(FileNotFoundError):
                os.unlink(name)
            excess -= size


def shipped_kit(rate: int) -> list[Samples]:
    """The factory model's kit from its FLAC files, in pad order, resampled where the stream has another rate."""
    import soundfile

    sounds = []
    for path in sorted(KIT_FOLDER.glob("*.flac")):
        try:
            samples, own = soundfile.read(path, dtype="float32")
        except (soundfile.LibsndfileError, OSError) as error:
            raise DataError(f"{path}: the shipped sound cannot be read ({error}); reinstall latentaudio") from error
        if own != rate:
            import soxr

            samples = soxr.resample(samples, own, rate)
        sounds.append(np.ascontiguousarray(samples, np.float32))
    return sounds
