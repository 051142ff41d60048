"""The simplest things that honour the instrument's interfaces."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Strike
from latentaudio.latent.library import Library

T = TypeVar("T")


@dataclass
class RecordingPort:
    """A way to the audio thread that only writes down what it was told."""

    played: list[tuple[Strike, float, int, int]] = field(default_factory=list)
    masters: list[float] = field(default_factory=list)
    followed: list[Strike] = field(default_factory=list)
    ended: list[tuple[str, int, int, float]] = field(default_factory=list)  # how, pad, at_ns, pitch
    silenced: int = 0

    def play(self, strike: Strike, gain: float, arrival_ns: int, at_ns: int = 0) -> bool:
        self.played.append((strike, gain, arrival_ns, at_ns))
        return True

    def follow(self, strike: Strike) -> bool:
        self.followed.append(strike)
        return True

    def release(self, pad: int, at_ns: int = 0, pitch: float = 1.0) -> bool:
        self.ended.append(("release", pad, at_ns, pitch))
        return True

    def choke_pad(self, pad: int, at_ns: int = 0) -> bool:
        self.ended.append(("choke", pad, at_ns, 1.0))
        return True

    def silence(self) -> bool:
        self.silenced += 1
        return True

    def master(self, gain: float) -> bool:
        self.masters.append(gain)
        return True


@dataclass
class StubRenderer:
    """Takes requests and renders nothing by itself."""

    focus: int = 1
    requests: list[tuple[int, int, NDArray[np.float32], int]] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)  # of the requests

    def submit(self, pad: int, version: int, latents: NDArray[np.float32], arrival_ns: int, part: int = 0) -> None:
        self.requests.append((pad, version, latents, arrival_ns))
        self.parts.append(part)


class AtOnce:
    """An errand is done before it is sent."""

    def send(self, do: Callable[[], T], then: Callable[[Future[T]], None]) -> None:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(do)
        then(done)


@dataclass
class Later(AtOnce):
    """An errand is done when the test says so."""

    errands: list[Callable[[], None]] = field(default_factory=list)

    def send(self, do: Callable[[], T], then: Callable[[Future[T]], None]) -> None:
        self.errands.append(partial(super().send, do, then))

    def collect(self) -> None:
        while self.errands:
            self.errands.pop(0)()


@dataclass
class RecordingListener:
    """Hears of every change."""

    changes: list[tuple[str, float, str]] = field(default_factory=list)
    hits: list[tuple[int, float, str]] = field(default_factory=list)
    errors: list[tuple[str, str, str]] = field(default_factory=list)

    def moved(self, latents: Mapping[str, float], origin: str) -> None:
        for name, value in latents.items():
            self.changed(name, value, origin, True)

    def changed(self, name: str, value: float, origin: str, adjusted: bool) -> None:
        self.changes.append((name, value, origin))

    def played(self, pad: int, velocity: float, origin: str) -> None:
        self.hits.append((pad, velocity, origin))

    def error(self, origin: str, name: str, why: str) -> None:
        self.errors.append((origin, name, why))


def library(dims: int = 8, sounds: int = 24) -> Library:
    """A space with a kit of 16 different points and a posterior that is not the unit normal."""
    random = np.random.default_rng(5)
    latents = random.standard_normal((sounds, dims)).astype(np.float32)
    mean = np.full(dims, 0.5, np.float32)
    return Library(Path("test.safetensors"), "test", 44100, 4410, latents, mean,
                   0.1 * np.eye(dims, dtype=np.float32), latents[:16])  # fmt: skip
