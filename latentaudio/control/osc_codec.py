"""OSC 1.0 packets to messages and back; python-osc reads and writes the messages. Any thread."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageError
from pythonosc.osc_message_builder import OscMessageBuilder

from latentaudio.control.osc_time import IMMEDIATELY

BUNDLE_BYTES = 1400  # a datagram of this size crosses Ethernet and Wi-Fi (MTU 1,500) in one piece

_BUNDLE = b"#bundle\0"
_TYPES = b"ifsbhtdrmTFN[]"  # what python-osc reads; it logs a line for each tag it does not know
_IMPULSE, _NIL = b"I", b"N"  # OSC 1.1: neither has a value, and python-osc knows the second alone
_DEEPEST = 8  # bundles within bundles

Value = str | bytes | bool | int | float  # what we send


class MalformedPacket(Exception):
    """The bytes are no OSC."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message and the time tag of the bundle that it came in (IMMEDIATELY where it came alone)."""

    time_tag: int  # NTP: seconds since 1900, times 2**32
    address: str
    values: list[object]


def decode(packet: bytes) -> list[Message]:
    """All messages of a packet in the order sent; raises MalformedPacket, and then none of them counts.

    Bundles are walked here and not by python-osc: its OscPacket never returns from an element of negative
    size (1.10), and gives a late time tag as `now`, so that lateness cannot be counted.
    """
    return list(_elements(packet, IMMEDIATELY, 0))


def _elements(data: bytes, time_tag: int, depth: int) -> Iterator[Message]:
    if not data.startswith(_BUNDLE):
        yield _message(data, time_tag)
        return
    if len(data) < 16 or depth == _DEEPEST:
        raise MalformedPacket("a bundle is cut short" if depth < _DEEPEST else "bundles nest too deeply")
    time_tag = int.from_bytes(data[8:16])
    at = 16
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], signed=True)
        at += 4
        if size <= 0 or size % 4 or at + size > len(data):
            raise MalformedPacket("a bundle's element has an impossible size")
        yield from _elements(data[at : at + size], time_tag, depth + 1)
        at += size


def _message(data: bytes, time_tag: int) -> Message:
    if not data.startswith(b"/"):
        raise MalformedPacket("neither a message nor a bundle")
    tags_at = (data.find(b"\0") | 3) + 1  # strings are padded to four bytes with at least one zero
    tags = data[tags_at + 1 : data.find(b"\0", tags_at)]  # behind their comma
    if tags.strip(_TYPES):
        if tags.strip(_TYPES + _IMPULSE):
            raise MalformedPacket("a type that is not in OSC 1.1")
        data = data[: tags_at + 1] + tags.replace(_IMPULSE, _NIL) + data[tags_at + 1 + len(tags) :]
    try:
        message = OscMessage(data)
        values = message.params
        return Message(time_tag, message.address, [] if values == [None] else values)  # a nil says no more than nothing
    except (MessageError, ValueError, OverflowError) as error:
        raise MalformedPacket("a message that cannot be read") from error


def encode(address: str, *values: Value) -> bytes:
    """One message: ints, floats, booleans, strings and bytes keep their types."""
    if len(values) == 1 and type(values[0]) is float:  # nearly all that is told, 8,000 a second while a finger drags
        return _head_of_float(address) + struct.pack(">f", values[0])
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    data: bytes = builder.build().dgram
    return data


@lru_cache(4096)
def _head_of_float(address: str) -> bytes:
    """All of a message with one float, but for the float."""
    builder = OscMessageBuilder(address)
    builder.add_arg(0.0)
    return bytes(builder.build().dgram[:-4])


def in_bundle(packet: bytes) -> Iterator[bytes]:
    """The messages of a bundle that `bundled` made; none where it is a message."""
    at = 16 if packet.startswith(_BUNDLE) else len(packet)
    while at < len(packet):
        size = int.from_bytes(packet[at : at + 4])
        yield packet[at + 4 : at + 4 + size]
        at += 4 + size


def bundled(messages: Iterable[bytes], limit: int = BUNDLE_BYTES) -> Iterator[bytes]:
    """Encoded messages as packets of at most `limit` bytes; one that is larger goes alone."""
    head = _BUNDLE + struct.pack(">Q", IMMEDIATELY)
    parts, size = [head], len(head)
    for message in messages:
        if len(parts) > 1 and size + 4 + len(message) > limit:
            yield b"".join(parts)
            parts, size = [head], len(head)
        parts.append(struct.pack(">i", len(message)) + message)
        size += 4 + len(message)
    if len(parts) > 1:
        yield b"".join(parts)
