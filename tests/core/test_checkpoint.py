"""The model file: what is written comes back, and every bad file has its sentence."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from latentaudio.core.checkpoint import load_model, save_model
from latentaudio.errors import ModelError


def rewritten(path: Path, **metadata: str) -> Path:
    """The model with other metadata."""
    with safe_open(path, framework="pt") as file:
        stored = file.metadata()
    target = path.with_name(f"changed-{abs(hash(str(metadata)))}.safetensors")
    save_file(load_file(path), target, stored | metadata)
    return target


def test_a_model_comes_back_as_it_was(tiny_model: Path, tmp_path: Path) -> None:
    first = load_model(tiny_model)
    save_model(first, tmp_path / "again.safetensors")
    again = load_model(tmp_path / "again.safetensors")
    z = torch.randn(2, 8)
    assert torch.equal(first.vae.decode(z), again.vae.decode(z))
    assert torch.equal(first.latents, again.latents) and torch.equal(first.scale, again.scale)
    assert first.names == again.names and again.vae.config == first.vae.config


def test_weights_are_stored_in_half_and_used_in_single_precision(tiny_model: Path) -> None:
    stored = load_file(tiny_model)
    assert stored["decoder.head.weight"].dtype == torch.float16
    assert load_model(tiny_model).vae.decoder.head.weight.dtype == torch.float32


def test_half_precision_cannot_be_heard(tiny_model: Path) -> None:
    model = load_model(tiny_model)
    z = torch.randn(4, 8)
    exact = model.vae.decode(z)
    with torch.no_grad():
        for value in model.vae.parameters():
            value.copy_(value.half())
    assert (model.vae.decode(z) - exact).norm() < 1e-3 * exact.norm()


def test_a_failed_write_leaves_the_old_model(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(tiny_model.read_bytes())
    model = load_model(path)
    with pytest.raises(ModelError, match="cannot write"):
        save_model(model, tmp_path / "no-such-folder" / "model.safetensors")
    assert path.read_bytes() == tiny_model.read_bytes()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file"):
        load_model(tmp_path / "none.safetensors")


@pytest.mark.parametrize("keep", [0, 4, 1000, -1000])
def test_a_truncated_file_is_said(tiny_model: Path, tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(tiny_model.read_bytes()[:keep])
    with pytest.raises(ModelError, match="damaged"):
        load_model(path)


def test_a_file_of_noise_is_said(tmp_path: Path) -> None:
    path = tmp_path / "noise.safetensors"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    with pytest.raises(ModelError, match="damaged"):
        load_model(path)


def test_someone_elses_file_is_said(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="not a LatentAudio model"):
        load_model(tmp_path / "other.safetensors")


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ({"version": "99"}, "update it"),
        ({"config": "{broken"}, "'config' is missing or damaged"),
        ({"config": '{"dims": 9}'}, "does not fit"),
        ({"config": '{"dims": 8, "wings": 2}'}, "unknown entry 'wings'"),
        ({"config": "[]"}, "does not fit"),
    ],
)
def test_a_model_that_does_not_fit_its_words_is_said(tiny_model: Path, metadata: dict[str, str], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        load_model(rewritten(tiny_model, **metadata))
    assert "\n" not in str(caught.value)
