"""What can happen to the instrument: small frozen values, made by any thread, performed by one."""

from collections.abc import Callable
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

    def silence(self) -> bool:
        """End all that sounds and that was hit before, by whomever; what is hit after it sounds. False: the ring is
        full.
        """


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
class SetTogether(Event):
    """Parameters that one gesture moves at once, as a finger does x and y: natural values by name."""

    values: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Act(Event):
    """An action of the table that is not a trigger: draw, zero, panic."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Order(Event):
    """An action that wants a name: that of a preset, a model, a sound."""

    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Program(Event):
    """A preset by its number, as MIDI counts them: bank * 128 + program, from 0."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Clock(Event):
    """What a MIDI clock says: tick (24 to a beat), start, stop, continue, or position in sixteenths."""

    kind: str = "tick"
    sixteenths: int = 0


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
    part: int = 0  # 0: the pad's first sound; 1: its other layers and variations


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """A render that must not be played (NaN, silence, DC); the old sound stays."""

    pad: int = 0
    why: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class Ahead(Event):
    """The sounds of points that no pad plays yet, in the order asked for."""

    key: str = ""
    sounds: tuple[Samples, ...] = ()


@dataclass(frozen=True, slots=True)
class Working(Event):
    """How far the renderer is with a longer task: `done` of `of` sounds, or of steps."""

    key: str = ""
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Encoded(Event):
    """Where sounds lie in the latent space: `latents` [names, dims], in the order given."""

    key: str = ""
    names: tuple[str, ...] = ()  # the paths as given, or numbers from 1
    latents: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    skipped: tuple[tuple[str, str], ...] = ()  # (name, why) of those that hold no sound


@dataclass(frozen=True, slots=True)
class Matched(Event):
    """The point [dims] that sounds closest to a file so far; the last one of its key where it is `done`."""

    key: str = ""
    latent: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    loss: float = 0.0  # the training loss: 0 for the same sound
    done: bool = False


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """A longer task of the renderer, or a render ahead, came to nothing."""

    key: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waiting(Event):
    """A control waits until it has picked its parameter up: `away`, in shares of the range, above where it stands."""

    name: str = ""
    away: float = 0.0  # -1..1; 0: it has


@dataclass(frozen=True, slots=True)
class Trace(Event):
    """A message that came in and what it did, or why nothing: what `monitor` shows."""

    message: str = ""
    effect: str | Callable[[], str] = ""  # or how to find it, where that costs the input thread too much
