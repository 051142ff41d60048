"""The performance as it was when the daemon ended, however it did: a thread writes it while one plays.

The state thread hands plain values over and never waits for the disk. The file is JSON: it is nobody's to edit, and
is written and read several times as fast as YAML.
"""

import json
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from latentaudio import checks
from latentaudio.errors import PresetError
from latentaudio.files import atomic_path, unused
from latentaudio.latent.library import Library
from latentaudio.state import State

log = logging.getLogger(__name__)

PERIOD_S = 2.0  # a crash costs at most this much
KEPT = 5  # earlier sessions: session.1.json is the latest of them
MAX_BYTES = 4_000_000  # a session of 128 dims takes 100,000 where everything is used


class Session:
    """One file, `session.json`, and up to five earlier ones beside it."""

    def __init__(self, folder: Path, period_s: float = PERIOD_S) -> None:
        """Nothing is read or written yet."""
        self._path = folder / "session.json"
        self._period_s = period_s
        self._latest: Mapping[str, Any] | None = None  # swapped whole by the state thread, read by the writer
        self._written: Mapping[str, Any] | None = None
        self._trouble = ""  # what the disk said last
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)

    def restore(self, library: Library, fingerprint: str, problems: list[str]) -> tuple[State, dict[str, Any]] | None:
        """The last session's state and extras, or None for a start anew. Before `start`.

        A session of another model is kept as an earlier one, a damaged one set aside: a sentence in `problems` each.
        """
        try:
            said = self._read()
            if said is None:
                return None
            if said.get("fingerprint") != fingerprint:
                problems.append(f"the last session was played with another model ({checks.shown(said.get('model'))}); "
                                "it is kept, and this one starts anew")  # fmt: skip
                self.set_aside()
                return None
            state = State.from_plain(said.get("state"), library, problems)
            return state, checks.table(said.get("extras"), "extras")
        except PresetError as error:
            damaged = unused(self._path.with_stem("session.damaged"))
            _move(self._path, damaged)
            problems.append(f"the last session cannot be restored ({error}); it is kept as {damaged}")
            return None

    def model(self) -> Path | None:
        """The model that the last session played, where its file is still there. Before `start`."""
        with suppress(PresetError):
            said = self._read() or {}
            path = Path(str(said.get("path", "")))
            return path if path.suffix == ".safetensors" and path.is_file() else None
        return None

    def set_aside(self) -> None:
        """Start anew: the last session becomes the first of the five earlier ones. Before `start`."""
        for number in range(KEPT, 0, -1):
            newer = self._earlier(number - 1) if number > 1 else self._path
            if newer.exists():
                _move(newer, self._earlier(number))

    def start(self) -> None:
        """Begin to write what is offered."""
        with suppress(OSError):  # the first writing says so
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for left in self._path.parent.glob(".session.json.*"):  # by a process that was killed while it wrote
                left.unlink()
        self._thread.start()

    def offer(self, state: State, library: Library, fingerprint: str, extras: Mapping[str, Any]) -> None:
        """How things are now; written if they changed. `extras` holds plain values and is changed by nobody after.

        The state thread, every half second or so; takes some 0.05 ms.
        """
        self._latest = {
            "model": library.name, "path": str(library.path.absolute()), "fingerprint": fingerprint,
            "state": state.to_plain(), "extras": extras,
        }  # fmt: skip

    def close(self) -> None:
        """Write what was offered last, and end the thread."""
        self._stopping.set()
        self._thread.join()

    def _earlier(self, number: int) -> Path:
        return self._path.with_stem(f"session.{number}")

    def _read(self) -> dict[str, Any] | None:
        try:
            if not self._path.exists():
                return None
            if self._path.stat().st_size > MAX_BYTES:
                raise PresetError("it is larger than 4 MB")
            return checks.table(json.loads(self._path.read_bytes()), "the file")
        except (ValueError, RecursionError) as error:
            raise PresetError("it is not whole") from error
        except OSError as error:
            raise PresetError(f"it cannot be read: {error.strerror}") from error

    def _run(self) -> None:
        while not self._stopping.wait(self._period_s):
            self._write()
        self._write()

    def _write(self) -> None:
        latest, trouble = self._latest, ""
        if latest is None or latest == self._written:
            return
        try:
            with atomic_path(self._path) as temporary, temporary.open("w", encoding="utf-8") as file:
                # Not `dumps`: it would hold the interpreter for a millisecond, which is a note's.
                json.dump(latest, file, allow_nan=False)
            self._written = latest
        except (OSError, ValueError, TypeError) as error:
            trouble = f"the session cannot be saved in {self._path.parent}: {getattr(error, 'strerror', None) or error}"
        if trouble and trouble != self._trouble:  # once, and not every two seconds
            log.warning("%s", trouble)
        self._trouble = trouble


def _move(path: Path, to: Path) -> None:
    """A disk that takes nothing must not keep anybody from playing."""
    try:
        path.replace(to)
    except OSError as error:
        log.warning("%s cannot be kept as %s: %s", path, to.name, error.strerror)
