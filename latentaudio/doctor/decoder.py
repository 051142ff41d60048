"""Whether the model is whole, and how fast new sounds come: the renderer process itself, with torch, started once."""

import threading
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import numpy as np

from latentaudio.config import FACTORY_MODEL, state_folder
from latentaudio.doctor.finding import Case, Finding
from latentaudio.latent.library import Library, read_library
from latentaudio.render.process import Ready, Worker
from latentaudio.session import Session

DECODES = 40
SLOW_MS = 50.0  # from a knob to a sound: above it a knob feels as if it were on a rubber band
PATIENCE_S = 120.0  # a GPU's first start compiles

NVIDIA = Path("/proc/driver/nvidia/version")  # there with its kernel module


def check_model(case: Case) -> Iterator[Finding]:
    """The file that `play` would take. Raises ModelError."""
    path = _model(case)
    began = time.perf_counter()
    library = read_library(path)
    took = 1e3 * (time.perf_counter() - began)
    yield Finding("model", "ok", f"{library.name}: {library.dims} dims, {len(library.latents)} sounds, {path}, read in "
                  f"{took:.0f} ms")  # fmt: skip


def check_renderer(case: Case) -> Iterator[Finding]:
    """Start it, and let it decode. Raises LatentAudioError with its own reason."""
    path = _model(case)
    library = read_library(path)
    began = time.perf_counter()
    with Worker(path, library.sample_rate, library.frames, case.device) as worker:
        watchdog = threading.Timer(PATIENCE_S, worker.kill)
        watchdog.start()
        try:
            ready = worker.wait_ready()
            warm_s = time.perf_counter() - began
            times = decode_ms(worker, library)
        finally:
            watchdog.cancel()
        yield decodes(ready.device, warm_s, times)
    yield from accelerator(ready, case.device)


def decode_ms(worker: Worker, library: Library) -> list[float]:
    """How long one sound takes, as often as is worth a percentile, in milliseconds."""
    times = []
    for latents in library.latents[np.arange(DECODES) % len(library.latents)]:
        began = time.perf_counter()
        worker.decode(latents[None])
        times.append(1e3 * (time.perf_counter() - began))
    return times


def decodes(device: str, warm_s: float, times: list[float]) -> Finding:
    """What the times mean."""
    p50, p95, p99 = (round(float(value), 2) for value in np.percentile(times, (50, 95, 99)))
    said = f"{device}: warm after {warm_s:.1f} s, a sound in {p50:g} ms (p95 {p95:g}, p99 {p99:g})"
    figures = {"warm_s": round(warm_s, 2), "p50": p50, "p95": p95, "p99": p99}
    if p95 < SLOW_MS:
        return Finding("renderer", "ok", said, figures=figures)
    return Finding("renderer", "warning", said, "hits stay punctual, but what a knob changes comes late: close other "
                   "programs, or play on a machine with a GPU", figures)  # fmt: skip


def accelerator(ready: Ready, wanted: str, driver: Path = NVIDIA) -> Iterator[Finding]:
    """Whether a GPU lies idle."""
    torch = metadata.version("torch")
    if wanted not in ("auto", ready.device.split()[0]):
        yield Finding("renderer", "warning", ready.device, f"--device {wanted} is not there for torch {torch}")
    elif ready.device.startswith("cpu") and driver.exists():
        yield Finding("renderer", "warning", f"there is an NVIDIA GPU that torch {torch} does not use",
                      "install a torch that is built for CUDA (see pytorch.org), or update the driver")  # fmt: skip
    else:
        yield Finding("renderer", "ok", f"torch {torch}")


def _model(case: Case) -> Path:
    return case.model or Session(state_folder()).model() or FACTORY_MODEL
