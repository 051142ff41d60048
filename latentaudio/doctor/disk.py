"""Whether there is room, and leave, to keep what play keeps."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from latentaudio.config import cache_folder, sounds_folder, state_folder
from latentaudio.doctor.finding import Finding

LITTLE, TIGHT = 1e9, 100e6  # bytes free: the cache of renders grows to 500 MB, a minute of recording has 16


def check() -> Iterator[Finding]:
    """The folders of renders, of the session and of sounds."""
    folders = {"renders": cache_folder, "the session": state_folder, "sounds and recordings": sounds_folder}
    for what, folder in folders.items():
        try:
            path = folder()
        except OSError as error:
            yield Finding("disk", "problem", f"there is no folder for {what}: {error.strerror or error}",
                          "make it, or let us write to the one it is in")  # fmt: skip
            continue
        yield room(what, path)


def room(what: str, path: Path) -> Finding:
    """Whether `path`, or the nearest folder above it that there is, can be written to and has room."""
    there = next(folder for folder in (path, *path.parents) if os.path.isdir(folder))  # not one hidden from us
    if not os.access(there, os.W_OK):
        return Finding("disk", "problem", f"{there}, for {what}, cannot be written to", "change its permissions")
    free = shutil.disk_usage(there).free
    said, figures = f"{free / 1e9:.1f} GB free for {what} in {path}", {"free_mb": round(free / 1e6, 1)}
    if free < TIGHT:
        return Finding("disk", "problem", said, "make room: recordings end when the disk is full", figures)
    if free < LITTLE:
        return Finding("disk", "warning", said, "make room: a long recording would end early", figures)
    return Finding("disk", "ok", said, figures=figures)
