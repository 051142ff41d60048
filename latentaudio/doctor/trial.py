"""Silent hits on a device: the real mixer, at one block size. The calling thread asks, the device's thread mixes."""

import time
from dataclasses import dataclass

import numpy as np

from latentaudio.engine.commands import Sound, Started, Strike
from latentaudio.engine.devices import DeviceInfo
from latentaudio.engine.engine import Engine
from latentaudio.engine.stream import Stream, open_stream

HITS = 50
GAP_S = 0.011  # between them: no multiple of a block
PATIENCE_S = 2.0  # until a device asks for its first blocks
BLOCKS = 8  # that it may take to settle


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of some silent hits at one block size."""

    frames: int  # of the block that the device took
    ms: tuple[float, ...]  # of each hit, from when it was asked for to when the device took its first frame
    xruns: int  # underflows, and callbacks that came more than a block late


def trial(device: DeviceInfo, size: int | None) -> Trial:
    """Play silent hits at a block size, None for the device's own. Raises AudioError."""
    engine = Engine(device.sample_rate, len(device.outputs))
    stream = open_stream(engine, device, size)
    try:
        stream.start()
        deadline = time.monotonic() + PATIENCE_S
        while engine.counters().blocks < BLOCKS and time.monotonic() < deadline:
            time.sleep(0.01)
        return _played(engine, stream)
    finally:
        stream.stop()
        stream.close()


def _played(engine: Engine, stream: Stream) -> Trial:
    port, strike = engine.port("doctor"), Strike(Sound(np.zeros(64, np.float32)))
    before = engine.counters()
    started: list[Started] = []
    for _ in range(HITS):
        port.play(strike, 0.0, time.perf_counter_ns())
        time.sleep(GAP_S)
        started += engine.collect()
    after = engine.counters()
    bad = after.xruns + after.gaps - before.xruns - before.gaps
    return Trial(stream.block_size, tuple((hit.sounded_ns - hit.arrival_ns) / 1e6 for hit in started), bad)
