"""What asks the mixer for blocks: a sound card, or a timer where there is none. The daemon's thread."""

import time
from abc import ABC, abstractmethod

from latentaudio.engine.devices import NULL, DeviceInfo
from latentaudio.engine.engine import Engine

NULL_BLOCK = 128  # frames
ALIVE_NS = 1_000_000_000  # a stream that asked for no block for so long is dead: the largest take 0.1 s


class Stream(ABC):
    """A running or stopped output of an engine."""

    def __init__(self, engine: Engine, device: DeviceInfo) -> None:
        self.driver = device.driver
        self.device = device.name
        self.sample_rate = device.sample_rate
        self._width = max(device.outputs)
        self._engine = engine  # whose memory the stream's thread uses
        self._output = engine.output(tuple(output - 1 for output in device.outputs), self._width)
        self._started_ns = 0

    @property
    def block_size(self) -> int:
        """Frames of the latest block; 0 before the first."""
        return int(self._engine.state["block_frames"])

    @property
    def alive(self) -> bool:
        """Whether it was started, or asked for a block, within the last second."""
        latest = max(int(self._engine.state["called_ns"]), self._started_ns)
        return time.perf_counter_ns() - latest < ALIVE_NS

    @abstractmethod
    def start(self) -> None:
        """Let it sound. Raises AudioError."""

    @abstractmethod
    def stop(self) -> None:
        """Stop at once; `start` goes on where it stopped. Raises AudioError."""

    @abstractmethod
    def close(self) -> None:
        """Stop, and give the device back. Raises AudioError."""


def open_stream(engine: Engine, device: DeviceInfo, block_size: int | None = None) -> Stream:
    """A stream on `device`, not yet started, in place of any other of this engine.

    `block_size` None is the device's own, in frames. The engine needs the device's sample rate and one channel
    for each of its outputs. Raises AudioError.
    """
    if (engine.sample_rate, engine.channels) != (device.sample_rate, len(device.outputs)):
        raise ValueError(f"the engine was made for another device than {device}")
    if device.driver == NULL:
        from latentaudio.engine.null_stream import NullStream

        return NullStream(engine, device, block_size or NULL_BLOCK)
    from latentaudio.engine.device_stream import DeviceStream

    return DeviceStream(engine, device, block_size or 0)
