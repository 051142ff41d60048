"""Which device to play on: PortAudio's list, searched by parts of names. The daemon's thread; PortAudio is
loaded on the first call.
"""

from dataclasses import dataclass
from typing import Any

from latentaudio.engine.portaudio import load
from latentaudio.errors import AudioError, suggest

NULL = "null"  # the device that plays to a timer: no PortAudio, no sound card
NULL_RATE = 44100.0


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device that can be opened as asked."""

    driver: str  # host API: "ALSA", "JACK Audio Connection Kit", "Core Audio", "null"
    name: str
    index: int  # PortAudio's; -1 for null
    sample_rate: float
    outputs: tuple[int, ...]  # channels to play on, from 1


def query_device(
    device: str | None = None, sample_rate: float | None = None, outputs: tuple[int, ...] | None = None
) -> DeviceInfo:
    """The output device that `device` means: an index, or a part of its name or of its host API's; None is the
    system's default.

    `sample_rate` None is the device's own, `outputs` None its first two (or only) channels. Not while a stream
    is open: the list is read anew.

    Raises AudioError where there is no such device, or it cannot play at that rate or on those outputs.
    """
    if device == NULL:
        return DeviceInfo(NULL, NULL, -1, sample_rate or NULL_RATE, outputs or (1, 2))
    portaudio = load()
    found = _find(portaudio, device)
    most = int(found["max_output_channels"])
    outputs = outputs or tuple(range(1, min(most, 2) + 1))
    if not all(1 <= output <= most for output in outputs) or len(set(outputs)) < len(outputs):
        raise AudioError(f"{found['name']} has outputs 1..{most}, not {','.join(map(str, outputs))}")
    rate = sample_rate or float(found["default_samplerate"])
    try:
        portaudio.check_output_settings(found["index"], max(outputs), "float32", samplerate=rate)
    except portaudio.PortAudioError as error:
        raise AudioError(f"{found['name']} cannot play at {rate:g} Hz: {reason(error)}") from error
    return DeviceInfo(_driver(portaudio, found), str(found["name"]), int(found["index"]), rate, outputs)


def list_devices() -> list[str]:
    """One line for each output device: name, host API, channels, own rate. Raises AudioError without PortAudio."""
    return _describe(load())


def list_drivers() -> list[str]:
    """Host APIs that have an output device. Raises AudioError without PortAudio."""
    portaudio = load()
    return list(dict.fromkeys(_driver(portaudio, found) for found in _output_devices(portaudio)))


def _describe(portaudio: Any) -> list[str]:
    return [
        f"{found['name']}, {_driver(portaudio, found)}: "
        f"{found['max_output_channels']} outputs, {found['default_samplerate']:g} Hz"
        for found in _output_devices(portaudio)
    ]


def reason(error: Exception) -> str:
    """What PortAudio says, without its numbers."""
    return str(error.args[0]) if error.args else str(error)


def _output_devices(portaudio: Any) -> list[Any]:
    return [found for found in portaudio.query_devices() if found["max_output_channels"] > 0]


def _driver(portaudio: Any, found: Any) -> str:
    return str(portaudio.query_hostapis(found["hostapi"])["name"])


def _find(portaudio: Any, device: str | None) -> Any:
    """PortAudio's entry for `device`."""
    present = _output_devices(portaudio)
    if not present:
        raise AudioError("there is no audio output device; --audio null plays without")
    if device is None:
        default = portaudio.default.device[1]
        return next((found for found in present if found["index"] == default), present[0])
    if device.isdecimal():
        named = [found for found in present if found["index"] == int(device)]
    else:
        named = [found for found in present if device.lower() in found["name"].lower()]
        named.sort(key=lambda found: found["name"].lower() != device.lower())
        named = named or _of_driver(portaudio, device, present)
    if named:
        return named[0]
    names = [found["name"] for found in present] + [_driver(portaudio, found) for found in present]
    raise AudioError(
        f"no audio device '{device}'{suggest(device, names)} (there are: {'; '.join(_describe(portaudio))})"
    )


def _of_driver(portaudio: Any, name: str, present: list[Any]) -> list[Any]:
    """The devices of the host API that `name` is part of, its default first."""
    for api in portaudio.query_hostapis():
        if name.lower() in api["name"].lower():
            devices = [found for found in present if found["index"] in api["devices"]]
            return sorted(devices, key=lambda found: found["index"] != api["default_output_device"])
    return []
