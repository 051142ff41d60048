"""The audio thread and everything that may touch it: ports in, counters out, streams and a recorder."""

from latentaudio.engine.commands import Counters, Sound, Started, Strike
from latentaudio.engine.devices import DeviceInfo, list_devices, query_device
from latentaudio.engine.engine import Engine
from latentaudio.engine.port import CommandPort
from latentaudio.engine.stream import Stream, open_stream

__all__ = [
    "CommandPort",
    "Counters",
    "DeviceInfo",
    "Engine",
    "Sound",
    "Started",
    "Stream",
    "Strike",
    "list_devices",
    "open_stream",
    "query_device",
]
