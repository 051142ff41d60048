"""A real OSC server on a free port before an instrument that only writes down what reaches it."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from latentaudio.control.hands import Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.osc_codec import Value, decode, encode
from latentaudio.events import Event


@dataclass
class Stage:
    """Stands where the instrument stands: every hit and event, in order. It is its own way to hit."""

    hits: list[tuple[int, float, int, int]] = field(default_factory=list)
    pitches: list[float] = field(default_factory=list)  # of the hits, in semitones
    ended: list[tuple[str, int, float]] = field(default_factory=list)  # how, pad, semitones
    events: list[Event] = field(default_factory=list)
    focus: int = 3
    silent: bool = False  # the pads have no sound yet
    full: bool = False  # the queue takes no more
    aimed: tuple[int, float] | None = None  # what every note plays; None: what the mapping says
    gate: bool = False
    values: dict[str, float] = field(default_factory=dict)  # natural, by parameter

    @property
    def hit(self) -> Self:
        return self

    def __call__(self, pad: int, velocity: float, arrival_ns: int, at_ns: int, semitones: float = 0.0) -> bool:
        self.hits.append((pad, velocity, arrival_ns, at_ns))
        self.pitches.append(semitones)
        return not self.silent

    def aim(self, note: int, pad: int | None) -> tuple[int, float] | None:
        return self.aimed or (None if pad is None else (pad, 0.0))

    def release(self, pad: int, arrival_ns: int, at_ns: int, semitones: float = 0.0) -> bool:
        if self.gate:
            self.ended.append(("release", pad, semitones))
        return self.gate

    def choke(self, pad: int, arrival_ns: int, at_ns: int) -> bool:
        self.ended.append(("choke", pad, 0.0))
        return True

    def silence(self) -> bool:
        self.ended.append(("silence", 0, 0.0))
        return True

    def post(self, event: Event) -> bool:
        if not self.full:
            self.events.append(event)
        return not self.full

    def hands(self) -> Hands:
        return Hands(self.hit, self.post, lambda: self.focus, self.values.get)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def pads(self) -> list[tuple[int, float]]:
        return [(pad, round(velocity, 3)) for pad, velocity, _, _ in self.hits]


class Client:
    """A program that speaks OSC with the server: one UDP socket."""

    def __init__(self, port: int, own: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", own))
        self.socket.settimeout(2.0)
        self.target = ("127.0.0.1", port)
        self.origin = f"osc:127.0.0.1:{self.socket.getsockname()[1]}"

    def send(self, address: str, *values: Value) -> None:
        self.send_bytes(encode(address, *values))

    def send_bytes(self, data: bytes) -> None:
        self.socket.sendto(data, self.target)

    def settle(self) -> list[tuple[str, list[object]]]:
        """Wait until the server has dealt with all that was sent; what it said on the way."""
        self.send("/la/ping")
        said: list[tuple[str, list[object]]] = []
        while ("/la/pong", []) not in said:
            said += self.receive()
        return said[: said.index(("/la/pong", []))]

    def receive(self) -> list[tuple[str, list[object]]]:
        """The messages of the next packet."""
        return [(message.address, message.values) for message in decode(self.socket.recv(65536))]

    def pending(self) -> list[tuple[str, list[object]]]:
        """All that has come by now."""
        self.socket.settimeout(0.05)
        said: list[tuple[str, list[object]]] = []
        try:
            while True:
                said += self.receive()
        except TimeoutError:
            return said
        finally:
            self.socket.settimeout(2.0)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def serve(stage: Stage) -> Iterator[Callable[[Mapping], OscServer]]:
    servers: list[OscServer] = []

    def start(mapping: Mapping) -> OscServer:
        server = OscServer("127.0.0.1", 0, mapping, stage.hit, stage.post, lambda: stage.focus)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def server(serve: Callable[[Mapping], OscServer]) -> OscServer:
    return serve(Mapping(note_pads={36: 1, 37: 2}))


@pytest.fixture
def connect(server: OscServer) -> Iterator[Callable[[], Client]]:
    clients: list[Client] = []

    def make() -> Client:
        clients.append(Client(server.port))
        return clients[-1]

    yield make
    for client in clients:
        client.socket.close()


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    return connect()


def eventually(true: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.002)
    return true()
