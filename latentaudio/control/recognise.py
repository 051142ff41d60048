"""Which shipped mappings fit the controllers that are plugged in. Read on the starting thread."""

import logging
from collections.abc import Iterable
from pathlib import Path

from latentaudio.control.layer import read_layer
from latentaudio.control.midi_ports import chosen, list_ports
from latentaudio.errors import ControlError

log = logging.getLogger(__name__)


def fitting(files: Iterable[Path], api: str | None) -> list[Path]:
    """Those of `files` whose own port pattern matches a MIDI port that is there now."""
    try:
        ports = list_ports(api)
    except ControlError:
        return []
    fits = []
    for file in files if ports else ():
        patterns = [pattern for pattern in read_layer(file).ports or () if pattern not in {"all", "none"}]
        if found := chosen(ports, patterns):
            log.info("%s: mapping '%s'", found[0], file.stem)
            fits.append(file)
    return fits
