"""The mapping files in use: found by name or by port, looked at again and again, loaded anew when they are saved.

`load` is the starting thread's; the looks are those of a thread of their own, so that no file is ever waited for by
a note. What `take` gets is whole: whoever reads a mapping swaps one reference.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from latentaudio.config import find_mapping
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.recognise import DEFAULT, Recognised
from latentaudio.errors import UsageError
from latentaudio.osc_root import ROOT

LOOK_SECONDS = 0.25  # between looks; a change counts once two looks agree, as editors write in several steps

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int] | None  # of a file: when it was written, its size, its inode; None where there is none


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look saw: the files, and the state of each; or why it found none."""

    hosts: tuple[Path, ...] = ()
    guests: tuple[Path, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    problem: str = ""


class MappingFiles:
    """Files by name, the later over the earlier; where none is named, `default` and one for each controller there."""

    def __init__(self, names: Sequence[str], ports: Callable[[], Iterable[str]], take: Callable[[Mapping], None],
                 refuse: Callable[[str], None], root: str = ROOT) -> None:  # fmt: skip
        """`ports` are the names of the MIDI inputs there are. `take` is given each new mapping, and `refuse` the
        reason where files cannot be used, each once and on this thread; meanwhile the last good mapping holds.
        `root` is as in `load_mapping`.
        """
        self.names, self._root = tuple(names), root
        self.mapping = Mapping()  # the one that holds
        self.files: tuple[Path, ...] = ()  # its files
        self._places: list[str] = []  # where they are, through all links
        self.problem = ""  # what is wrong with the files as they are now
        self.loads = 0
        self.load_ms = 0.0  # that the last one took, until it was played by
        self.ports, self._take, self._refuse = ports, take, refuse
        self._recognised = Recognised()
        self._known = Sight()  # what was loaded, or refused
        self._seen = Sight()  # at the last look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mappings", daemon=True)

    def load(self) -> Mapping:
        """Load them now. Raises UsageError or MappingError: file, line and the nearest right name."""
        self._known = self._seen = sight = self._sight()
        self.loads = 1
        return self._loaded(sight)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def report(self) -> dict[str, Any]:
        """The `mapping` section of the status. Any thread."""
        return {"names": [*self.mapping.names], "files": self._places, "problem": self.problem, "loads": self.loads,
                "load_ms": round(self.load_ms, 1)}  # fmt: skip

    def look(self) -> None:
        """Load the files if they have changed since the last load, and not since the last look."""
        sight = self._sight()
        settled, self._seen = sight == self._seen, sight
        if not settled or sight == self._known:
            return
        self._known, began = sight, perf_counter()
        try:
            self._take(self._loaded(sight))
        except UsageError as error:  # a mapping error is one
            self._tell(str(error))
            return
        except Exception as error:
            self._tell(f"mapping {self._stems()} cannot be played by: {error}; save it again to try again")
            raise
        self.load_ms = 1e3 * (perf_counter() - began)
        self.loads += 1
        log.info("mapping %s loaded anew", self._stems())

    def _tell(self, problem: str) -> None:
        self.problem = problem
        log.error("the mapping before goes on: %s", problem)
        self._refuse(problem)

    def _stems(self) -> str:
        return ", ".join(f"'{file.stem}'" for file in self.files)

    def _sight(self) -> Sight:
        try:
            hosts = tuple(find_mapping(name) for name in self.names or (DEFAULT,))
            guests = () if self.names else tuple(self._recognised.fitting(self.ports()))
        except UsageError as error:
            return Sight(problem=str(error))
        return Sight(hosts, guests, tuple(_stamp(file) for file in (*hosts, *guests)))

    def _loaded(self, sight: Sight) -> Mapping:
        if sight.problem:
            raise UsageError(sight.problem)
        self.mapping = load_mapping(sight.hosts, sight.guests, self._root)
        self.files, self.problem = (*sight.hosts, *sight.guests), ""
        self._places = [str(file.resolve()) for file in self.files]
        return self.mapping

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:  # a fault of ours costs a look, never the mapping
                log.exception("mapping files")


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
