"""MIDI outputs: which of them belongs to the controller that an input is of. The thread that looks after ports."""

import re
from collections.abc import Sequence
from typing import Any

from latentaudio.control.midi_ports import system
from latentaudio.control.port_names import NAME, labelled
from latentaudio.errors import ControlError

_WAY = re.compile(r"(?<![a-z])(capture|playback|input|output|in|out)(?![a-z])")  # what the two names differ by
_PLACE = re.compile(r" \d+(:\d+)?$")  # Windows counts inputs and outputs apart; ALSA's client and port


def new_output(api: str | None) -> Any:
    """An rtmidi.MidiOut without a port. Raises ControlError where there is no such MIDI system here."""
    rtmidi, number = system(api)
    return rtmidi.MidiOut(number, name=f"{NAME}-lights")


def open_output(api: str | None, name: str) -> Any | None:
    """Open the output of that name; None where it, or the whole MIDI system, has just gone or is taken."""
    try:
        made = new_output(api)
    except (ControlError, OSError):
        return None
    try:
        return made.open_port(labelled(made.get_ports()).index(name), name=NAME)
    except (OSError, ValueError):
        made.delete()
        return None


def counterpart(name: str, inputs: Sequence[str], outputs: Sequence[str]) -> str | None:
    """The output of the controller whose input is `name`: of the same name, but for its way and place.

    Of two controllers of one name the first output goes with the first input. CoreMIDI and Windows may name the two
    sides of a device differently: there the only ones with the same first word will do.
    """
    if name in outputs:
        return name
    there = [each for each in outputs if _plain(each) == _plain(name)]
    here = [each for each in inputs if _plain(each) == _plain(name)]
    if name in here and here.index(name) < len(there):
        return there[here.index(name)]
    alike = [
        [each for each in side if _plain(each).split()[:1] == _plain(name).split()[:1]] for side in (inputs, outputs)
    ]
    return alike[1][0] if ":" not in name and [len(side) for side in alike] == [1, 1] else None


def _plain(name: str) -> str:
    return " ".join(_WAY.sub("", _PLACE.sub("", name.lower())).split())
