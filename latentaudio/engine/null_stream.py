"""The mixer on a timer, for machines with no sound card, servers and tests. A thread of its own runs it."""

import threading
import time

import numpy as np

from latentaudio.engine.devices import DeviceInfo
from latentaudio.engine.engine import Engine
from latentaudio.engine.stream import Stream

RESYNC_NS = 500_000_000  # a stream that is further behind (the machine slept) does not catch up


class NullStream(Stream):
    """Plays in real time to nobody, and catches up when it was held up."""

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
