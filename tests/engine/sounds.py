"""One-shots whose every frame is known."""

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine import Sound

RATE = 44100


def level(value: float, frames: int = 1000) -> Sound:
    """A constant: what comes out is the gain."""
    return Sound(np.full(frames, value, np.float32))


def noise(frames: int = 1000, peak: float = 0.5, seed: int = 0) -> Sound:
    """White noise: every frame differs from its neighbours."""
    return Sound(np.random.default_rng(seed).uniform(-peak, peak, frames).astype(np.float32))


def sine(hertz: float, frames: int, peak: float = 0.5) -> Sound:
    """A sine that starts at 0."""
    return Sound((peak * np.sin(2 * np.pi * hertz * np.arange(frames) / RATE)).astype(np.float32))


def ns(frame: float) -> int:
    """The instant of a frame on the clock of an engine rendered offline."""
    return round(frame * 1e9 / RATE)


def first_sound(out: NDArray[np.float32]) -> int:
    """The first frame that is not silence."""
    return int(np.flatnonzero(out.any(axis=1))[0])
