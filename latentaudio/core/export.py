"""A model in forms that other programs run: TorchScript as nn~ calls it, ONNX of the decoder. Offline."""

import importlib.util
import io
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import torch
from torch import Tensor, nn

from latentaudio.core.checkpoint import Model
from latentaudio.core.vae import Vae
from latentaudio.errors import ModelError, UsageError
from latentaudio.files import atomic_path

ABOUT = "latentaudio.json"  # the record of a TorchScript file that holds what ONNX keeps in its metadata


def export_torchscript(model: Model, path: Path) -> None:
    """Write `model`, on the CPU, as a `NnTilde` that `torch.jit.load` reads with no code of ours. Raises ModelError."""
    raw = io.BytesIO()
    with _quietly(), torch.no_grad():
        torch.jit.save(torch.jit.script(NnTilde(model.vae).eval()), raw, {ABOUT: json.dumps(_about(model))})
    _write(path, _without_source(raw))


def export_onnx(model: Model, path: Path) -> None:
    """Write the decoder of `model`, on the CPU: `z` [batch, dims] to `audio` [batch, frames], any batch size.

    The operators are those of opset 20 (ONNX Runtime 1.17 and later), with DFT for the inverse spectrum. The file's
    metadata holds name, sample rate and credits. Raises ModelError, and UsageError where the exporter is missing.
    """
    if not all(map(importlib.util.find_spec, ("onnx", "onnxscript"))):
        raise UsageError("ONNX export needs two more packages: pip install 'latentaudio[export]'")
    z = torch.zeros(2, model.vae.config.dims)  # two: a batch of one would be taken for a constant
    with _quietly():
        program = torch.onnx.export(
            _Network(model.vae), (z,), dynamo=True, opset_version=20, input_names=["z"], output_names=["audio"],
            dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False,
        )  # fmt: skip
    assert program is not None  # it is None only for the exporter without `dynamo`
    for part in (*program.model.graph, *program.model.graph.inputs, *program.model.graph.outputs):
        part.metadata_props.clear()  # source files are named there, with the path of somebody's home
    program.model.metadata_props.update(_about(model))
    _write(path, program.model_proto.SerializeToString())


class NnTilde(nn.Module):
    """`encode` and `decode` by the conventions of nn~ for Max and Pure Data (github.com/acids-ircam/nn_tilde).

    Signals are [batch, channel, time]. nn~ reads the buffer `<method>_params`: channels in, ratio in, channels out,
    ratio out; a signal of ratio N has one value per N frames. Here N is `window`: the power of two at or above the
    model's frames, since nn~ rounds its buffers up to powers of two. A window holds one whole one-shot from its start
    on, and silence after it: 65536 frames for a model of 44100.

    So `nn~ kicks.ts decode` (`mcs.nn~`, or `nn~ -m` in Pure Data, to have one cord instead of one per dim) plays the
    point at its inlets once per window, on nn~'s own clock, at the rate of the patch: for exploring, not for hits.
    There is no `forward`: name the method. (nn~ for Pure Data begins with buffers of 4096 frames for one channel in
    and one out, and does not enlarge them.) Format 10 and operators as old as PyTorch 2.0, for the libtorch that nn~
    brings along. Checked against the calls of nn~'s backend, not yet inside Max or Pure Data.
    """

    def __init__(self, vae: Vae) -> None:
        super().__init__()
        self.frames, self.dims = vae.config.frames, vae.config.dims
        self.window = 1 << (self.frames - 1).bit_length()
        example = {"encode": torch.zeros(2, self.frames), "decode": torch.zeros(2, self.dims)}
        self.network = torch.jit.trace_module(_Network(vae), example)  # type: ignore[no-untyped-call]
        self.register_buffer("encode_params", torch.tensor([1, 1, self.dims, self.window]))
        self.register_buffer("decode_params", torch.tensor([self.dims, self.window, 1, 1]))

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        """Means [batch, dims, windows] of `audio` [batch, 1, windows * window]."""
        batch, windows = audio.shape[0], audio.shape[2] // self.window
        z: Tensor = self.network.encode(audio.reshape(batch * windows, self.window)[:, : self.frames])
        return z.reshape(batch, windows, self.dims).transpose(1, 2)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        """Audio [batch, 1, windows * window] of `z` [batch, dims, windows]."""
        audio = self.network.decode(z.transpose(1, 2).reshape(-1, self.dims))
        return nn.functional.pad(audio, (0, self.window - self.frames)).reshape(z.shape[0], 1, -1)

    @torch.jit.export
    def get_methods(self) -> list[str]:
        """What nn~ may be asked to run."""
        return ["encode", "decode"]

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        """What nn~ may set: nothing."""
        none: list[str] = []
        return none


class _Network(nn.Module):
    """The two directions of a VAE, each a function of one tensor, as tracing needs them."""

    def __init__(self, vae: Vae) -> None:
        super().__init__()
        self.vae = vae

    def encode(self, audio: Tensor) -> Tensor:
        return self.vae.encode(audio)[0]

    def decode(self, z: Tensor) -> Tensor:
        return self.vae.decode(z)

    forward = decode


def _about(model: Model) -> dict[str, str]:
    """What must travel with the weights, as strings."""
    return {"name": model.name, "sample_rate": str(model.vae.config.sample_rate), "credits": json.dumps(model.credits)}


def _without_source(raw: io.BytesIO) -> bytes:
    """A TorchScript file without its records of source files, which hold the path of somebody's home."""
    kept = io.BytesIO()
    with ZipFile(raw) as source, ZipFile(kept, "w") as target:
        for name in source.namelist():
            if not name.endswith(".debug_pkl"):
                target.writestr(name, source.read(name))
    return kept.getvalue()


def _write(path: Path, content: bytes) -> None:
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}") from error


@contextmanager
def _quietly() -> Iterator[None]:
    """No warnings of TorchScript's age (nn~ reads nothing else), no word of how the exporter simplifies its graph."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)
