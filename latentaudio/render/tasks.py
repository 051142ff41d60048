"""Longer tasks of the renderer, done in small steps between decodes: encoding sounds, matching one.

A task belongs to the renderer's thread. Each `step` asks the worker once, for some tens of milliseconds; should the
worker die of it, the next step goes on with another one.
"""

import base64
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.events import Encoded, Event, Failed, Matched, Samples, Working
from latentaudio.render.process import Worker
from latentaudio.render.waiting import FATAL_TRIES

AT_ONCE = 16  # sounds that are handed over; the worker encodes as many as it has time for
TELL_S = 0.5  # between two results of a match on its way: as often as one wants to hear it approach
DIED = "the renderer died of it"


class Task(ABC):
    """Something that takes many steps; `left` of them are still to come, about."""

    key: str
    left: int

    @abstractmethod
    def step(self, worker: Worker) -> list[Event]:
        """Get on by a step; returns what there is to tell. Raises WorkerError, and may then be called again."""

    @abstractmethod
    def blame(self) -> list[Event]:
        """A worker died of the step; returns what there is to tell."""


class Encoding(Task):
    """Sounds on their way into the latent space."""

    def __init__(self, key: str, sounds: Sequence[Path | Samples], rate: int = 0) -> None:
        """`sounds` are files, or samples [frames] at `rate` Hz."""
        self.key, self._sounds, self._rate = key, sounds, rate
        self.left = len(sounds)
        self._names: list[str] = []
        self._latents: list[list[float]] = []
        self._skipped: list[tuple[str, str]] = []
        self._deaths = 0

    def step(self, worker: Worker) -> list[Event]:
        """Encode the next few sounds; one alone where a worker died."""
        start = len(self._sounds) - self.left
        sounds = self._sounds[start : start + (1 if self._deaths else AT_ONCE)]
        answers = worker.ask("encode", sounds=[self._packed(sound) for sound in sounds])["points"] if sounds else []
        self._deaths = 0
        for answer in answers:
            self._add(answer)
        return self._tell()

    def blame(self) -> list[Event]:
        """Leave out a sound that three workers died of."""
        self._deaths += 1
        if self._deaths < FATAL_TRIES:
            return []
        self._deaths = 0
        self._add(DIED)
        return self._tell()

    def _packed(self, sound: Path | Samples) -> dict[str, object]:
        if isinstance(sound, Path):
            return {"path": str(sound)}
        return {"samples": base64.b64encode(np.asarray(sound, np.float32).tobytes()).decode(), "rate": self._rate}

    def _add(self, answer: list[float] | str) -> None:
        """Take the next sound's point, or why it has none."""
        index = len(self._sounds) - self.left
        sound = self._sounds[index]
        name = str(sound) if isinstance(sound, Path) else str(index + 1)
        if isinstance(answer, str):
            self._skipped.append((name, answer))
        else:
            self._names.append(name)
            self._latents.append(answer)
        self.left -= 1

    def _tell(self) -> list[Event]:
        of = len(self._sounds)
        told: list[Event] = [Working(key=self.key, done=of - self.left, of=of)]
        if self.left:
            return told
        if not self._names:
            return [*told, Failed(key=self.key, why=self._nothing())]
        latents = np.array(self._latents, np.float32)
        return [*told, Encoded(key=self.key, names=tuple(self._names), latents=latents, skipped=tuple(self._skipped))]

    def _nothing(self) -> str:
        if not self._skipped:
            return "there are no sounds to encode"
        name, why = self._skipped[0]
        return f"{name}: {why}" if len(self._skipped) == 1 else f"no sound of {len(self._skipped)} (of {name}: {why})"


class Matching(Task):
    """A point on its way to sound like a file."""

    def __init__(self, key: str, path: Path, start: NDArray[np.float32] | None, steps: int) -> None:
        self.key, self._path = key, path
        self.left = self._steps = steps
        self._latent = None if start is None else np.asarray(start, np.float32).tolist()
        self._loss = self._told_loss = np.inf
        self._told_at = -np.inf
        self._deaths = 0

    def step(self, worker: Worker) -> list[Event]:
        """A few gradient steps; with a worker that knows nothing of this, from the best point so far."""
        if worker.matching is not self:
            told = worker.ask("match", path=str(self._path), start=self._latent, steps=self.left)
            if "why" in told:
                self.left = 0
                return [Failed(key=self.key, why=f"{self._path}: {told['why']}")]
            worker.matching = self
        told = worker.ask("step")
        self.left, self._deaths = told["left"], 0
        if told["loss"] < self._loss:
            self._latent, self._loss = told["latent"], told["loss"]
        return self._tell(time.monotonic())

    def blame(self) -> list[Event]:
        """Give up what three workers died of."""
        self._deaths += 1
        if self._deaths < FATAL_TRIES:
            return []
        self.left = 0
        return [Failed(key=self.key, why=f"{self._path}: {DIED}")]

    def _tell(self, now: float) -> list[Event]:
        if self.left and now - self._told_at < TELL_S:
            return []
        told: list[Event] = [Working(key=self.key, done=self._steps - self.left, of=self._steps)]
        if self._loss < self._told_loss or not self.left:
            latent = np.array(self._latent, np.float32)
            told.append(Matched(key=self.key, latent=latent, loss=self._loss, done=not self.left))
        self._told_at, self._told_loss = now, self._loss
        return told
