"""The trained model in memory, and its way to and from its one file. Loads without running code.

Tensors: `encoder.*` and `decoder.*` (half precision), `library/latents`, `library/map`,
`library/descriptors`, `posterior/mean`, `posterior/scale`, `kit/latents`, and where there are attributes
`attributes/slopes`, `attributes/bends`. Metadata: strings, those of `JSON_KEYS` and `attributes` holding JSON.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from latentaudio.core.vae import Vae, VaeConfig
from latentaudio.errors import ModelError
from latentaudio.files import atomic_path
from latentaudio.modelfile import FORMAT, VERSION, ModelFile, open_model
from latentaudio.steering import Steering, read_steering

JSON_KEYS = ("config", "provenance", "library", "credits", "descriptors")


@dataclass(frozen=True)
class Model:
    """A network with the sounds it learned from, as points of its latent space."""

    name: str
    vae: Vae
    latents: Tensor  # [sounds, dims], encoder means of the training sounds
    map: Tensor  # [sounds, 2], 0..1
    descriptors: Tensor  # [sounds, len(descriptor_names)]
    mean: Tensor  # [dims], of the fitted posterior
    scale: Tensor  # [dims, dims], lower Cholesky factor of its covariance: z = mean + T * scale @ noise
    kit: Tensor  # [16, dims], a choice of the library that stands for the whole
    names: tuple[str, ...]  # of the library's sounds
    descriptor_names: tuple[str, ...]
    provenance: dict[str, Any] = field(default_factory=dict)  # how it was made
    credits: dict[str, Any] = field(default_factory=dict)  # source: {licence, count}
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)  # name: {doc, unit, deviation, figures}
    steering: Steering | None = None  # a row for each attribute; None without them, as older files are


def save_model(model: Model, path: Path) -> None:
    """Write `model` in one step: a failure leaves what was there before. Raises ModelError."""
    weights = {name: tensor.half() for name, tensor in model.vae.state_dict().items()}
    tensors = weights | {
        "library/latents": model.latents.half(),
        "library/map": model.map.float(),
        "library/descriptors": model.descriptors.float(),
        "posterior/mean": model.mean.float(),
        "posterior/scale": model.scale.float(),
        "kit/latents": model.kit.float(),
    }
    if model.steering is not None:
        tensors["attributes/slopes"] = torch.from_numpy(model.steering.slopes)
        tensors["attributes/bends"] = torch.from_numpy(model.steering.bends).half()
    texts = {
        "config": asdict(model.vae.config),
        "provenance": model.provenance,
        "library": model.names,
        "credits": model.credits,
        "descriptors": model.descriptor_names,
        "attributes": model.attributes,
    }
    metadata = {"format": FORMAT, "version": str(VERSION), "name": model.name}
    metadata |= {key: json.dumps(value) for key, value in texts.items()}
    try:
        with atomic_path(path) as temporary:
            save_file({name: value.cpu().contiguous() for name, value in tensors.items()}, temporary, metadata)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"cannot write the model {path} ({error})") from error


def load_model(path: Path, device: torch.device | str = "cpu") -> Model:
    """Read a model file, weights in single precision on `device` and everything else on the CPU.

    Raises ModelError with one sentence for a file that is missing, truncated, damaged, foreign or newer.
    """
    file = open_model(path, framework="pt")
    try:
        return _read(file, torch.device(device))
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path}: the model does not fit its own description ({reason})") from error


def _read(file: ModelFile, device: torch.device) -> Model:
    texts = {key: file.json(key) for key in JSON_KEYS}
    vae = Vae(read_config(texts["config"]))
    vae.load_state_dict({name: file.tensor(name) for name in file.names if "/" not in name})
    vae.requires_grad_(False).to(device).eval()
    steering = read_steering(file)
    return Model(
        name=file.metadata.get("name", file.path.stem),
        vae=vae,
        latents=file.tensor("library/latents").float(),
        map=file.tensor("library/map"),
        descriptors=file.tensor("library/descriptors"),
        mean=file.tensor("posterior/mean"),
        scale=file.tensor("posterior/scale"),
        kit=file.tensor("kit/latents"),
        names=tuple(texts["library"]),
        descriptor_names=tuple(texts["descriptors"]),
        provenance=texts["provenance"],
        credits=texts["credits"],
        attributes=file.json("attributes") if steering else {},
        steering=steering,
    )


def read_config(stored: object) -> VaeConfig:
    """The network's shape from its JSON; ValueError for what this version does not know."""
    if not isinstance(stored, dict):
        raise ValueError("its configuration is no table")
    unknown = set(stored) - {entry.name for entry in fields(VaeConfig)}
    if unknown:
        raise ValueError(f"unknown entry '{sorted(unknown)[0]}' in its configuration")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
    return VaeConfig(**values)
