"""Names of MIDI ports: told apart, chosen by pattern, and what becomes of each in words. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase

NAME = "latentaudio"

_OURS = re.compile(rf"{NAME}(-[a-z]+)?(-\d+)?:")  # JACK numbers the clients of one name
_NUMBERED = re.compile(r" #\d+$")
_ALSA_CLIENT = re.compile(r" (\d+):\d+$")  # RtMidi ends ALSA names so
_ALSA_HARDWARE = range(16, 128)  # client 14 is Midi Through, and programs count from 128
_JACK_HARDWARE = ("system:", "a2j:")


def labelled(names: Iterable[str]) -> list[str]:
    """Names of ports made distinct: the second of two controllers of one name ends in ` #2`."""
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return labels


def gone(opened: Iterable[str], there: Iterable[str]) -> set[str]:
    """Which of the open ports are to be closed now that only those are there.

    Where one of several of a name has gone, all of them: nothing says which it was, and the rest count anew.
    """
    opened, there = list(opened), set(there)
    lost = {_NUMBERED.sub("", name) for name in opened if name not in there}
    return {name for name in opened if _NUMBERED.sub("", name) in lost}


def chosen(names: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The ports that `patterns` mean: parts of names or `*` patterns, in any case; `all` is all hardware.

    Programs' ports are opened only by name: a source that `all` took by itself and that its user then
    connected to our own port would play every note twice.
    """
    wanted = [pattern.lower() for pattern in patterns]
    return [
        name
        for name in names
        if not _OURS.match(name) and any(_is_hardware(name) if want == "all" else _fits(name, want) for want in wanted)
    ]


def fate(name: str, opened: Iterable[str], patterns: Iterable[str]) -> str:
    """What becomes of a port, in words for `monitor`."""
    if name in opened:
        return "opened"
    if _OURS.match(name):
        return "nothing: it is our own"
    if chosen([name], patterns):
        return "nothing: it cannot be opened; another program may have it"
    heard = " and ".join("all hardware" if pattern == "all" else pattern for pattern in patterns)
    return f"nothing: not opened, only {heard} is; --midi '{name}' or the mapping's 'port' opens it"


def _fits(name: str, pattern: str) -> bool:
    """Only `*` and `?` stand for others: many ports have brackets in their names."""
    return pattern != "none" and fnmatchcase(name.lower(), f"*{pattern.replace('[', '[[]')}*")


def _is_hardware(name: str) -> bool:
    """By RtMidi's spelling of the name: on CoreMIDI and Windows every port counts as hardware."""
    if client := _ALSA_CLIENT.search(name):
        return int(client[1]) in _ALSA_HARDWARE
    return ":" not in name or name.startswith(_JACK_HARDWARE)
