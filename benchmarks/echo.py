"""How soon a change reaches eight OSC clients, and how often one address is told.

    python -m benchmarks.echo [--changes 300] [--seconds 10]

The whole daemon with no sound card, in a process of its own. `/la/master/level` is moved at random moments, each time
to another place; then as fast as 1,000 times a second, where only the latest value matters.
"""

import argparse
import itertools
import selectors
import socket
import threading
import time

import numpy as np

from benchmarks.rig import PORT, daemon
from latentaudio.control.osc_codec import decode
from latentaudio.control.remote import Remote

CLIENTS = 8
ADDRESS = "/la/master/level"
GAP = (0.05, 0.1)  # seconds between changes apart
FAST = 0.001
WINDOW_S = 1.0


class Ears:
    """Eight clients; notes when each heard which value."""

    def __init__(self) -> None:
        self.heard: list[list[tuple[float, float]]] = [[] for _ in range(CLIENTS)]  # of each: second, value
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(CLIENTS)]
        self._selector = selectors.DefaultSelector()
        for number, ear in enumerate(self._sockets):
            ear.bind(("127.0.0.1", 0))
            self._selector.register(ear, selectors.EVENT_READ, number)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def subscribe(self, remote: Remote) -> None:
        """Have the daemon tell them every change, and begin to listen."""
        self._speakers = [remote.another() for _ in self._sockets]
        for speaker, ear in zip(self._speakers, self._sockets, strict=True):
            speaker.send("/la/subscribe", ear.getsockname()[1])
        self._thread.start()

    def clear(self) -> None:
        """Forget what was heard."""
        for each in self.heard:
            each.clear()

    def close(self) -> None:
        """Listen no more."""
        self._stop.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(0.1):
                packet, now = self._sockets[key.data].recv(65536), time.perf_counter()
                self.heard[key.data] += [(now, float(message.values[0])) for message in decode(packet)
                                         if message.address == ADDRESS]  # fmt: skip


def apart(remote: Remote, ears: Ears, changes: int) -> tuple[np.ndarray, int]:
    """Milliseconds from each change to each client, and how many changes a client never heard of."""
    random, sent = np.random.default_rng(1), list[tuple[float, float]]()
    for place in random.permutation(np.linspace(0.1, 0.9, changes)):
        sent.append((time.perf_counter(), float(np.float32(place))))
        remote.send(ADDRESS, float(place))
        time.sleep(random.uniform(*GAP))
    time.sleep(0.2)
    took = []
    for heard in ears.heard:
        at = {round(value, 5): when for when, value in reversed(heard)}
        took += [at[round(value, 5)] - began for began, value in sent if round(value, 5) in at]
    return np.array(took) * 1e3, changes * CLIENTS - len(took)


def fast(remote: Remote, ears: Ears, seconds: float) -> tuple[int, float, bool]:
    """Most messages of the address in any second, the mean a second, and whether all ended with the last value."""
    began = time.perf_counter()
    for number in itertools.count():
        place = 0.2 + 0.5 * (number % 997) / 997
        remote.send(ADDRESS, place)
        if (due := began + (number + 1) * FAST) > began + seconds:
            break
        time.sleep(max(0.0, due - time.perf_counter()))
    time.sleep(0.2)
    most = 0
    for heard in ears.heard:
        at = np.array([when for when, _ in heard])
        most = max(most, int((np.searchsorted(at, at + WINDOW_S) - np.arange(len(at))).max()))
    mean = np.mean([len(heard) for heard in ears.heard]) / seconds
    return most, float(mean), all(abs(heard[-1][1] - place) < 1e-4 for heard in ears.heard)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    ears = Ears()
    with daemon("--audio", "null", "--midi", "none", port=PORT) as remote:
        ears.subscribe(remote)
        time.sleep(1.0)
        ears.clear()
        ms, lost = apart(remote, ears, options.changes)
        p50, p95, p99 = np.percentile(ms, (50, 95, 99))
        ears.clear()
        most, mean, last = fast(remote, ears, options.seconds)
        ears.close()
    print("| changes heard by 8 clients | never | median ms | p95 | p99 | max |\n|" + "---|" * 6)
    print(f"| {len(ms)} | {lost} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {ms.max():.1f} |\n")
    print("| changes a second | most told in any second | mean | all end with the last value |\n|" + "---|" * 4)
    print(f"| {1 / FAST:.0f} | {most} | {mean:.1f} | {'yes' if last else 'no'} |")


if __name__ == "__main__":
    main()
