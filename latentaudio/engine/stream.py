"""What asks the mixer for blocks: PortAudio's real-time thread through a C callback, or a timer where there is
no sound card.
"""

import threading
import time
from typing import Any, Protocol

import numpy as np

from latentaudio.engine.devices import NULL, DeviceInfo, reason
from latentaudio.engine.engine import Engine
from latentaudio.engine.portaudio import JACK, leave
from latentaudio.errors import AudioError

NULL_BLOCK = 128  # frames
ALIVE_NS = 1_000_000_000  # a stream that asked for no block for so long is dead: the largest take 0.1 s
ANSWER_S = 0.25  # a JACK server that asked for no block for so long is gone: its largest period takes 0.19 s
RESYNC_NS = 500_000_000  # a null stream that is further behind (the machine slept) does not catch up


class Stream(Protocol):
    """A running or stopped output. The daemon's thread."""

    driver: str
    device: str
    sample_rate: float

    @property
    def block_size(self) -> int:
        """Frames of the latest block."""

    @property
    def alive(self) -> bool:
        """Whether it was started, or asked for a block, within the last second."""

    def start(self) -> None:
        """Let it sound. Raises AudioError."""

    def stop(self) -> None:
        """Stop asking for blocks; `start` goes on where it stopped."""

    def close(self) -> None:
        """Give the device back."""


def open_stream(engine: Engine, device: DeviceInfo, block_size: int | None = None) -> Stream:
    """A stream on `device`, not yet started; `block_size` None is the device's own.

    The engine needs the device's sample rate and one channel for each of its outputs. Raises AudioError.
    """
    if (engine.sample_rate, engine.channels) != (device.sample_rate, len(device.outputs)):
        raise ValueError(f"the engine was made for another device than {device}")
    if device.driver == NULL:
        return NullStream(engine, device, block_size or NULL_BLOCK)
    return DeviceStream(engine, device, block_size or 0)


class _Base:
    """What both streams know."""

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


class DeviceStream(_Base):
    """A PortAudio output whose callback is the compiled mixer: no Python runs in it, and none can hold it up."""

    def __init__(self, engine: Engine, device: DeviceInfo, block_size: int) -> None:
        import sounddevice

        super().__init__(engine, device)
        self._error = sounddevice.PortAudioError
        self._running = False
        self._stream = self._try(
            sounddevice._StreamBase,
            "output",
            samplerate=device.sample_rate,
            blocksize=block_size,
            device=device.index,
            channels=self._width,
            dtype="float32",
            latency="low",
            clip_off=True,  # the limiter keeps us inside; PortAudio's clipping and dither would touch exact samples
            dither_off=True,
            callback=sounddevice._ffi.cast("PaStreamCallback *", engine.native.callback_address),
            userdata=sounddevice._ffi.cast("void *", self._output.ctypes.data),
        )

    def start(self) -> None:
        """Let it sound. Raises AudioError."""
        self._try(self._stream.start)
        self._started_ns = time.perf_counter_ns()
        self._running = True

    def stop(self) -> None:
        """Stop at once. A JACK server that is gone has done so, and PortAudio would wait for its answer for ever."""
        if self._running and self._is_answered():
            self._try(self._stream.abort)
            self._running = False

    def close(self) -> None:
        """Give the device back."""
        self.stop()
        if self._running:
            leave(self)
        else:
            self._try(self._stream.close)

    def _is_answered(self) -> bool:
        """Whether the server still asks for blocks, for which this waits; what is not JACK stops by itself."""
        before = int(self._engine.state["blocks"])
        deadline = time.monotonic() + ANSWER_S
        while self.driver == JACK and int(self._engine.state["blocks"]) == before:
            if time.monotonic() > deadline:
                return False
            time.sleep(ANSWER_S / 50)
        return True

    def _try(self, call: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except self._error as error:
            raise AudioError(f"{self.device} ({self.driver}): {reason(error)}") from error


class NullStream(_Base):
    """The same mixer on a timer: for machines with no sound card, servers and tests.

    It plays in real time, and catches up when it was held up.
    """

    def __init__(self, engine: Engine, device: DeviceInfo, block_size: int) -> None:
        super().__init__(engine, device)
        self._block = np.zeros((block_size, self._width), np.float32)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the timer."""
        self._stopping.clear()
        self._started_ns = time.perf_counter_ns()
        self._thread = threading.Thread(target=self._run, name="null stream", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the timer; its last block is done when this returns."""
        self._stopping.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Stop."""
        self.stop()

    def _run(self) -> None:
        frames = len(self._block)
        block_ns = frames * 1e9 / self.sample_rate
        mix, block, output = self._engine.native.callback, self._block.ctypes.data, self._output.ctypes.data
        due = float(time.perf_counter_ns())
        while not self._stopping.is_set():
            mix(None, block, frames, None, 0, output)
            due += block_ns
            ahead = due - time.perf_counter_ns()
            if ahead > 0:
                time.sleep(ahead * 1e-9)
            elif -ahead > RESYNC_NS:
                due = float(time.perf_counter_ns())
