"""PortAudio, loaded when a device is first asked for, and once more after a JACK server has died. The daemon's thread.

PortAudio reads its list of devices once, in Pa_Initialize. Pa_Terminate would let it read anew, but asserts that JACK
answers (PortAudio issue 819): a server that was stopped would take the whole program with it, at the latest on exit.
So where JACK is in the list we never terminate, and read the list with a new copy of the library instead.
"""

import atexit
import contextlib
import ctypes.util
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from latentaudio.errors import AudioError

NAME = b"latentaudio"
JACK = "JACK Audio Connection Kit"

_left: list[Any] = []  # copies that threads of a dead server may still run in, and what they use: never freed


def load() -> Any:
    """The sounddevice module, its list of devices fresh. Not while a stream is open.

    Raises AudioError where there is no PortAudio.
    """
    loaded = "sounddevice" in sys.modules
    if not loaded:
        _name_ourselves(ctypes.util.find_library("portaudio"))
    try:
        import sounddevice
    except OSError as error:
        raise AudioError(
            "the PortAudio library is not installed (Debian, Ubuntu: apt install libportaudio2); "
            "--audio null plays without"
        ) from error
    if not loaded:
        atexit.unregister(sounddevice._exit_handler)  # it terminates; what is still open the system closes better
    elif any(api["name"] == JACK for api in sounddevice.query_hostapis()):
        _load_copy(sounddevice)
    else:
        sounddevice._terminate()
        sounddevice._initialize()
    return sounddevice


def leave(stream: Any) -> None:
    """Keep what belongs to a dead stream that cannot be closed without waiting for its server for ever."""
    _left.append(stream)


def _load_copy(sounddevice: Any) -> None:
    """Let sounddevice use a copy of the library, which has globals of its own."""
    _left.append(sounddevice._lib)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(_library_path(), folder)
        _name_ourselves(copy)
        sounddevice._lib = sounddevice._ffi.dlopen(copy)
    sounddevice._initialize()


def _name_ourselves(library: str | None) -> None:
    """Let JACK show our ports by our name; only before PortAudio is initialised, and where it knows JACK."""
    if library is not None and sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(library).PaJack_SetClientName(NAME)


def _library_path() -> Path:
    """The file that PortAudio was loaded from. Linux: elsewhere PortAudio comes without JACK."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = Path(line.split(maxsplit=5)[-1])
        if "portaudio" in path.name and path.is_file():
            return path
    raise AudioError("the list of audio devices cannot be read again; restart to find new ones")
