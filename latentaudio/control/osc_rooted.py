"""OSC under a root other than /la: what is sent is put under the root that its receiver speaks with. Any thread."""

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from latentaudio.control.osc_codec import Value, bundled, decode, encode, in_bundle
from latentaudio.control.udp import Address, Udp
from latentaudio.osc_root import ROOT, theirs

_KEPT = 256  # packets: more than one flush sends to a client, so that the next client gets the same ones


class RootedUdp(Udp):
    """A socket that is handed packets under /la."""

    def __init__(self, host: str, port: int, root_of: Callable[[Address], str]) -> None:
        """As `Udp`; `root_of` tells a target's root."""
        super().__init__(host, port)
        self._root_of = root_of

    def send(self, data: bytes, target: Address) -> bool:
        """As `Udp.send`; a longer root may make two packets of one."""
        root, send = self._root_of(target), super().send
        if root == ROOT or not data:
            return send(data, target)
        return all([send(packet, target) for packet in packets_under(data, root)])


@lru_cache(_KEPT)
def packets_under(packet: bytes, root: str) -> tuple[bytes, ...]:
    """A packet of ours with its addresses under `root`."""
    messages = list(in_bundle(packet))
    if not messages:
        return (_under(packet, root),)
    return tuple(bundled(_under(message, root) for message in messages))


def _under(message: bytes, root: str) -> bytes:
    """The address alone is exchanged, in 2 us, unless a text names addresses as well: it is read and written anew."""
    end = message.find(b"\0")
    rest = message[(end | 3) + 1 :]
    if ROOT.encode() in rest:
        (read,) = decode(message)
        values = cast("list[Value]", read.values)  # `encode` made them
        return encode(theirs(read.address, root), *(theirs(v, root) if isinstance(v, str) else v for v in values))
    address = theirs(message[:end].decode(), root).encode()
    return address + bytes(4 - len(address) % 4) + rest
