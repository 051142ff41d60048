"""MIDI inputs of this machine: list and open them. RtMidi's own queue keeps what comes in."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from latentaudio.control.port_names import NAME, labelled
from latentaudio.errors import ControlError

MIDI = "midi:"  # begins the origin of every message; the port's name follows
QUEUE = 4096  # messages that RtMidi keeps for a poller that is held up: 1.3 s of a full DIN cable

# When JACK's graph has changed, as it has where another port was just closed, libjack goes through a client's ports in
# a thread of its own (JackClient::HandleLatencyCallback), and crashes where one of them is taken away meanwhile: of 24
# programs that opened and closed five ports twelve times, 2 did.
SETTLE_S = 0.02

ALSA_SEQUENCER = Path("/dev/snd/seq")

_APIS = {"alsa": "API_LINUX_ALSA", "jack": "API_UNIX_JACK", "core": "API_MACOSX_CORE", "winmm": "API_WINDOWS_MM"}


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
        let_go(self.input)


def let_go(opened: Any) -> None:
    """Close a port of RtMidi's, and forget it; takes a moment."""
    time.sleep(SETTLE_S)
    opened.close_port()
    opened.delete()


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


def _rtmidi() -> ModuleType:
    """The module, or ControlError where its binary does not load."""
    try:
        import rtmidi
    except ImportError as error:
        raise ControlError(f"python-rtmidi does not load: {error}") from error
    module: ModuleType = rtmidi
    return module
