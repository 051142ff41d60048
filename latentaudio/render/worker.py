"""The renderer process: loads a model, keeps it warm, decodes batches into shared memory, encodes and matches.

Started by the player (`render.process`) with the arguments MODEL MEMORY FRAMES RATE DEVICE; ends when the player
closes its pipe.
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.decode import Decode, fast_decoder
from latentaudio.core.device import describe, pick_device
from latentaudio.core.ear import Ear
from latentaudio.core.memory import reserved_mb, resident_mb
from latentaudio.errors import LatentAudioError, UsageError
from latentaudio.render import protocol, slots
from latentaudio.render.finish import finish
from latentaudio.render.process import Memory, Ready

GPU_BATCHES = (1, 4, 16, 64)  # sizes with a CUDA graph of their own; a batch is padded to the next
CPU_BATCH = 1  # sounds at once: a batch takes as long as its sounds one by one, and they are heard later
MOST_THREADS = 4  # more do not help a decoder this small
NICENESS = 10  # decoding gives way to the threads that play


def main() -> None:
    """Serve one player until it closes the pipe."""
    model_path, memory_name, frames, rate, wanted = sys.argv[1:]
    requests, answers = _take_pipes()
    _stand_back()
    try:
        device, named = _device(wanted)
        decode = decoder(load_model(Path(model_path), device), device)  # the encoder is let go
    except LatentAudioError as error:
        protocol.send(answers, protocol.FAILED, str(error).encode())
        return
    batch = GPU_BATCHES[-1] if device.type == "cuda" else CPU_BATCH
    ready = asdict(Ready(named, decode.dims, batch))
    memory = slots.attach(memory_name)
    _tell(answers, protocol.READY, ready, device)
    renders = partial(render, answers, decode, slots.view(memory, int(frames)), int(rate))
    hears = partial(hear, answers, Ear(Path(model_path), device), device)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            kind, payload = protocol.receive(requests)
            (hears if kind == protocol.ASK else renders)(payload)


def _device(wanted: str) -> tuple[torch.device, str]:
    """The device and what to call it; where the wanted one is absent, the best there is: playing comes first."""
    try:
        device = pick_device(wanted)
    except UsageError as error:
        device = pick_device()
        return device, f"{describe(device)}: {error}"
    return device, describe(device)


class Decoder:
    """Latents [b, dims] to audio [b, frames] on the host, at the model's own rate."""

    def __init__(self, model: Model, run: Decode, device: torch.device) -> None:
        self.rate: int = model.vae.config.sample_rate
        self.dims: int = model.vae.config.dims
        self._run, self._device = run, device
        # Memory that is never paged out: a GPU copies straight into it.
        self._host: Tensor | None = None
        if device.type == "cuda":
            self._host = torch.empty(GPU_BATCHES[-1], model.vae.config.frames, pin_memory=True)

    @torch.inference_mode()
    def __call__(self, latents: NDArray[np.float32]) -> NDArray[np.float32]:
        """Decode; a point of fewer dims than the model has is at 0 in the others. The next call may overwrite it."""
        z = torch.zeros(len(latents), self.dims)
        given = min(self.dims, latents.shape[1])
        z[:, :given] = torch.from_numpy(latents[:, :given].copy())
        audio = self._run(z.to(self._device)).float()
        host = audio.cpu() if self._host is None else self._host[: len(audio)].copy_(audio)
        return np.asarray(host)


def decoder(model: Model, device: torch.device) -> Decoder:
    """A warm decoder: what it does first, at each batch size, it has done once already."""
    sizes = GPU_BATCHES if device.type == "cuda" else (CPU_BATCH,)
    decode = Decoder(model, fast_decoder(model.vae, model.kit.to(device), sizes), device)
    decode(np.zeros((1, decode.dims), np.float32))
    return decode


def render(answers: IO[bytes], decode: Decoder, memory: NDArray[np.float32], rate: int, payload: bytes) -> None:
    """Answer a batch: decode it into the slots of `memory`, and tell of a few sounds at a time."""
    written = []
    for slot, raw in enumerate(decode(protocol.unpack_batch(payload))):
        samples = finish(raw, decode.rate, rate)[: memory.shape[1]]
        memory[slot, : len(samples)] = samples
        written.append(len(samples))
        if len(written) == protocol.ANSWERED:
            protocol.send(answers, protocol.DONE, protocol.pack_done(written))
            written.clear()
    if written:
        protocol.send(answers, protocol.DONE, protocol.pack_done(written))


def hear(answers: IO[bytes], ear: Ear, device: torch.device, payload: bytes) -> None:
    """Answer a step of a longer task."""
    request = json.loads(payload)
    steps: dict[str, Callable[..., dict[str, object]]]
    steps = {"encode": ear.encode, "match": ear.match, "step": ear.step}
    _tell(answers, protocol.TOLD, steps[request.pop("what")](**request), device)


def _tell(answers: IO[bytes], kind: bytes, told: dict[str, Any], device: torch.device) -> None:
    """Send JSON, and with it how much memory we have by now."""
    memory = Memory(round(resident_mb(), 1), round(reserved_mb(device), 1))
    protocol.send(answers, kind, json.dumps(told | {"memory": asdict(memory)}).encode())


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Our two pipes; whatever a library prints goes to the log instead of between the messages."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers


def _stand_back() -> None:
    """Leave the machine to the threads that play.

    A decode that uses every core waits at each layer for whichever thread was set aside: on 2 cores with one of
    them busy, two threads took 76 ms (p95 287), one thread 20 ms (p95 23).
    """
    torch.set_num_threads(max(1, min(MOST_THREADS, (os.cpu_count() or 2) - 1)))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the player decides when we end
    if hasattr(os, "nice"):
        os.nice(NICENESS)


if __name__ == "__main__":
    main()
