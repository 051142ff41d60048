"""Synthetic kicks as a folder of WAV files with a manifest, on the caller's thread."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latentaudio.core.audio import Audio
from latentaudio.core.synth import kicks
from latentaudio.core.synth_ranges import RANGES
from latentaudio.errors import DataError, UsageError
from latentaudio.files import atomic_path

COLUMNS = ("file", "group", "split", "licence", "shippable", *RANGES)
HELD_OUT = 10  # every so many kicks, one is held out


def write_kicks(folder: Path, count: int, seed: int, rate: int, frames: int) -> Iterator[Path]:
    """Write `kick-00001.wav` … into `folder`, yielding each, and then `manifest.csv` with what they were made of.

    A run that was stopped goes on by being repeated: it writes the same files. Raises UsageError where the folder
    has a manifest already, DataError where it cannot be written.
    """
    manifest = folder / "manifest.csv"
    if manifest.exists():
        raise UsageError(f"{folder} holds a manifest.csv already: choose an empty folder")
    rows: list[dict[str, object]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for values, audio in kicks(count, rate, frames, seed):
            columns = {name: value[:, 0].tolist() for name, value in values.items()}
            for index, sound in enumerate(audio.numpy()):
                rows.append(_row(len(rows) + 1) | {name: f"{column[index]:.6g}" for name, column in columns.items()})
                yield _write(folder / str(rows[-1]["file"]), sound, rate)
        with atomic_path(manifest) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise DataError(f"cannot write to {folder} ({error.strerror or error})") from error


def _row(number: int) -> dict[str, object]:
    name = f"kick-{number:05}"
    split = "train" if number % HELD_OUT else "valid"
    return {"file": f"{name}.wav", "group": name, "split": split, "licence": "CC0-1.0", "shippable": "yes"}


def _write(path: Path, sound: Audio, rate: int) -> Path:
    import soundfile

    with atomic_path(path) as temporary:
        soundfile.write(temporary, np.asarray(sound), rate, "PCM_24")
    return path
