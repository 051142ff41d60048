"""What is heard, written to a file: a thread of its own empties the mixer's tap, so that no disk holds up a sound."""

import logging
import shutil
import threading
from pathlib import Path

import soundfile

from latentaudio.engine.engine import Engine
from latentaudio.engine.soundfiles import GrowingFile

PERIOD_S = 0.05

_log = logging.getLogger(__name__)


class Recorder:
    """Records an engine to `path`, .wav or .flac, 24 bit. One at a time for each engine; the next may start once the
    last has stopped, while the sound goes on.

    A crash loses what the file does not have yet: 0.1 s, in FLAC also its last block of 4,096 frames.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        """Create the file. Raises AudioError where that is impossible."""
        self.path = path
        self.error = ""  # why the recording ended early; playing goes on
        self._engine = engine
        self._tap = engine.tap()
        self._file = GrowingFile(path, int(engine.sample_rate), engine.channels)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._lost_before = self._lost_so_far()
        self._taken = 0  # frames, as the tap counts

    @property
    def lost(self) -> int:
        """Frames that are missing because the disk, or the interpreter, was away for longer than the buffer."""
        return self._lost_so_far() - self._lost_before

    def start(self) -> None:
        """Record from the next block on."""
        self._taken = self._engine.native.open_tap(self._engine.address)
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and close the file. A failure is in `error`. To stop it again does nothing."""
        if self._thread.is_alive():  # else the tap may be another recorder's by now
            self._engine.native.close_tap(self._engine.address)
        self._stopping.set()
        self._thread.join()

    def _lost_so_far(self) -> int:
        return int(self._engine.state["tap"]["lost"])

    def _run(self) -> None:
        try:
            while not self._stopping.wait(PERIOD_S):
                self._write_waiting()
            self._write_waiting()
        except (soundfile.SoundFileError, OSError) as error:
            self._give_up(error)
        finally:
            self._file.close()

    def _write_waiting(self) -> None:
        """Move what the mixer has left in the tap to the file."""
        given = self._engine.native.pull_tap(self._engine.address, self._taken)
        while self._taken < given:
            first = self._taken % len(self._tap)
            part = self._tap[first : first + given - self._taken]  # up to the buffer's end at most
            self._file.write(part)
            self._taken += len(part)
        self._engine.native.pull_tap(self._engine.address, self._taken)

    def _give_up(self, error: Exception) -> None:
        self._engine.native.close_tap(self._engine.address)
        full = shutil.disk_usage(self.path.parent).free < 1_000_000
        self.error = f"recording to {self.path} stopped: {'the disk is full' if full else error}"
        _log.error("%s", self.error)
