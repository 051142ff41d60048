"""A handle on one renderer process: start it, hand it latents, take the sounds, end it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import LatentAudioError
from latentaudio.events import Samples
from latentaudio.render import protocol, slots

# The worker imports the same package as the player, wherever that was started from, and nothing else from there: its
# folder comes after the standard library and before what is installed.
START = f"""
import sys
sys.path.insert(next((i for i, path in enumerate(sys.path) if path.endswith("-packages")), len(sys.path)),
                {str(Path(__file__).parents[2])!r})
from latentaudio.render.worker import main
main()
"""


class WorkerError(LatentAudioError):
    """The renderer process ended or could not start."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a worker says of itself once it is warm."""

    device: str  # cuda, mps or cpu, with its name
    dims: int
    batch: int  # sounds that are worth decoding at once there


@dataclass(frozen=True, slots=True)
class Memory:
    """What a worker takes of the machine."""

    process_mb: float = 0.0  # resident
    gpu_mb: float = 0.0  # reserved by torch; the CUDA context comes on top


class Worker:
    """One renderer process. Every method blocks; one thread at a time may call them.

    `matching` is the caller's: whose match the worker is at.

    `kill` is the exception: any thread may call it, and the call in progress then raises WorkerError.
    """

    def __init__(self, model: Path, sample_rate: int, frames: int, device: str = "auto") -> None:
        """Start a process for `model`; sounds come resampled to `sample_rate`, at most `frames` long."""
        self.matching: object = None
        self.memory = Memory()  # as last told
        self._memory = slots.create(frames)
        self._slots: NDArray[np.float32] | None = slots.view(self._memory, frames)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, str(model), self._memory.name, str(frames), str(sample_rate), device],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONSAFEPATH": "1"},  # a torch.py in the performer's folder is not ours
                start_new_session=True,  # a Ctrl-C in the terminal is the player's to handle
            )
        except OSError:
            self._release()
            raise

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def wait_ready(self) -> Ready:
        """Block until the model is loaded and warm; raises WorkerError with the worker's own reason."""
        told = json.loads(self._receive(protocol.READY))
        self.memory = Memory(**told.pop("memory"))
        return Ready(**told)

    def decode(self, latents: NDArray[np.float32]) -> list[Samples]:
        """Sounds of `latents` [sounds, dims], at most SLOTS; copies that are the caller's own."""
        return list(self.decoding(latents))

    def decoding(self, latents: NDArray[np.float32]) -> Iterator[Samples]:
        """The same, each as soon as it is there.

        Nothing is asked for before the first is taken, and nothing else may be before the last is.
        """
        assert self._slots is not None
        self._send(protocol.BATCH, protocol.pack_batch(latents))
        written = iter(self._slots[: len(latents)])
        for _ in range(0, len(latents), protocol.ANSWERED):
            for count in protocol.unpack_done(self._receive(protocol.DONE)):
                yield next(written)[:count].copy()

    def ask(self, what: str, **more: object) -> dict[str, Any]:
        """What comes of a step of a longer task: "encode", "match" or "step", as `core.ear` takes them."""
        self._send(protocol.ASK, json.dumps({"what": what, **more}).encode())
        told: dict[str, Any] = json.loads(self._receive(protocol.TOLD))
        self.memory = Memory(**told.pop("memory"))
        return told

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def close(self) -> None:
        """End the process and remove the memory; where a GPU takes its time to let go, the memory goes first."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._release()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()
            except OSError:  # what was buffered for a dead process
                continue

    def _release(self) -> None:
        self._slots = None
        self._memory.close()
        self._memory.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.close()

    def _send(self, kind: bytes, payload: bytes) -> None:
        assert self._process.stdin is not None
        try:
            protocol.send(self._process.stdin, kind, payload)
        except (OSError, ValueError) as error:
            raise WorkerError("the renderer process is gone") from error

    def _receive(self, expected: bytes) -> bytes:
        assert self._process.stdout is not None
        try:
            kind, payload = protocol.receive(self._process.stdout)
        except (EOFError, OSError, ValueError) as error:
            raise WorkerError("the renderer process ended unexpectedly") from error
        if kind != expected:
            raise WorkerError(payload.decode(errors="replace"))
        return payload
