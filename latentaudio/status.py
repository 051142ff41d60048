"""What the daemon says of itself: gathered by the state thread, the same for people, OSC and programs."""

import logging
from collections import deque
from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from latentaudio.control.midi import MidiInput
from latentaudio.control.osc import OscServer
from latentaudio.engine.commands import Started
from latentaudio.engine.recorder import Recorder
from latentaudio.instrument import Instrument
from latentaudio.osc_root import ROOT
from latentaudio.output import Output
from latentaudio.render.renderer import Renderer

if TYPE_CHECKING:
    from latentaudio.control.oscquery import OscQuery

log = logging.getLogger(__name__)

KEPT = 1000  # latest hits that the percentiles speak of
FLOOD_S = 5.0  # between two words on a flood that lasts


class Triggers:
    """How long hits took from their arrival to their first frame."""

    def __init__(self) -> None:
        self.count = 0
        self._latency_ms: deque[float] = deque(maxlen=KEPT)

    def add(self, hits: Iterable[Started]) -> None:
        """Count hits that have sounded."""
        for hit in hits:
            self.count += 1
            self._latency_ms.append((hit.sounded_ns - hit.arrival_ns) / 1e6)

    def report(self, late: int, dropped: int) -> dict[str, Any]:
        """The `trigger` section of the status."""
        jitter_ms = round(float(np.std(self._latency_ms)), 3) if self._latency_ms else None
        latency_ms = percentiles(self._latency_ms)
        return {"count": self.count, "late": late, "dropped": dropped, "latency_ms": latency_ms, "jitter_ms": jitter_ms}


class Floods:
    """Says now and then how much was dropped because it came faster than it can be performed."""

    def __init__(self) -> None:
        self._told = 0
        self._silent_until = 0.0

    def tell(self, dropped: int, now: float) -> None:
        """`dropped` are all events and packets since the start; `now` is in seconds."""
        if dropped > self._told and now >= self._silent_until:
            log.warning("%d messages came faster than they can be performed and were dropped", dropped - self._told)
            self._told, self._silent_until = dropped, now + FLOOD_S


class Parts(Protocol):
    """What the status is gathered from; the daemon."""

    output: Output
    instrument: Instrument
    osc: OscServer
    query: "OscQuery | None"
    triggers: Triggers

    @property
    def midi(self) -> MidiInput:
        """What MIDI comes in by now."""

    @property
    def renderer(self) -> Renderer:
        """That of the model that plays."""

    @property
    def recorder(self) -> Recorder | None:
        """What records now."""


def report(parts: Parts) -> dict[str, Any]:
    """How everything is, as `latentaudio status --json` and `/la/status` tell it."""
    recorder = parts.recorder
    tempo = parts.instrument.navigator.tempo
    counters, library = parts.output.engine.counters(), parts.instrument.library
    return {
        "audio": {
            "driver": parts.output.driver,
            "device": parts.output.name,
            "sample_rate": parts.output.sample_rate,
            "block_size": parts.output.block_size,
            "xruns": counters.xruns,
            "gaps": counters.gaps,
            "load": round(counters.load, 4),
            "load_max": round(counters.load_max, 4),
            "voices": counters.voices,
            "stolen": counters.stolen,
            "limited": counters.limited,
            "nonfinite": counters.nonfinite,
            "reopened": parts.output.reopened,
            "why": parts.output.why,
        },
        "renderer": {
            "state": parts.renderer.state,
            "device": parts.renderer.device,
            "pid": parts.renderer.pid,
            "restarts": parts.renderer.restarts,
            "refused": parts.renderer.refused,
            "waiting": parts.instrument.sounding.waiting,
            "why": parts.renderer.why,
            "freshness_ms": percentiles(parts.instrument.freshness_ms),
            "memory_mb": parts.renderer.memory_mb,
            "sounds_mb": round(parts.instrument.sounding.larder.megabytes, 1),
        },
        "trigger": parts.triggers.report(counters.late, counters.dropped),
        "midi": parts.midi.report(),
        "osc": {"port": parts.osc.port, "clients": parts.osc.clients, **parts.osc.counts()},
        "recorder": {"path": str(recorder.path), "lost": recorder.lost, "error": recorder.error} if recorder else None,
        "model": {"name": library.name, "dims": library.dims},
        "preset": parts.instrument.state.preset,
        "tempo": {"bpm": round(tempo.bpm, 2), "source": tempo.source(perf_counter())},
    }


def banner(parts: Parts) -> str:
    """What a performer wants to read at the start."""
    output, library = parts.output, parts.instrument.library
    query = f", OSCQuery at TCP port {parts.query.port}" if parts.query else ""
    under = f" under {parts.osc.root}" if parts.osc.root != ROOT else ""
    lines = [
        f"LatentAudio plays {library.name} ({library.dims} dims) on {output.name} ({output.driver}, "
        f"{output.sample_rate} Hz); OSC at UDP port {parts.osc.port}{under}{query}; "
        f"MIDI: {', '.join(parts.midi.ports) or 'none'}"
    ]
    if parts.recorder:
        lines.append(f"recording to {parts.recorder.path}")
    return "\n".join([*lines, "Ctrl-C stops"])


def percentiles(values: Iterable[float]) -> dict[str, float | None]:
    """Median and 95th percentile; None where there is nothing yet."""
    numbers = list(values)
    if not numbers:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(numbers, (50, 95))
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3)}
