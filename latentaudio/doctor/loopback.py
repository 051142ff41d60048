"""The whole way of a hit, measured: a player of its own on JACK, notes by JACK MIDI, and what it plays recorded.

Needs JACK-Client (`pip install 'latentaudio[jack]'`), whose process callback sends and records in frames of one clock.
The server that runs is the one to measure on; where none does, one without a sound card may be started.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentaudio.doctor.finding import Case, Finding
from latentaudio.doctor.jack_server import PERIOD, RATE, Server, running, started
from latentaudio.doctor.player import play

JITTERY_SHARE = 0.4  # of a period: JACK MIDI comes at its begin, which alone spreads hits by 1 / sqrt(12) = 0.29
JITTERY_MS, LATE_MS = 1.0, 10.0  # standard deviation, 95th percentile: Jack et al. 2018 reject 10 ms with 3 of jitter


def check(case: Case, is_playing: bool) -> Iterator[Finding]:
    """The loop-back, or why there is none."""
    if sys.platform != "linux":
        yield Finding("loop-back", "ok", "played on Linux only")
        return
    try:
        server = running()
    except (ImportError, OSError):
        yield Finding("loop-back", "ok", "not played: JACK-Client or JACK's library is not installed",
                      "pip install 'latentaudio[jack]'")  # fmt: skip
        return
    if is_playing or (server and any(port.startswith("latentaudio") for port in server.ports)):
        yield Finding("loop-back", "ok", "not played while a daemon plays", "stop the daemon, and ask again")
    elif server:
        yield judged(play(case, os.environ), f"JACK, {server}")
    elif case.loopback and shutil.which("jackd"):
        with started() as environment:
            yield judged(play(case, environment), f"JACK with no card, {Server(PERIOD, RATE, ())}")
    else:
        there = "--loopback starts one with no card" if shutil.which("jackd") else "apt install jackd2 brings one"
        yield Finding("loop-back", "ok", f"not played: no JACK server runs ({there})")


def judged(found: dict[str, Any], where: str) -> Finding:
    """What a probe's findings mean."""
    ms, missed = latencies(found)
    if not len(ms):
        return Finding("loop-back", "problem", f"{where}: none of {len(found['sent'])} hits was heard",
                       "look at what `latentaudio --log debug play --audio jack` says")  # fmt: skip
    p50, p95, p99 = (round(float(value), 2) for value in np.percentile(ms, (50, 95, 99)))
    jitter, xruns = round(float(ms.std()), 2), found["xruns"] + found["missed_blocks"]
    figures = {"hits": len(ms), "missed": missed, "p50": p50, "p95": p95, "p99": p99, "jitter": jitter, "xruns": xruns,
               "probe_lost": found["lost_cycles"]}  # fmt: skip
    said = (f"{where}: {len(ms)} hits are heard after {p50:g} ms (p95 {p95:g}, p99 {p99:g}), jitter {jitter:g} ms, "
            f"{missed} missed, {xruns} xruns, {found['lost_cycles']} cycles lost by the probe")  # fmt: skip
    advice = _advice(figures, found["period"], 1e3 * found["period"] / found["rate"])
    bad = missed > found["lost_cycles"]  # JACK drops what the probe sent in a cycle that it lost
    return Finding("loop-back", "problem" if bad else "warning" if advice else "ok", said, advice, figures)


def _advice(figures: dict[str, float], period: int, period_ms: float) -> str:
    if figures["xruns"] > figures["probe_lost"]:  # the server counts those of the probe, which is Python, as well
        return f"a larger period (jackd -p {2 * period}), and real-time priority: see `system` above"
    if figures["jitter"] > JITTERY_MS and figures["jitter"] > JITTERY_SHARE * period_ms:
        return "real-time priority for jackd and us: see `system` above; close other programs"
    if figures["p95"] > LATE_MS or figures["jitter"] > JITTERY_MS:
        return f"a smaller period (jackd -p {period // 2}; PipeWire: PIPEWIRE_QUANTUM={period // 2}/48000)"
    return ""


def latencies(found: dict[str, Any]) -> tuple[NDArray[np.float64], int]:
    """Milliseconds from each hit to its onset, and how many hits were missed."""
    sent, onsets = np.array(found["sent"], np.int64), np.array(found["onsets"], np.int64)
    index = np.searchsorted(onsets, sent)
    following = np.append(onsets, np.iinfo(np.int64).max)[index]
    ends = np.append(sent[1:], sent[-1] + found["rate"])
    heard = following < ends
    return (following - sent)[heard] / found["rate"] * 1e3, int((~heard).sum())
