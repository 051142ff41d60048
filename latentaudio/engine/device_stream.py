"""A sound card's output: PortAudio's real-time thread calls the compiled mixer, the daemon's thread the methods."""

import time
from typing import Any

import sounddevice

from latentaudio.engine.devices import DeviceInfo, reason
from latentaudio.engine.engine import Engine
from latentaudio.engine.portaudio import JACK, leave
from latentaudio.engine.stream import Stream
from latentaudio.errors import AudioError

ANSWER_S = 0.25  # a JACK server that asked for no block for so long is gone: its largest period takes 0.19 s


class DeviceStream(Stream):
    """A PortAudio output whose callback is the compiled mixer: no Python runs in it, and none can hold it up."""

    def __init__(self, engine: Engine, device: DeviceInfo, block_size: int) -> None:
        super().__init__(engine, device)
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
        except sounddevice.PortAudioError as error:
            raise AudioError(f"{self.device} ({self.driver}): {reason(error)}") from error
