"""A million OSC packets that were bent out of shape, sent to a running daemon: nothing may break, all must be counted.

    python -m benchmarks.fuzz_osc [--packets 1000000] [--seed 1]

Packets begin as messages to every address there is, and as bundles of them, and are then cut, joined, flipped and given
other types. Among them one program subscribes a thousand times, programs vanish after a word, and one that asks for
everything reads nothing. What destroys a set on purpose (another model, a recording) is left out of the addresses.
"""

import argparse
import json
import math
import random
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from benchmarks.flood import player_of, settled
from benchmarks.rig import PORT, daemon, status
from latentaudio.control.osc_codec import Value, decode, encode
from latentaudio.control.remote import Remote
from latentaudio.errors import ControlError
from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS, address

PACE = 20_000  # packets a second at most
CHECK = 50_000  # packets between two looks at the daemon
ROOM = 400  # packets sent before we wait for an answer: what the daemon's socket holds
PATIENCE_S = 60.0  # for an answer: wildcards make hundreds of changes of one packet
LEFT_OUT = ("model.load", "record.start", "map.load", "preset.save")
EDGES: list[Value] = [0, 1, -1, 2**31 - 1, -(2**31), 0.0, 1.0, 0.5, -0.0, 1e38, -1e38, math.nan, math.inf, "", "0.5",
                      "nan", "1e999", "on", "x" * 300, "é", True, False, b"\xff" * 9]  # fmt: skip
OTHERS = ["/la/note", "/la/map/xy", "/la/latent/all", "/la/sync", "/la/subscribe", "/la/unsubscribe", "/la/monitor",
          "/la/status", "/la/preset/number", "/la/map/nearest", "/la/attribute/names", "/la/error", "/la/status/x", "/",
          "/la", "/la/*/1/level", "/la/pad/{1,2}/pan", "/la/pad/[!3]/tune", "/la/*", "/la/latent/1[0-9]"]  # fmt: skip


def messages(rng: random.Random, addresses: list[str]) -> Iterator[bytes]:
    """Well-formed packets."""
    while True:
        values = [
            rng.choice(EDGES) if rng.random() < 0.5 else rng.random() for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))
        ]
        packet = encode(rng.choice(addresses), *values)
        if rng.random() < 0.2:
            when = rng.choice((1, 0, 2**64 - 1, (int(time.time()) + 2_208_988_800 + rng.randint(-2, 2)) << 32))
            parts = [packet, encode(rng.choice(addresses), rng.random())]
            packet = b"#bundle\0" + struct.pack(">Q", when) + b"".join(struct.pack(">i", len(p)) + p for p in parts)
        yield packet


def bent(rng: random.Random, packet: bytes, other: bytes) -> bytes:
    """A packet with something wrong, or none the less right."""
    data = bytearray(packet)
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(7):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at:]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 8))
            case 3:
                data[at : at + 4] = struct.pack(">i", rng.choice((-1, 0, 4, 2**31 - 1, -(2**31))))
            case 4:
                data += other
            case 5:
                data = data.replace(b",f", b"," + bytes([rng.choice(b"ifsbhtdrmTFNI[]Zc")]))
            case 6:
                del data[at : at + 4]
    return bytes(data[:65000])


class Crowd:
    """Programs that misbehave otherwise than by what they say."""

    def __init__(self) -> None:
        self._deaf = self._new()
        self._again = self._new()

    def act(self, number: int) -> None:
        """Once every few hundred packets."""
        self._again.send(encode("/la/subscribe", 40_000 + number % 1000))
        passer_by = self._new()
        passer_by.send(encode("/la/ping"))
        passer_by.send(encode("/la/subscribe"))
        passer_by.close()
        for word in ("/la/status", "/la/map/points", "/la/latent/all"):
            self._deaf.send(encode(word))

    @staticmethod
    def _new() -> socket.socket:
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.connect(("127.0.0.1", PORT))
        return out


def out_of_range(remote: Remote) -> list[str]:
    """Addresses whose value is not in 0..1, or is no number."""
    remote.send("/la/ping")
    remote.send("/la/subscribe")
    time.sleep(5.5)  # a dump in five seconds
    remote.send("/la/subscribe")
    told = dict(remote.messages(3.0))
    places = [address(name) for name in PARAMETERS if address(name) in told]
    assert len(places) > 300, f"the dump has only {len(places)} parameters"
    return [place for place in places if not 0.0 <= told[place][0] <= 1.0]


def send_all(options: argparse.Namespace, tell: Callable[[int], None], settle: Callable[[], object]) -> int:
    """Send everything; returns how many packets the daemon's port was sent."""
    rng, crowd = random.Random(options.seed), Crowd()
    addresses = [address(name) for name in (*PARAMETERS, *ACTIONS, *ORDERS) if name not in LEFT_OUT] + OTHERS
    sources, others = messages(rng, addresses), messages(rng, addresses)
    outs = [Crowd._new() for _ in range(4)]
    began, sent = time.perf_counter(), 0
    for number in range(1, options.packets + 1):
        out = rng.choice(outs)
        try:
            out.send(bent(rng, next(sources), next(others)))
            sent += 1
        except OSError:  # an empty one, or news of an earlier one
            continue
        if number % 500 == 0:
            crowd.act(number)
            sent += 6
        if number % ROOM == 0:
            settle()
            for each in outs:
                drain(each)
        if number % CHECK == 0:
            tell(number)
        time.sleep(max(0.0, began + number / PACE - time.perf_counter()) if number % 100 == 0 else 0.0)
    return sent


def patient(ask: Callable[[], list[Any]]) -> list[Any]:
    """What `ask` says, asked again while the daemon answers that it is too busy."""
    for _ in range(100):
        with suppress(ControlError):
            return ask()
        time.sleep(0.1)
    return ask()


def drain(out: socket.socket) -> None:
    """Throw away what was answered."""
    out.setblocking(False)
    try:
        while True:
            decode(out.recv(65536))
    except OSError:
        out.setblocking(True)


def main() -> None:
    """Print what came of it; the exit status is 1 where something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with daemon("--audio", "null", "--midi", "none") as remote:
        pid, worker = player_of(remote), status(remote)["renderer"]["pid"]
        before = status(remote)["osc"]
        pinger = remote.another()

        def tell(number: int) -> None:
            now = json.loads(patient(lambda: remote.ask("/la/status", reply="/la/status/json", seconds=PATIENCE_S))[0])
            print(f"{number}: {now['osc']['malformed']} malformed, {now['osc']['unknown']} unknown, "
                  f"{now['osc']['refused']} refused, {now['osc']['faults']} faults", flush=True)  # fmt: skip

        sent = send_all(options, tell, lambda: pinger.ask("/la/ping", reply="/la/pong", seconds=PATIENCE_S))
        after = settled(remote)
        wrong = out_of_range(remote)
        remote.ask("/la/ping", reply="/la/pong", seconds=PATIENCE_S)
        alive = player_of(remote) == pid
    osc = {key: value - before[key] for key, value in after["osc"].items() if isinstance(value, int) and key != "port"}
    print(f"sent {sent}; {osc}; events refused {after['events_refused']}, overtaken {after['events_overtaken']}; "
          f"clients at the end {len(after['osc']['clients'])}; renderer restarts {after['renderer']['restarts']} "
          f"(was {worker}); out of range {wrong}; the same process answers: {alive}")  # fmt: skip
    if wrong or not alive or osc["faults"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
