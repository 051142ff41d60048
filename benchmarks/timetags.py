"""Do OSC bundles with a time tag sound at their time? 5 to 50 ms ahead, recorded on JACK, in one clock.

python -m benchmarks.timetags [--hits 300] [--period 128]
"""

import argparse
import json
import socket
import subprocess
import time

import numpy as np
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import build_msg

from benchmarks.rig import PYTHON, daemon, jack_server

PORT = 9125
GAP = 0.12


def send_hits(hits: int) -> list[float]:
    """Send one bundle after another; returns when each shall sound, seconds on the monotonic clock."""
    random = np.random.default_rng(2)
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wanted = []
    for _ in range(hits):
        ahead = random.uniform(0.005, 0.050)
        offset = time.time() - time.perf_counter()
        at = time.perf_counter() + ahead
        bundle = OscBundleBuilder(at + offset)
        bundle.add_content(build_msg("/la/pad/1/trigger", [1.0]))
        out.sendto(bundle.build().dgram, ("127.0.0.1", PORT))
        wanted.append(at)
        time.sleep(GAP + random.uniform(0, 0.01))
    out.close()
    return wanted


def instants(found: dict) -> np.ndarray:
    """When each onset's frame was due, seconds: the median tie of frames to time over the second around it.

    JACK's own conversion wanders by a millisecond on the dummy driver; when single callbacks come is worse still.
    """
    frames, seconds = np.array(found["clock"]).T
    starts = seconds - frames / found["rate"]
    onsets = np.array(found["onsets"])
    near = [np.abs(frames - onset) < found["rate"] / 2 for onset in onsets]
    return np.array([np.median(starts[window]) for window in near]) + onsets / found["rate"]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=300)
    parser.add_argument("--period", type=int, default=128)
    options = parser.parse_args()
    with jack_server(options.period), daemon("--audio", "jack", "--midi", "none", port=PORT):
        how = {"midi": None, "audio": r"latentaudio(-\d+)?:out", "hits": 0, "gap": GAP,
               "seconds": options.hits * (GAP + 0.005) + 3}  # fmt: skip
        command = [PYTHON, "-m", "latentaudio.doctor.probe", json.dumps(how)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listener:
            time.sleep(2.0)
            wanted = np.array(send_hits(options.hits))
            assert listener.stdout
            found = json.loads(listener.stdout.read())
    error = (instants(found) - wanted) * 1e3
    onsets, lost = np.array(found["onsets"]), np.array(found["lost_at"], float)
    calm = np.array([not (np.abs(lost - onset) < found["rate"]).any() for onset in onsets])
    print("| hits | frames | missed | mean ms | sd ms | largest from the mean ms |\n|---|---|---|---|---|---|")
    row("all", options, error, options.hits - len(error))
    row(f"more than 1 s from the {len(lost)} cycles that JACK lost", options, error[calm], 0)


def row(which: str, options: argparse.Namespace, error: np.ndarray, missed: int) -> None:
    """One line of the table. A lost cycle moves the frames of its second against time: for JACK, us and the probe."""
    worst = np.abs(error - error.mean()).max()
    count = f"{len(error)}, {which}"
    print(f"| {count} | {options.period} | {missed} | {error.mean():.2f} | {error.std():.3f} | {worst:.3f} |")


if __name__ == "__main__":
    main()
