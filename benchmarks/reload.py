"""How long a mapping of many bindings takes to be loaded anew while one plays, and what the hits notice of it.

    python -m benchmarks.reload --bindings 500 --reloads 20

Plays 100 hits a second by OSC into a daemon with no card, first with the mapping left alone, then saved every second.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.rig import daemon, status
from latentaudio.control.remote import Remote
from latentaudio.parameters import PARAMETERS

HITS = 100  # a second
PORT = 9124
CHANNELS, CONTROLLERS = range(1, 17), [number for number in range(1, 120) if number != 32]


def mapping(bindings: int, generation: int) -> str:
    """So many bindings, other ones in each generation."""
    names = list(PARAMETERS)
    places = [(channel, number) for channel in CHANNELS for number in CONTROLLERS][:bindings]
    lines = [f"    - {{cc: {number}, channel: {channel}, to: {names[(place + generation) % len(names)]}, curve: s}}"
             for place, (channel, number) in enumerate(places)]  # fmt: skip
    return "\n".join(["name: large", "midi:", "  pads: {36-51: 1-16}", "  bindings:", *lines, ""])


def play(remote: Remote, stop: threading.Event) -> int:
    """Hit pads in turn until told to stop; how many times."""
    hits, due = 0, time.perf_counter()
    while not stop.is_set():
        remote.send(f"/la/pad/{hits % 16 + 1}/trigger", 0.5)
        hits, due = hits + 1, due + 1 / HITS
        time.sleep(max(0.0, due - time.perf_counter()))
    return hits


def playing(remote: Remote, drummer: Remote, do: object) -> tuple[int, int, dict]:
    """What was hit and what sounded while `do` ran, and the latency of the latest thousand."""
    before, stop, sent = status(remote)["trigger"], threading.Event(), []
    hand = threading.Thread(target=lambda: sent.append(play(drummer, stop)))
    hand.start()
    do()
    stop.set()
    hand.join()
    time.sleep(0.3)
    after = status(remote)["trigger"]
    return sent[0], after["count"] - before["count"], after["latency_ms"]


def main() -> None:
    """Run it, and print a line for each question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bindings", type=int, default=500)
    parser.add_argument("--reloads", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.yaml"
        file.write_text(mapping(options.bindings, 0))
        times: list[float] = []

        def save() -> None:
            for generation in range(1, options.reloads + 1):
                loads = status(remote)["mapping"]["loads"]
                file.write_text(mapping(options.bindings, generation))
                while status(remote)["mapping"]["loads"] == loads:
                    time.sleep(0.05)
                times.append(status(remote)["mapping"]["load_ms"])
                time.sleep(0.5)

        options_of_ours = ("--audio", "null", "--midi", "none", "--mapping", str(file), "--fresh")
        with daemon(*options_of_ours, port=PORT) as remote, remote.another() as drummer:
            alone = playing(remote, drummer, lambda: time.sleep(10.0))
            saving = playing(remote, drummer, save)
    p50, p95 = np.percentile(times, (50, 95))
    print(f"reload of {options.bindings} bindings, {len(times)} times: p50 {p50:.1f}, p95 {p95:.1f}, "
          f"most {max(times):.1f} ms")  # fmt: skip
    for title, (hit, sounded, latency) in (("alone", alone), ("saving", saving)):
        print(f"{title}: {hit} hits, {sounded} sounded; trigger latency p50 {latency['p50']}, p95 {latency['p95']} ms")


if __name__ == "__main__":
    main()
