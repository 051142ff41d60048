"""Sounds too many for memory: kept in a file on disk, a few read at a time. On any thread."""

import os
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError

SHARE = 4  # a quarter of the memory: torch, the decoded sounds and the system's file cache need the rest
UNKNOWN = 8 * 2**30  # bytes of memory, where the system does not say
LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container


class OnDisk:
    """Sounds [count, frames] of 16 bits in a file without a name: it is gone with the process, however that ends."""

    def __init__(self, count: int, frames: int, folder: Path) -> None:
        self.shape, self._folder = (count, frames), folder
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        weakref.finalize(self, self._file.close)

    def __setitem__(self, row: int, shot: NDArray[np.int16]) -> None:
        """Write the sound `shot` [frames], the rows one after another; DataError where the disk is full."""
        try:
            self._file.seek(row * shot.nbytes)
            self._file.write(shot.tobytes())
            self._file.flush()
        except OSError as error:
            megabytes = 2e-6 * self.shape[0] * self.shape[1]
            reason = f"{error.strerror}; the prepared sounds take {megabytes:.1f} MB here"
            raise DataError(f"{self._folder}: {reason}") from error

    def __getitem__(self, rows: NDArray[np.intp]) -> NDArray[np.int16]:
        """The sounds of `rows`, [rows, frames]. Mapped anew each time: what was read is the system's to drop."""
        written = (int(rows.max(initial=0)) + 1, self.shape[1])
        return np.array(np.memmap(self._file, np.int16, "r", shape=written)[rows])


def memory_for_sounds() -> int:
    """Bytes that this process may fill with sounds: a quarter of the memory, shared by the processes of `torchrun`."""
    whole = UNKNOWN
    if hasattr(os, "sysconf"):
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # no such file, or "max"
        whole = min(whole, int(LIMIT.read_text()))
    return whole // SHARE // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
