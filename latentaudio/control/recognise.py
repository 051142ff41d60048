"""Which mappings fit the controllers that are plugged in. Read on the thread that loads mappings."""

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from latentaudio.config import shipped_mappings, user_mappings
from latentaudio.control.document import read_value
from latentaudio.control.layer import read_layer
from latentaudio.control.midi_ports import list_ports
from latentaudio.control.port_names import chosen
from latentaudio.errors import ControlError, MappingError

log = logging.getLogger(__name__)

DEFAULT = "default"  # for any controller, and so for none

T = TypeVar("T")


def ports_now(api: str | None) -> list[str]:
    """Names of the MIDI inputs there are; none where there is no MIDI system."""
    try:
        return list_ports(api)
    except ControlError:
        return []


def candidates() -> list[Path]:
    """Every mapping made for one controller, by name; the user's own stand for shipped ones of their name."""
    folders = (shipped_mappings(), user_mappings())
    found = {file.stem: file for folder in folders for file in folder.glob("[!.]*.yaml")}  # `.` is being written
    return [found[name] for name in sorted(found) if name != DEFAULT]


def patterns_of(file: Path) -> tuple[str, ...]:
    """The ports that a mapping is for; none where it is for all or for none. Raises MappingError.

    The start waits for it, so no more is read than that: 2 ms for all that ship, which as a whole take 54.
    """
    found = read_value(file, "midi", "port")
    patterns = [entry.text() for entry in found.items()] if found else []
    return tuple(pattern for pattern in patterns if pattern not in {"all", "none"})


class Recognised:
    """The mappings of all controllers seen so far: one that is unplugged and plugged in again finds its own."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._patterns: dict[tuple[Path, int], tuple[str, ...]] = {}  # by file and when it was written
        self._sound: dict[tuple[Path, int], bool] = {}  # likewise, of those that fit a port
        self._looked: object = None  # at which ports, for which files

    def fitting(self, ports: Iterable[str]) -> list[Path]:
        """Those whose own port pattern fits one of `ports`, or fitted one before."""
        ports, files = tuple(ports), candidates()
        if ports and (ports, look := tuple(map(_written, files))) != self._looked:
            self._looked = ports, look
            for port in ports:
                self._recognise(port, list(zip(files, look, strict=True)))
        return [file for file in files if file.stem in self._seen]

    def _recognise(self, port: str, files: Sequence[tuple[Path, int]]) -> None:
        """The longest pattern knows best: that of a model, where another is for all of a family."""
        fits = {each: max(map(len, fitting)) for each in files
                if (fitting := [one for one in self._patterns_of(*each) if chosen([port], [one])])
                and self._is_sound(*each)}  # fmt: skip
        for (file, _), length in fits.items():
            if length == max(fits.values()) and file.stem not in self._seen:
                log.info("%s: mapping '%s'", port, file.stem)
                self._seen.add(file.stem)

    def _patterns_of(self, file: Path, written: int) -> tuple[str, ...]:
        """Read once as long as the file is the same; one that cannot be read is for no controller."""
        if (file, written) not in self._patterns:
            self._patterns[file, written] = self._unless_wrong(patterns_of, file) or ()
        return self._patterns[file, written]

    def _is_sound(self, file: Path, written: int) -> bool:
        if (file, written) not in self._sound:
            self._sound[file, written] = self._unless_wrong(read_layer, file) is not None
        return self._sound[file, written]

    def _unless_wrong(self, read: Callable[[Path], T], file: Path) -> T | None:
        try:
            return read(file)
        except MappingError as error:
            if file.stem not in self._seen:  # what is wrong in one that is played by, whoever loads it tells
                log.warning("%s; no controller gets this mapping", error)
            return None


def _written(file: Path) -> int:
    """When a file was written, in nanoseconds; 0 where it has just gone."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
