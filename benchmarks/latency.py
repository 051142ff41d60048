"""How long from a note to its sound, on JACK, beside FluidSynth: idle, busy, moving, and with the interpreter held.

    python -m benchmarks.latency [--hits 1000] [--periods 64 128]

Needs jackd2, fluidsynth and JACK-Client, and the right to real-time priority.
"""

import argparse
import contextlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rig import PORT, PYTHON, daemon, fluidsynth, jack_server, probe, short, status, summary
from latentaudio.control.remote import Remote
from latentaudio.doctor.loopback import latencies

GAP = 0.075  # seconds between hits
OURS = {"midi": "latentaudio", "audio": r"latentaudio(-\d+)?:out"}
JACK = ("--audio", "jack", "--midi-api", "jack", "--midi", "none")


@contextlib.contextmanager
def busy(remote: Remote) -> Iterator[None]:
    """1,000 OSC messages a second, every one of which asks for another sound: the decoder never rests."""
    stop = threading.Event()
    flooder = remote.another()

    def flood() -> None:
        due, count = time.perf_counter(), 0
        while not stop.is_set():
            flooder.send(f"/la/latent/{count % 20 + 1}", (count * 37 % 100) / 100)
            due, count = due + 0.001, count + 1
            time.sleep(max(0.0, due - time.perf_counter()))

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        flooder.close()


@contextlib.contextmanager
def moving(remote: Remote, seconds: float) -> Iterator[None]:
    """A finger on the map at 120 messages a second, a walk at 60 steps, and eight clients that hear of all of it."""
    remote.send("/la/walk/rate/hz", 60.0)
    remote.send("/la/walk/run", 1.0)
    finger = [PYTHON, "-m", "benchmarks.drag", "--finger", "/la/map/xy", "--port", str(PORT)]
    with subprocess.Popen([*finger, "--seconds", str(seconds)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.terminate()
    remote.send("/la/walk/run", 0.0)


def row(name: str, period: int, found: dict, extra: str = "") -> None:
    """One line of the table; cycles that the probe itself lost stand in the notes: JACK drops what it sent in them."""
    ms, missed = latencies(found)
    if found["lost_cycles"]:
        extra = f"the probe lost {found['lost_cycles']} cycles; {extra}"
    print(f"| {name} | {period} | {len(found['sent'])} | {missed} | {summary(ms)} | {extra} |", flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=1000)
    parser.add_argument("--periods", type=int, nargs="+", default=[64, 128])
    options = parser.parse_args()
    print("| what | frames | hits | missed | median ms | p95 | p99 | max | sd | notes |\n|" + "---|" * 10)
    with tempfile.TemporaryDirectory() as folder:
        render = [PYTHON, "-m", "latentaudio", "render", "--pads", "--out", folder]
        subprocess.run(render, check=True, stdout=subprocess.DEVNULL)
        wav = short(Path(folder) / "01.wav")
        for period in options.periods:
            with jack_server(period):
                measure(period, wav, {"hits": options.hits, "gap": GAP})


def measure(period: int, wav: Path, how: dict) -> None:
    """All rows for one period."""
    with fluidsynth(wav):
        row("FluidSynth", period, probe(midi="fluidsynth", audio="fluidsynth.*left", **how))
    with daemon(*JACK) as remote:
        row("LatentAudio, idle", period, probe(**OURS, **how))
        with busy(remote):
            found = probe(**OURS, **how)
        now = status(remote)
        p95 = now["renderer"]["freshness_ms"]["p95"]
        row("LatentAudio, busy", period, found, f"freshness p95 {p95} ms, {now['osc']['messages']} messages")
        with moving(remote, 2.0 * GAP * how["hits"]):
            row("LatentAudio, finger and walk", period, probe(**OURS, **how))
    with daemon(*JACK, prefix=("-m", "benchmarks.held_interpreter")) as remote:
        before = status(remote)["audio"]
        with bare_client() as bare:
            found = probe(**OURS, **how)
            after = status(remote)["audio"]
        ours = [after[key] - before[key] for key in ("gaps", "xruns")]
        row("LatentAudio, interpreter held", period, found,
            f"late callbacks, xruns: ours {ours[0]}, {ours[1]}; bare client {', '.join(bare)}")  # fmt: skip


@contextlib.contextmanager
def bare_client() -> Iterator[list[str]]:
    """A client beside ours; its late callbacks and xruns are in the list once the block has ended."""
    counts: list[str] = []
    command = [PYTHON, "-m", "benchmarks.bare_client"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(2.0)
        yield counts
        counts += process.communicate()[0].split()


if __name__ == "__main__":
    main()
