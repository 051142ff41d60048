"""Sounds of a model in training as one file to listen to. On the caller's thread."""

from pathlib import Path

import numpy as np
from torch import Tensor

from latentaudio.errors import DataError
from latentaudio.files import atomic_path


def write_preview(path: Path, draws: Tensor, rate: int) -> None:
    """Write `draws` [n, frames], one after the other, as 16-bit WAV at `rate` Hz; DataError where that fails."""
    import soundfile

    audio = np.clip(draws.flatten().numpy(), -1.0, 1.0)
    try:
        with atomic_path(path) as temporary:
            soundfile.write(temporary, audio, rate, "PCM_16")
    except (OSError, soundfile.LibsndfileError) as error:
        raise DataError(f"cannot write {path}: {error}") from error
