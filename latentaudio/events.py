"""What can happen to the instrument: small frozen values, made by any thread, performed by one."""

from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # float32 [frames], mono, contiguous, at the stream's rate


class Hit(Protocol):
    """What an input thread can do to the pads without waiting: `hit(...)` plays one.

    Each input thread has its own, with its own ring. Pads are 1..16. Times are on the `time.perf_counter_ns`
    clock; `at_ns` 0 asks for the arrival plus the trigger offset. False: nothing happens.
    """

    def __call__(self, pad: int, velocity: float, arrival_ns: int, at_ns: int, semitones: float = 0.0) -> bool:
        """Play a pad at velocity 0..1 (0 excluded), so much above its own pitch. False: the pad has no sound yet,
        or the ring is full.
        """

    def aim(self, note: int, pad: int | None) -> tuple[int, float] | None:
        """The pad that a note (0..127) plays in the mode of now, and its semitones; None: none. `pad` is the one
        that the mapping gives the note.
        """

    def release(self, pad: int, arrival_ns: int, at_ns: int, semitones: float = 0.0) -> bool:
        """End what was played so of a gated pad; other pads ring on. False: it is not gated, or the ring is full."""

    def choke(self, pad: int, arrival_ns: int, at_ns: int) -> bool:
        """End all that sounds of a pad. False: the ring is full."""


@dataclass(frozen=True, slots=True)
class Event:
    """Base: `origin` says who did it (`midi:LPD8`, `osc:127.0.0.1:9001`, `daemon`): echoes skip them.

    `arrival_ns` is when it reached us, on the `time.perf_counter_ns` clock: freshness counts from there.
    """

    origin: str = "daemon"
    arrival_ns: int = field(default_factory=perf_counter_ns, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Set(Event):
    """A parameter takes a value in its natural unit."""

    name: str = ""
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class SetLatents(Event):
    """The focused pad's first dims all at once."""

    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Act(Event):
    """An action of the table that is not a trigger: draw, zero, panic."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Played(Event):
    """A pad was hit; its sound is on its way already. Kept for reports and feedback."""

    pad: int = 0
    velocity: float = 0.0
    sounded: bool = True


@dataclass(frozen=True, slots=True)
class Ask(Event):
    """Someone wants the value of a parameter, or `status`, or everything (`dump`)."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Sync(Event):
    """Answered once everything that came before it has been performed."""

    id: int = 0


@dataclass(frozen=True, slots=True)
class Rendered(Event):
    """The renderer's answer: the sounds of a pad's point, in the order asked for."""

    pad: int = 0
    version: int = 0
    sounds: tuple[Samples, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """A render that must not be played (NaN, silence, DC); the old sound stays."""

    pad: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trace(Event):
    """A message that came in and what it did, or why nothing: what `monitor` shows."""

    message: str = ""
    effect: str = ""
