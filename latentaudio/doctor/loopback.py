"""The whole way of a hit, measured: a player of its own on JACK, notes by JACK MIDI, and what it plays recorded.

Needs JACK-Client (`pip install 'latentaudio[jack]'`), whose process callback sends and records in frames of one clock.
The server that runs is the one to measure on; where none does, one without a sound card may be started.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentaudio.control.remote import Remote
from latentaudio.doctor.finding import Case, Finding
from latentaudio.errors import AudioError, ControlError
from latentaudio.parameters import PADS, address, pad_name

GAP_S = 0.075  # between hits, and four periods at most on top
DECAY_S = 0.04  # of every pad: hits are told apart
READY_S = 90.0  # until the renderer rests
PERIOD, RATE = 128, 44100  # of a server that we start
SERVER = "latentaudio-doctor"
OURS = r"latentaudio(-\d+)?:out"
JITTERY_SHARE = 0.4  # of a period: JACK MIDI comes at its begin, which alone spreads hits by 1 / sqrt(12) = 0.29
JITTERY_MS, LATE_MS = 1.0, 10.0  # standard deviation, 95th percentile: Jack et al. 2018 reject 10 ms with 3 of jitter


@dataclass(frozen=True, slots=True)
class Server:
    """A running JACK server."""

    period: int
    rate: int
    ports: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.period} frames at {self.rate} Hz"


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


def hush() -> None:
    """Keep JACK's library from writing to the terminal whenever it is asked for a server that does not run."""
    with contextlib.suppress(ImportError, OSError):
        import jack

        for tell in (jack.set_error_function, jack.set_info_function):
            tell(lambda _: None)


def running() -> Server | None:
    """The server that runs. Raises ImportError or OSError where there is no JACK at all."""
    import jack

    try:
        client = jack.Client(SERVER, no_start_server=True)
    except jack.JackOpenError:
        return None
    with contextlib.closing(client):
        return Server(client.blocksize, client.samplerate, tuple(port.name for port in client.get_ports()))


@contextlib.contextmanager
def started() -> Iterator[dict[str, str]]:
    """A server with no card, real-time where permitted; the environment in which clients find it. Raises AudioError."""
    environment = os.environ | {"JACK_DEFAULT_SERVER": SERVER}
    for realtime in (("-R", "-P", "70"), ("-r",)):
        command = ["jackd", "-n", SERVER, *realtime, "-d", "dummy", "-r", str(RATE), "-p", str(PERIOD)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1.5)
        if process.poll() is None:
            break
    else:
        raise AudioError("jackd does not start; 'jackd -d dummy' says why")
    try:
        yield environment
    finally:
        process.terminate()
        process.wait(10)


def play(case: Case, environment: Any) -> dict[str, Any]:
    """What the probe found of a player that leaves the user's session alone. Raises LatentAudioError."""
    port = _free_port()
    command = [sys.executable, "-m", "latentaudio", "play", "--audio", "jack", "--midi-api", "jack", "--midi", "none",
               "--osc-port", str(port), "--device", case.device]  # fmt: skip
    command += ["--model", str(case.model)] if case.model else []
    with tempfile.TemporaryDirectory() as home:
        folders = {f"XDG_{kind}_HOME": home for kind in ("STATE", "DATA")}
        player = subprocess.Popen(command, env=environment | folders, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True)  # fmt: skip
        try:
            with Remote("127.0.0.1", port) as remote:
                before = _ready(remote, player)
                found = _probed(case, environment)
                found["missed_blocks"] = _bad(_status(remote)) - _bad(before)
                return found
        finally:
            player.terminate()
            player.communicate()


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


def _probed(case: Case, environment: Any) -> dict[str, Any]:
    how = {"midi": "latentaudio", "audio": OURS, "hits": max(1, round(case.seconds / GAP_S)), "gap": GAP_S}
    command = [sys.executable, "-m", "latentaudio.doctor.probe", json.dumps(how)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise AudioError(f"the probe ended: {(ended.stderr.strip().splitlines() or ['no reason'])[-1]}")
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _ready(remote: Remote, player: "subprocess.Popen[str]") -> dict[str, Any]:
    """Wait until the player plays and its renderer rests; its status then."""
    _wait(lambda: _status(remote)["renderer"]["state"] == "ready", player)
    for pad in range(1, PADS + 1):
        remote.send(f"{address(pad_name(pad, 'decay'))}/s", DECAY_S)
    _wait(lambda: _status(remote)["renderer"]["waiting"] == 0, player)
    return _status(remote)


def _wait(condition: Any, player: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and player.poll() is None:
        with contextlib.suppress(ControlError):
            if condition():
                return
        time.sleep(0.1)
    player.terminate()
    raise AudioError(f"the player does not get ready: {(player.communicate()[1].strip().splitlines() or ['?'])[-1]}")


def _status(remote: Remote) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(remote.ask("/la/status", reply="/la/status/json")[0])
    return said


def _bad(status: dict[str, Any]) -> int:
    return int(status["audio"]["xruns"] + status["audio"]["gaps"])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
