"""Which MIDI ports there are, whether `play` opens them, and which mapping knows them."""

import sys
from collections.abc import Iterator

from latentaudio.config import find_mapping
from latentaudio.control.layer import read_layer
from latentaudio.control.midi_ports import list_ports
from latentaudio.control.port_names import NAME, chosen
from latentaudio.control.recognise import DEFAULT, Recognised, candidates
from latentaudio.doctor.finding import Case, Finding
from latentaudio.errors import ControlError, MappingError

NO_SEQUENCER = "sudo modprobe snd-seq gives this machine ALSA's; --midi-api jack takes JACK's ports"


def check(case: Case, has_jack: bool) -> Iterator[Finding]:
    """Every MIDI system's ports, and every mapping's file."""
    for file in (find_mapping(DEFAULT), *candidates()):
        try:
            read_layer(file)
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
            yield port(api or "", name)
    if not found:
        yield Finding("midi", "warning", "no MIDI port is there", "plug a controller in; until then, play by OSC")


def port(api: str, name: str) -> Finding:
    """What is to be said of one port."""
    fits = [file.stem for file in Recognised().fitting([name])]
    known = f"mapping {' and '.join(fits)}" if fits else "no mapping of its own: the default one"
    if chosen([name], ["all"]) or fits:
        return Finding("midi", "ok", f"{api}: {name}: {known}")
    return Finding("midi", "ok", f"{api}: {name}: a program's, opened with --midi '{name}'; {known}")


def _apis(has_jack: bool) -> list[str]:
    """The MIDI systems here; JACK's library complains on the terminal where it is asked and does not run."""
    own = {"linux": "alsa", "darwin": "core", "win32": "winmm"}.get(sys.platform)
    return [*filter(None, [own]), *(["jack"] if has_jack else [])]
