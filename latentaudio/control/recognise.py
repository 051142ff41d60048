"""Which mappings fit the controllers that are plugged in. Read on the thread that loads mappings."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from latentaudio.config import shipped_mappings, user_mappings
from latentaudio.control.layer import read_layer
from latentaudio.control.midi_ports import chosen, list_ports
from latentaudio.errors import ControlError, MappingError

log = logging.getLogger(__name__)

DEFAULT = "default"  # for any controller, and so for none


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
    """The ports that a mapping is for; none where it is for all or for none. Raises MappingError."""
    return tuple(pattern for pattern in read_layer(file).ports or () if pattern not in {"all", "none"})


class Recognised:
    """The mappings of all controllers seen so far: one that is unplugged and plugged in again finds its own."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._patterns: dict[tuple[Path, int], tuple[str, ...]] = {}  # by file and when it was written
        self._looked: object = None  # at which ports, for which files

    def fitting(self, ports: Iterable[str]) -> list[Path]:
        """Those whose own port pattern fits one of `ports`, or fitted one before."""
        ports, files = tuple(ports), candidates()
        if ports and (ports, look := tuple(map(_written, files))) != self._looked:
            self._looked = ports, look
            patterns = {file: self._patterns_of(file, written) for file, written in zip(files, look, strict=True)}
            for port in ports:
                self._recognise(port, patterns)
        return [file for file in files if file.stem in self._seen]

    def _recognise(self, port: str, patterns: Mapping[Path, tuple[str, ...]]) -> None:
        """The longest pattern knows best: that of a model, where another is for all of a family."""
        fits = {file: max((len(each) for each in own if chosen([port], [each])), default=0)
                for file, own in patterns.items()}  # fmt: skip
        best = max(fits.values(), default=0)
        for file, length in fits.items():
            if length and length == best and file.stem not in self._seen:
                log.info("%s: mapping '%s'", port, file.stem)
                self._seen.add(file.stem)

    def _patterns_of(self, file: Path, written: int) -> tuple[str, ...]:
        """Read once as long as the file is the same; one that cannot be read is for no controller."""
        if (file, written) not in self._patterns:
            try:
                self._patterns[file, written] = patterns_of(file)
            except MappingError as error:
                log.warning("%s; no controller gets this mapping", error)
                self._patterns[file, written] = ()
        return self._patterns[file, written]


def _written(file: Path) -> int:
    """When a file was written, in nanoseconds; 0 where it has just gone."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
