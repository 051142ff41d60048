"""MIDI inputs of this machine: list, choose by pattern, open. RtMidi's own queue keeps what comes in."""

import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

from latentaudio.errors import ControlError

NAME = "latentaudio"
MIDI = "midi:"  # begins the origin of every message; the port's name follows
QUEUE = 4096  # messages that RtMidi keeps for a poller that is held up: 1.3 s of a full DIN cable

ALSA_SEQUENCER = Path("/dev/snd/seq")

_APIS = {"alsa": "API_LINUX_ALSA", "jack": "API_UNIX_JACK", "core": "API_MACOSX_CORE", "winmm": "API_WINDOWS_MM"}
_OURS = re.compile(rf"{NAME}(-[a-z]+)?(-\d+)?:")  # JACK numbers the clients of one name
_NUMBERED = re.compile(r" #\d+$")
_ALSA_CLIENT = re.compile(r" (\d+):\d+$")  # RtMidi ends ALSA names so
_ALSA_HARDWARE = range(16, 128)  # client 14 is Midi Through, and programs count from 128
_JACK_HARDWARE = ("system:", "a2j:")


@dataclass(frozen=True, slots=True)
class Port:
    """An open input; `origin` is how events name it."""

    name: str
    input: Any  # rtmidi.MidiIn

    @property
    def origin(self) -> str:
        """`midi:` and the port's name."""
        return MIDI + self.name

    def heed_clock(self, wanted: bool) -> None:
        """Whether ticks of a MIDI clock are let through to the queue; any thread."""
        self.input.ignore_types(sysex=True, timing=not wanted, active_sense=True)

    def close(self) -> None:
        """Close it; nobody may be reading from it."""
        self.input.close_port()
        self.input.delete()


def system(api: str | None) -> tuple[ModuleType, int]:
    """python-rtmidi, and what it calls the MIDI system of that name, or this machine's own.

    Raises ControlError where there is none here.
    """
    rtmidi = _rtmidi()
    here = {name: number for name, constant in _APIS.items()
            if (number := getattr(rtmidi, constant)) in rtmidi.get_compiled_api()}  # fmt: skip
    if api is not None and api not in here:
        raise ControlError(f"no MIDI system '{api}' here (there is: {', '.join(here) or 'none'})")
    if api in {None, "alsa"} and sys.platform == "linux" and not ALSA_SEQUENCER.exists():
        # Asked all the same, the ALSA library writes to the terminal itself.
        raise ControlError("no MIDI: this machine has no ALSA sequencer (--midi-api jack takes JACK's)")
    return rtmidi, here[api] if api else rtmidi.API_UNSPECIFIED


def new_input(api: str | None, name: str = NAME) -> Any:
    """An rtmidi.MidiIn without a port, of the named MIDI system or this machine's own, called `name` there.

    Raises ControlError where there is no such system here.
    """
    rtmidi, number = system(api)
    try:
        made = rtmidi.MidiIn(number, name=name, queue_size_limit=QUEUE)
    except OSError as error:  # what python-rtmidi's own errors are
        reason = str(error).rstrip(".")
        raise ControlError(f"no MIDI: {reason} (--midi-api chooses among {', '.join(_APIS)})") from error
    # System-exclusive and active sensing would only wake the poller; a clock does where somebody wants it.
    made.ignore_types(sysex=True, timing=True, active_sense=True)
    return made


def new_scanner(api: str | None) -> Any:
    """An input that only lists ports, under another name: under JACK the first client of a name gets it unnumbered."""
    return new_input(api, f"{NAME}-ports")


def open_port(api: str | None, name: str) -> Port | None:
    """Open the input of that name; None where it, or the whole MIDI system, has just gone or is taken."""
    try:
        made = new_input(api)
    except ControlError:
        return None
    try:
        return Port(name, made.open_port(labelled(made.get_ports()).index(name), name=NAME))
    except (OSError, ValueError):
        made.delete()
        return None


def open_virtual_port(api: str | None) -> Port:
    """An input that other programs can connect to; raises ControlError where the system has none."""
    made = new_input(api)
    try:
        return Port(NAME, made.open_virtual_port(NAME))
    except (OSError, NotImplementedError) as error:
        made.delete()
        raise ControlError(f"no virtual MIDI port: {error}") from error


def list_ports(api: str | None = None) -> list[str]:
    """Names of the MIDI inputs there are; raises ControlError where there is no MIDI system."""
    scanner = new_scanner(api)
    try:
        return labelled(scanner.get_ports())
    finally:
        scanner.delete()


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


def _rtmidi() -> ModuleType:
    """The module, or ControlError where its binary does not load."""
    try:
        import rtmidi
    except ImportError as error:
        raise ControlError(f"python-rtmidi does not load: {error}") from error
    module: ModuleType = rtmidi
    return module
