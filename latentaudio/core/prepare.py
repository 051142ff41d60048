"""A folder of sounds made into a folder of one-shots to train on; the originals are only ever read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from latentaudio.core.fingerprint import ALIKE, SIZE, originals
from latentaudio.core.pool import in_order
from latentaudio.core.prepare_sound import Job, Prepared, Treatment, prepare_sound
from latentaudio.core.sounds import Sound, has_splits, hold_out, list_sounds, shown
from latentaudio.core.tables import read_table, write_table
from latentaudio.errors import DataError, UsageError

SPLIT_SEED = 0
OWN_COLUMNS = ("file", "group", "split", "source_file", "done")


@dataclass(frozen=True)
class Summary:
    """What a run of `prepare` left behind."""

    written: int  # now
    found: int  # from earlier runs
    duplicates: tuple[tuple[str, str], ...]  # original, the original it is like
    skipped: tuple[tuple[str, str], ...]  # original, reason


def prepare(
    source: Path,
    out: Path,
    treatment: Treatment,
    threshold: float = ALIKE,
    overwrite: bool = False,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Summary:
    """Prepare every sound below `source` into `out`, with a manifest.csv, and skipped.csv for what is not there.

    Near-duplicates count as one sound, and the first is kept; `threshold` is that of `originals`. What an earlier
    run wrote is kept unless `overwrite`. Groups and all other columns of `source`'s manifest are carried over; where
    it has none, a group is a folder; where it has no splits, a tenth is held out. Raises UsageError for folders that
    overlap and for files of others in the way, DataError where nothing can be read or written.
    """
    root, entries = _check_folders(source, out), list(list_sounds(source, None))
    if not entries:
        raise DataError(f"{source}: no sound files in it")
    tasks = [
        Job(source / sound.file, root, file, shown(sound.file), treatment, overwrite)
        for sound, file in zip(entries, _names(entries), strict=True)
    ]
    try:
        out.mkdir(parents=True, exist_ok=True)
        results, first = _run(tasks, threshold, jobs, progress)
        return _finish(source, root, entries, results, first)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{error.filename or out}: {reason}; the same command goes on from here") from error


def _finish(
    source: Path, root: Path, entries: Sequence[Sound], results: Sequence[Prepared], first: Sequence[int]
) -> Summary:
    """Remove the copies, write both lists, and count."""
    copies = [index for index, original in enumerate(first) if original != index]
    for index in copies:
        (root / results[index].file).unlink()
    kept = [index for index, result in enumerate(results) if not result.reason and first[index] == index]
    duplicates = tuple((results[index].source_file, results[first[index]].source_file) for index in copies)
    skipped = tuple((result.source_file, result.reason) for result in results if result.reason)
    left_out = [*skipped, *((file, f"near-duplicate of {original}") for file, original in duplicates)]
    write_table(root / "manifest.csv", _manifest(source, entries, results, kept))
    write_table(root / "skipped.csv", [{"source_file": file, "reason": reason} for file, reason in left_out])
    if not kept:
        raise DataError(f"{source}: none of its {len(entries)} files is a sound; {root / 'skipped.csv'} says why")
    written = sum(results[index].fresh for index in kept)
    return Summary(written, len(kept) - written, duplicates, skipped)


def _check_folders(source: Path, out: Path) -> Path:
    """`out` without links; UsageError where writing there could touch an original or a manifest of others."""
    here, root = source.resolve(), out.resolve()
    if here.is_relative_to(root) or root.is_relative_to(here):
        raise UsageError(f"{out} and {source} overlap: prepared sounds go to a folder of their own")
    manifest = out / "manifest.csv"
    if manifest.is_file() and not set(OWN_COLUMNS) <= set(read_table(manifest)[0]):
        raise UsageError(f"{manifest} was not made by 'dataset prepare': choose another folder")
    return root


def _names(entries: Sequence[Sound]) -> Iterator[str]:
    """The name of every prepared file; kick.aif beside kick.wav becomes kick.wav.flac, on any file system."""
    taken: set[str] = set()
    for sound in entries:
        path = PurePosixPath(shown(sound.file))
        candidates = chain([path.parent / f"{path.stem}.flac"], (f"{path}{'_' * n}.flac" for n in count()))
        name = next(str(name) for name in candidates if str(name).casefold() not in taken)
        taken.add(name.casefold())
        yield name


def _run(tasks: Sequence[Job], threshold: float, jobs: int | None,
         progress: Callable[[int, int], None]) -> tuple[list[Prepared], list[int]]:  # fmt: skip
    """What became of each task, and which earlier one it is a copy of, or itself."""
    results: list[Prepared] = []
    prints = np.zeros((len(tasks), SIZE), np.float16)  # 4 KB a sound: most of what stays in memory
    with closing(in_order(prepare_sound, tasks, jobs)) as stream:
        for number, result in enumerate(stream):
            if result.fingerprint is not None:
                prints[number] = result.fingerprint
            results.append(replace(result, fingerprint=None))
            progress(number + 1, len(tasks))
    return results, originals(prints, threshold).tolist()


def _manifest(source: Path, entries: Sequence[Sound], results: Sequence[Prepared],
              kept: Sequence[int]) -> list[dict[str, Any]]:  # fmt: skip
    manifest = source / "manifest.csv"
    known = {row["file"]: row for row in read_table(manifest)[1]} if manifest.is_file() else {}
    sounds = [entries[index] for index in kept]
    if not has_splits(source):
        sounds = hold_out(sounds, SPLIT_SEED)
    return [
        {**known.get(sound.file, {}), "file": results[index].file, "group": shown(sound.group), "split": sound.split,
         "source_file": results[index].source_file, "done": results[index].done}
        for index, sound in zip(kept, sounds, strict=True)
    ]  # fmt: skip
