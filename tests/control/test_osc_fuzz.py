"""Packets that are nearly OSC, sent to a real server: each is counted, none breaks it or moves a value out of range."""

import random

from latentaudio.control.osc import OscServer
from latentaudio.control.osc_codec import encode
from latentaudio.events import Act, Order, Set, SetLatents
from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS, address
from tests.control.conftest import Client, Stage

ADDRESSES = [address(name) for name in (*PARAMETERS, *ACTIONS, *ORDERS)]
PACKETS = 3000


def bent(rng: random.Random) -> bytes:
    """A message with something wrong, or none the less right."""
    data = bytearray(encode(rng.choice(ADDRESSES), rng.choice([rng.random(), rng.randrange(-9, 200), "on", True])))
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(data))
        match rng.randrange(4):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                data[at:at] = rng.randbytes(4)
            case 2:
                del data[at:]
                data += b"\0"
            case 3:
                data = data.replace(b",f", b"," + rng.choice([b"i", b"d", b"T", b"N", b"I", b"s", b"[", b"b", b"Q"]))
    return bytes(data)


def test_bent_packets_are_counted_and_leave_everything_in_range(
    server: OscServer, client: Client, stage: Stage
) -> None:
    rng = random.Random(1)
    for number in range(PACKETS):
        client.send_bytes(bent(rng))
        if number % 100 == 0:
            client.settle()
    client.settle()
    counts = server.counts()
    assert counts["packets"] == PACKETS + PACKETS // 100 + 1 and counts["faults"] == counts["kernel_dropped"] == 0
    assert min(counts["malformed"], counts["unknown"], counts["refused"]) > 10
    assert all(PARAMETERS[each.name].clip(each.value) == each.value for each in stage.of(Set))
    assert all(-3 <= value <= 3 for each in stage.of(SetLatents) for value in each.values)
    assert {each.name for each in stage.of(Act)} <= set(ACTIONS) and {o.name for o in stage.of(Order)} <= set(ORDERS)
    assert all(1 <= pad <= 16 and 0 < velocity <= 1 for pad, velocity, _, _ in stage.hits)
