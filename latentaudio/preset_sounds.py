"""The sounds of a preset in one FLAC file beside it, so that another model can encode them again. Any thread."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from latentaudio.errors import PresetError
from latentaudio.events import Samples
from latentaudio.files import atomic_path
from latentaudio.preset_file import MARK, Sounds


def write_sounds(preset: Path, sounds: Sequence[Samples], sample_rate: int) -> Sounds:
    """Write the sounds, mono, pad 1 first, for the preset at `preset`, which is yet to be written. Raises OSError.

    The file's name holds a hash of the sounds: until the preset itself is written, the old one keeps its own.
    """
    joined = np.concatenate([np.zeros(0, np.float32), *sounds])
    joined = joined / np.float32(max(1.0, np.abs(joined).max(initial=0.0)))  # FLAC ends at full scale
    mark = hashlib.sha256(joined.tobytes()).hexdigest()[:16]
    with atomic_path(_path(preset, mark)) as temporary:
        soundfile.write(temporary, joined, sample_rate, "PCM_24", format="FLAC")
    return Sounds(mark, sample_rate, tuple(map(len, sounds)))


def read_sounds(preset: Path, sounds: Sounds) -> list[Samples]:
    """The sounds of the preset at `preset`, pad 1 first. Raises PresetError."""
    path = _path(preset, sounds.mark)
    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except (soundfile.LibsndfileError, OSError) as error:
        raise PresetError(f"its sounds in {path.name} cannot be read") from error
    if (samples.shape, rate) != ((sum(sounds.frames),), sounds.sample_rate):
        raise PresetError(f"{path.name} does not hold the sounds that the preset speaks of")
    return np.split(samples, np.cumsum(sounds.frames)[:-1])


def remove_other_sounds(preset: Path, mark: str) -> None:
    """Remove what earlier savings of the preset at `preset` left, once it is written with `mark`. Raises OSError."""
    for path in preset.parent.glob("*.flac"):
        stem, _, other = path.stem.rpartition(".")
        if stem == preset.stem and MARK.fullmatch(other) and other != mark:
            path.unlink()


def _path(preset: Path, mark: str) -> Path:
    return preset.with_name(f"{preset.stem}.{mark}.flac")
