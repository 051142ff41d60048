"""Listens for the player: encodes sounds and matches one, in steps short enough for decodes to go between them.

On the renderer process's one thread. The encoder, and the decoder with gradients, are loaded when first needed.
"""

import base64
import time
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from latentaudio.core.audio import Audio, read_audio
from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.encode import encode
from latentaudio.core.match import Match
from latentaudio.errors import DataError

# Of a step, after which nothing more is begun. On one core of machine A a sound takes some 15 ms to encode and a
# gradient step 75 ms.
BUDGET_S = 0.03


class Ear:
    """A model's other direction; arguments and answers are as JSON has them."""

    def __init__(self, path: Path, device: torch.device) -> None:
        """Loads nothing yet. `path` is the model's."""
        self._path, self._device = path, device
        self._match: Match | None = None

    @cached_property
    def _model(self) -> Model:
        return load_model(self._path, self._device)

    def encode(self, sounds: list[dict[str, str | int]]) -> dict[str, object]:
        """The points of `sounds` as far as time allows, at least one; a sentence in the place of what has none.

        A sound is {path}, or {samples: float32 in base 64, rate: Hz}.
        """
        points: list[list[float] | str] = []
        began = time.perf_counter()
        for sound in sounds:
            try:
                points.append(encode(self._model, *_heard(sound)).tolist())
            except DataError as error:
                points.append(str(error))
            if time.perf_counter() - began > BUDGET_S:
                break
        return {"points": points}

    def match(self, path: str, start: list[float] | None, steps: int) -> dict[str, object]:
        """Begin to match the file `path`, from `start` or from where the encoder puts it; a `why` if it cannot be."""
        point = None if start is None else np.array(start, np.float32)
        try:
            self._match = Match(self._model, *read_audio(Path(path)), point, steps)
        except DataError as error:
            return {"why": str(error)}
        return {}

    def step(self) -> dict[str, object]:
        """As many gradient steps as time allows, at least one: the best point, its loss, the steps that are left."""
        assert self._match is not None
        began = time.perf_counter()
        self._match.step()
        while self._match.left and time.perf_counter() - began < BUDGET_S:
            self._match.step()
        return {"latent": self._match.latent.tolist(), "loss": self._match.loss, "left": self._match.left}


def _heard(sound: dict[str, str | int]) -> tuple[Audio, int]:
    """Samples and rate of a sound that was handed over."""
    if "path" in sound:
        return read_audio(Path(str(sound["path"])))
    return np.frombuffer(base64.b64decode(str(sound["samples"])), np.float32), int(sound["rate"])
