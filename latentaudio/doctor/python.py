"""Whether the interpreter is fit to play, and the mixer compiled."""

import gc
import sys
import time
from collections.abc import Iterator

import numpy as np

from latentaudio.doctor.finding import Finding
from latentaudio.engine import native

NAPS = 300
NAP_S = 0.001
LATE_MS = 2.0  # a percussionist hears a jitter of 3 ms and more


def check() -> Iterator[Finding]:
    """Version and settings, how punctually a thread wakes, and the compiled mixer."""
    version = ".".join(map(str, sys.version_info[:3]))
    if hasattr(sys, "gettotalrefcount") or sys.gettrace():
        yield Finding("python", "warning", f"Python {version} is a debug build or is traced, and slow",
                      "play with an ordinary build, without a debugger or coverage")  # fmt: skip
    else:
        interval = f"{1e3 * sys.getswitchinterval():g} ms"
        yield Finding("python", "ok", f"Python {version}; threads switch every {interval}, every 0.5 ms in `play`")
    yield wakes(lateness_ms())
    yield _mixer()


def lateness_ms() -> float:
    """How late a thread wakes from short sleeps, 99th percentile."""
    gc.collect()
    late = []
    for _ in range(NAPS):
        due = time.perf_counter() + NAP_S
        time.sleep(NAP_S)
        late.append(1e3 * (time.perf_counter() - due))
    return float(np.percentile(late, 99))


def wakes(late_ms: float) -> Finding:
    """Whether threads wake in time."""
    said = f"a thread wakes {late_ms:.2f} ms late (99th percentile)"
    figures = {"wakes_late_ms": round(late_ms, 3)}
    if late_ms < LATE_MS:
        return Finding("python", "ok", said, figures=figures)
    return Finding("python", "warning", said, "close other programs, plug in the power supply, and turn power saving "
                   "off; real-time priority helps as well", figures)  # fmt: skip


def _mixer() -> Finding:
    is_kept = native.cache_path().is_file()
    began = time.perf_counter()
    native.load()
    took = time.perf_counter() - began
    if is_kept:
        return Finding("python", "ok", f"the compiled mixer loads in {1e3 * took:.0f} ms")
    if native.cache_path().is_file():
        return Finding("python", "ok", f"the mixer was compiled for this machine just now, in {took:.0f} s")
    return Finding("python", "warning", f"the compiled mixer cannot be kept in {native.cache_path().parent}",
                   f"make that folder writable: each start of `play` takes {took:.0f} s longer")  # fmt: skip
