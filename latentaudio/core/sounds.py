"""Which one-shots a folder holds: file, group, split, where it comes from.

A `manifest.csv` in the folder (columns file and group; split, source and licence where known) rules; without one
a sound's group is its folder.
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from latentaudio.core.tables import read_table
from latentaudio.errors import DataError
from latentaudio.files import SOUND_SUFFIXES

HELD_OUT = 0.1  # of the groups, or of the sounds where groups are few
FEWEST_GROUPS = 10


@dataclass(frozen=True)
class Sound:
    """Where a one-shot comes from."""

    file: str  # relative to the folder, with forward slashes
    group: str  # sounds of one group are variations of one another
    split: str = "train"  # anything else is held out
    source: str = ""
    licence: str = ""


def list_sounds(folder: Path, select: Collection[str] | None) -> Iterator[Sound]:
    """The sounds of `folder` that are in `select`, or all; DataError where there is no folder."""
    manifest = folder / "manifest.csv"
    if not folder.is_dir():
        raise DataError(f"no folder {folder}")
    if not os.access(folder, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise DataError(f"no permission to read the folder {folder}")
    listed = _from_manifest(manifest) if manifest.is_file() else _from_tree(folder)
    for sound in listed:
        if select is None or sound.file in select:
            yield sound


def _from_tree(folder: Path) -> Iterator[Sound]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SOUND_SUFFIXES and not path.name.startswith(".") and path.is_file():
            yield Sound(path.relative_to(folder).as_posix(), path.parent.relative_to(folder).as_posix())


def _from_manifest(manifest: Path) -> Iterator[Sound]:
    columns, rows = read_table(manifest)
    missing = {"file", "group"} - set(columns)
    if missing:
        raise DataError(f"{manifest}: no column '{sorted(missing)[0]}'")
    for row in rows:
        known = {key: row[key] for key in ("split", "source", "licence") if row.get(key)}
        yield Sound(row["file"], row["group"], **known)


def has_splits(folder: Path) -> bool:
    """Whether the manifest of `folder` says of any sound which split it is in."""
    manifest = folder / "manifest.csv"
    return manifest.is_file() and any(row.get("split") for row in read_table(manifest)[1])


def shown(name: str) -> str:
    """A file's name as any terminal and any file can hold it: what is not UTF-8 or cannot be printed becomes �."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def hold_out(sounds: list[Sound], seed: int) -> list[Sound]:
    """A tenth of the groups moved to the split "valid"; of the sounds where there are fewer than ten groups."""
    groups = sorted({sound.group for sound in sounds})
    by_group = len(groups) >= FEWEST_GROUPS
    keys = groups if by_group else sorted(sound.file for sound in sounds)
    order = np.random.default_rng(seed).permutation(len(keys))
    held = {keys[index] for index in order[: int(HELD_OUT * len(keys))]}
    return [
        replace(sound, split="valid") if (sound.group if by_group else sound.file) in held else sound
        for sound in sounds
    ]
