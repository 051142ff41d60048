"""What 10,000 OSC messages a second do: to notes, to triggers among them, and to memory.

    python -m benchmarks.flood [--rate 10000] [--seconds 60] [--period 128]

JACK with the dummy driver; MIDI notes are heard first idle, then through the flood. The flood moves 20 dims of the
focused pad, the levels of pads and a place on the map, asks, and errs; each 200th message is a trigger of pad 16, which
is silent, so that the notes of pad 1 can be told apart. A trigger that reached the socket has to sound.
"""

import argparse
import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.latency import GAP, JACK, OURS
from benchmarks.rig import PORT, daemon, jack_server, probe, status, summary
from latentaudio.control.osc_codec import encode
from latentaudio.control.remote import Remote
from latentaudio.doctor.loopback import latencies

EVERY = 200  # messages between two triggers
BURST_S = 0.001
SETTLE_S = 3.0


def messages() -> list[bytes]:
    """One round of the flood; its last is the trigger."""
    random = np.random.default_rng(3)
    kinds = [
        lambda: (f"/la/latent/{random.integers(1, 21)}", random.random()),
        lambda: (f"/la/pad/{random.integers(2, 17)}/pan", random.random()),
        lambda: ("/la/map/xy", random.random(), random.random()),
        lambda: (f"/la/attribute/{random.choice(['pitch', 'click', 'decay'])}", random.random()),
    ]
    rare = [("/la/master/level",), ("/la/mastr/level", 0.5), ("/la/latent/3", float("nan")), ("/la/ping",)]
    packets = [kinds[number % len(kinds)]() for number in range(EVERY - 1 - len(rare))] + rare
    random.shuffle(packets)
    return [encode(str(each[0]), *map(float, each[1:])) for each in packets] + [encode("/la/pad/16/trigger", 0.5)]


def flood(rate: int, seconds: float) -> None:
    """Send at an even rate and print how many packets, and how many of them triggers, the system took."""
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.connect(("127.0.0.1", PORT))
    packets, sent = itertools.cycle(messages()), 0
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        for _ in range(int((now - began) * rate) - sent):
            out.send(next(packets))
            sent += 1
        time.sleep(BURST_S)
    print(sent, sent // EVERY, (time.perf_counter() - began))


class Memory(threading.Thread):
    """Resident megabytes of a process, each second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.megabytes, self._pid, self._stop_it = list[float](), pid, threading.Event()

    def run(self) -> None:
        """Look until `end`."""
        while not self._stop_it.wait(1.0 if self.megabytes else 0.0):
            words = Path(f"/proc/{self._pid}/statm").read_text().split()
            self.megabytes.append(int(words[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)

    def end(self) -> list[float]:
        """What was seen."""
        self._stop_it.set()
        self.join()
        return self.megabytes


def player_of(remote: Remote) -> int:
    """The player's process: the parent of the renderer."""
    worker = status(remote)["renderer"]["pid"]
    return int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])


def settled(remote: Remote) -> dict:
    """The status, once what the flood has left behind is done."""
    time.sleep(SETTLE_S)
    remote.ask("/la/sync", 1, reply="/la/synced", seconds=60.0)
    time.sleep(1.0)
    return status(remote)


def main() -> None:
    """Print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=10_000, help="messages a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--period", type=int, default=128)
    parser.add_argument("--send", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.send:
        return flood(options.rate, options.seconds)
    hits = int((options.seconds - 2.0) / (GAP + 0.007))
    with jack_server(options.period), daemon(*JACK) as remote:
        remote.send("/la/pad/16/level/db", -60.0)
        idle = probe(**OURS, hits=hits, gap=GAP)
        before, memory = settled(remote), Memory(player_of(remote))
        memory.start()
        sender = [sys.executable, "-m", "benchmarks.flood", "--send", "--rate", str(options.rate), "--seconds",
                  str(options.seconds)]  # fmt: skip
        with subprocess.Popen(sender, stdout=subprocess.PIPE, text=True) as process:
            found = probe(**OURS, hits=hits, gap=GAP)
            assert process.stdout
            sent, triggers, took = map(float, process.stdout.read().split())
        after, megabytes = settled(remote), memory.end()
    rows(options, idle, found)
    report(before, after, int(sent), int(triggers), took, len(found["sent"]), megabytes)


def rows(options: argparse.Namespace, idle: dict, found: dict) -> None:
    """The notes."""
    print("| notes | frames | heard | missed | median ms | p95 | p99 | max | sd | the probe lost |\n|" + "---|" * 10)
    p95 = []
    for name, each in (("idle", idle), (f"{options.rate} messages a second", found)):
        ms, missed = latencies(each)
        p95.append(np.percentile(ms, 95))
        lost = each["lost_cycles"]
        print(f"| {name} | {options.period} | {len(ms)} | {missed} | {summary(ms)} | {lost} cycles |")
    print(f"\np95 is {p95[1] / p95[0]:.2f} times that of idle.\n")


def report(
    before: dict, after: dict, sent: int, triggers: int, took: float, notes: int, megabytes: list[float]
) -> None:
    """The messages and the memory."""
    gone = {key: after["osc"][key] - before["osc"][key] for key in ("packets", "kernel_dropped", "unknown", "refused")}
    sounded = after["trigger"]["count"] - before["trigger"]["count"] - notes
    refused = after["events_refused"] - before["events_refused"]
    print("| sent | a second | received | dropped by the kernel | triggers sent | of them sounded | unknown | refused "
          "| events refused | RSS MB before | most | after |\n|" + "---|" * 12)  # fmt: skip
    print(f"| {sent} | {sent / took:.0f} | {gone['packets']} | {gone['kernel_dropped']} | {triggers} | {sounded} "
          f"| {gone['unknown']} | {gone['refused']} | {refused} "
          f"| {megabytes[0]:.0f} | {max(megabytes):.0f} | {megabytes[-1]:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
