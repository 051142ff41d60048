"""The one file that is a model: how it is opened, checked and written, without running any code from it.

Both sides read it through here: the player with numpy alone, the network with torch.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from latentaudio.errors import ModelError

FORMAT = "latentaudio-model"
VERSION = 1


@dataclass(frozen=True)
class ModelFile:
    """An opened model file: its metadata, and a way to read one tensor at a time."""

    path: Path
    metadata: dict[str, str]
    names: frozenset[str]
    tensor: Callable[[str], Any]  # numpy array or torch tensor, as asked of `open_model`

    def json(self, key: str) -> Any:
        """A metadata entry, parsed; raises ModelError where it is missing or damaged."""
        try:
            return json.loads(self.metadata[key])
        except (KeyError, ValueError) as error:
            raise ModelError(f"{self.path}: the model's '{key}' is missing or damaged") from error


def open_model(path: Path, framework: str = "numpy") -> ModelFile:
    """Open a model file, reading nothing but its header.

    `framework` is `numpy` or `pt` (torch). Raises ModelError for a file that is missing, truncated, damaged,
    foreign, or made by a newer version.
    """
    if not path.is_file():
        raise ModelError(f"no model file {path}")
    try:
        file: Any = safe_open(path, framework=framework)
        metadata = file.metadata() or {}
        names = frozenset(file.keys())
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is not a model, or is damaged ({error})") from error
    if metadata.get("format") != FORMAT:
        raise ModelError(f"{path} is a safetensors file, but not a LatentAudio model")
    version = metadata.get("version", "")
    if not version.isdigit() or int(version) > VERSION:
        raise ModelError(f"{path} is of model format {version}; this LatentAudio reads up to {VERSION}: update it")
    return ModelFile(path, metadata, names, file.get_tensor)


def fingerprint(path: Path) -> str:
    """A hash of the whole model file: what was made with one model is never taken for another's. Reads all of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
