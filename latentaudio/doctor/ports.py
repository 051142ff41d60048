"""Which MIDI ports there are, whether `play` opens them, and which mapping knows them."""

import sys
from collections.abc import Iterator
from pathlib import Path

from latentaudio.config import shipped_mappings, user_mappings
from latentaudio.control.layer import read_layer
from latentaudio.control.midi_ports import NAME, chosen, list_ports
from latentaudio.doctor.finding import Case, Finding
from latentaudio.errors import ControlError, MappingError

NO_SEQUENCER = "sudo modprobe snd-seq gives this machine ALSA's; --midi-api jack takes JACK's ports"

Patterns = dict[str, list[str]]  # of port names, by mapping


def check(case: Case, has_jack: bool) -> Iterator[Finding]:
    """Every MIDI system's ports, and every mapping's file."""
    mappings: Patterns = {}
    for file in sorted([*shipped_mappings().glob("*.yaml"), *user_mappings().glob("*.yaml")]):
        try:
            mappings[file.stem] = _patterns(file)
        except MappingError as error:
            yield Finding("midi", "warning", str(error), "correct that line: the mapping is not used until then")
    found = False
    for api in (case.midi_api,) if case.midi_api else _apis(has_jack):
        try:
            names = [name for name in list_ports(api) if not name.startswith(NAME)]
        except ControlError as error:
            yield Finding("midi", "warning", f"{api}: {error}", NO_SEQUENCER if api == "alsa" else "")
            continue
        for name in names:
            found = True
            yield port(api or "", name, mappings)
    if not found:
        yield Finding("midi", "warning", "no MIDI port is there", "plug a controller in; until then, play by OSC")


def port(api: str, name: str, mappings: Patterns) -> Finding:
    """What is to be said of one port."""
    fits = [mapping for mapping, patterns in mappings.items() if chosen([name], patterns)]
    known = f"mapping {' and '.join(fits)}" if fits else "no mapping of its own: the default one"
    if chosen([name], ["all"]) or fits:
        return Finding("midi", "ok", f"{api}: {name}: {known}")
    return Finding("midi", "ok", f"{api}: {name}: a program's, opened with --midi '{name}'; {known}")


def _apis(has_jack: bool) -> list[str]:
    """The MIDI systems here; JACK's library complains on the terminal where it is asked and does not run."""
    own = {"linux": "alsa", "darwin": "core", "win32": "winmm"}.get(sys.platform)
    return [*filter(None, [own]), *(["jack"] if has_jack else [])]


def _patterns(file: Path) -> list[str]:
    """Those that mean one controller."""
    return [pattern for pattern in read_layer(file).ports or () if pattern not in {"all", "none"}]
