"""Rendered sounds by the point they were rendered from, as many as memory is given for. The state thread's.

So undo, a preset that was heard before and one that was rendered ahead need no decoder.
"""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound


class Larder:
    """Least recently used first out. What a pad plays stays alive by the pad's own hold."""

    def __init__(self, megabytes: float) -> None:
        self._limit = int(megabytes * 2**20)
        self._sounds: OrderedDict[bytes, Sound] = OrderedDict()
        self._size = 0

    @property
    def megabytes(self) -> float:
        """What is kept now."""
        return self._size / 2**20

    def get(self, latent: NDArray[np.float32]) -> Sound | None:
        """The sound of a point [dims], or None."""
        key = latent.tobytes()
        sound = self._sounds.get(key)
        if sound is not None:
            self._sounds.move_to_end(key)
        return sound

    def put(self, latent: NDArray[np.float32], sound: Sound) -> None:
        """Keep the sound of a point [dims]."""
        key = latent.tobytes()
        old = self._sounds.pop(key, None)
        if old is not None:
            self._size -= old.samples.nbytes
        self._sounds[key] = sound
        self._size += sound.samples.nbytes
        while self._size > self._limit and self._sounds:
            _, oldest = self._sounds.popitem(last=False)
            self._size -= oldest.samples.nbytes

    def clear(self) -> None:
        """Forget all: another model's points mean other sounds."""
        self._sounds.clear()
        self._size = 0
