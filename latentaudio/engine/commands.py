"""What crosses to the audio thread and back: small frozen values. Any thread makes them."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.layout import COMMAND, PLAY


@dataclass(frozen=True, eq=False)
class Sound:
    """A rendered one-shot. It must not be written to any more: the audio thread reads it in place.

    Raises ValueError for anything but contiguous mono float32 with at least one frame.
    """

    samples: NDArray[np.float32]  # [frames], at the engine's rate

    def __post_init__(self) -> None:
        samples = self.samples
        if samples.dtype != np.float32 or samples.ndim != 1 or not samples.flags.c_contiguous or not len(samples):
            raise ValueError(f"a sound is contiguous float32 [frames], not {samples.dtype} {list(samples.shape)}")


@dataclass(frozen=True, eq=False)
class Strike:
    """All of a hit that is known before it happens: the note path only adds how hard and when.

    Raises ValueError for what the mixer could not play.
    """

    sound: Sound
    left: float = 1.0  # gains: level and pan in one
    right: float = 1.0
    step: float = 1.0  # playback ratio, above 0: 2 is an octave up
    decay: float = 0.0  # seconds to -60 dB; 0: as recorded
    choke: int = 0  # group 1..16; 0: none
    pair: int = 0  # output pair; one that the device does not have plays on the first
    pad: int = 1  # 1..16
    pitch: float = 1.0  # what of `step` is the note's: a release ends the notes of its own pitch
    kind: int = PLAY  # FOLLOW: it is no hit, and what sounds of the pad goes over to the sound
    command: NDArray[np.void] = field(init=False, repr=False)  # the same as COMMAND
    address: int = field(init=False, repr=False)  # of `command`

    def __post_init__(self) -> None:
        numbers = (self.left, self.right, self.step, self.decay)
        if not (all(map(math.isfinite, numbers)) and self.step > 0.0 and self.decay >= 0.0):
            raise ValueError(f"a strike needs finite numbers, step > 0 and decay >= 0: {self}")
        samples = self.sound.samples
        what = (self.kind, 0, 0, 0, samples.ctypes.data, len(samples))
        how = (self.step, self.pitch, self.decay, self.left, self.right, self.choke, self.pair, self.pad)
        command = np.array([(*what, *how)], COMMAND)
        object.__setattr__(self, "command", command)
        object.__setattr__(self, "address", command.ctypes.data)


@dataclass(frozen=True, slots=True)
class Started:
    """A hit that sounded. Times are on the `time.perf_counter_ns` clock."""

    pad: int
    arrival_ns: int
    sounded_ns: int  # when the stream took its first frame
    late: bool  # it was asked for earlier


@dataclass(frozen=True, slots=True)
class Counters:
    """What the audio thread has seen since the engine was made."""

    blocks: int
    frames: int
    xruns: int  # output underflows that the stream reported
    gaps: int  # callbacks that came more than a block late
    load: float  # fraction of the block that mixing took, mean of the last second
    load_max: float
    voices: int  # sounding now
    late: int  # hits that sounded later than asked for
    stolen: int  # voices that gave way to new hits
    dropped: int  # commands for later that the full schedule could not take, and hits from before a stream stood still
    limited: int  # chunks of at most 256 frames in which the limiter turned down
    nonfinite: int  # samples that were not numbers and became silence
