"""What the player reads of a model, and where its draws lie."""

import numpy as np
import pytest

from latentaudio.errors import ModelError
from latentaudio.latent.library import Library, read_library
from tests.fakes import library


@pytest.fixture(scope="module")
def space() -> Library:
    """A space whose posterior fits its sounds."""
    made = library(dims=4, sounds=400)
    covariance = np.cov(made.latents.T, bias=True)
    return Library(made.path, "test", 44100, 4410, made.latents, made.latents.mean(0),
                   np.linalg.cholesky(covariance).astype(np.float32), made.kit)  # fmt: skip


def test_a_model_with_attributes_tells_them(attributed_model):
    read = read_library(attributed_model)
    assert read.attributes.names == ("brightness", "noisiness", "loudness", "decay", "pitch", "click")
    assert not np.allclose(read.attributes.apply(read.kit, np.eye(6, dtype=np.float32)[0]), read.kit)


def test_an_older_model_is_read_without_and_says_so(tiny_model, caplog):
    assert read_library(tiny_model).attributes.names == ()
    assert "tiny.safetensors has no attributes" in caplog.text


def test_attributes_of_another_models_dims_are_refused(attributed_model, tmp_path):
    from safetensors import safe_open
    from safetensors.numpy import save_file

    with safe_open(attributed_model, "numpy") as file:
        tensors, metadata = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
    tensors["attributes/slopes"] = tensors["attributes/slopes"][:, :5].copy()
    save_file(tensors, tmp_path / "m.safetensors", metadata)
    with pytest.raises(ModelError, match="its attributes do not fit its 8 dims"):
        read_library(tmp_path / "m.safetensors")


def draws(space: Library, temperature: float) -> np.ndarray:
    generator = np.random.default_rng(3)
    return np.stack([space.draw(generator, temperature) for _ in range(20_000)])


def test_a_model_is_read_without_its_weights(tiny_model):
    read = read_library(tiny_model)
    assert (read.dims, read.frames, read.sample_rate, read.kit.shape) == (8, 4410, 44100, (16, 8))


def test_draws_have_the_mean_and_spread_of_the_sounds(space):
    drawn = draws(space, 1.0)
    assert np.allclose(drawn.mean(0), space.mean, atol=0.03)
    assert np.allclose(np.cov(drawn.T), np.cov(space.latents.T), atol=0.05)


def test_temperature_scales_the_distance_from_the_mean(space):
    assert np.allclose(draws(space, 2.0) - space.mean, 2 * (draws(space, 1.0) - space.mean), atol=1e-4)


def test_draws_are_new_sounds(space):
    nearest = np.linalg.norm(draws(space, 1.0)[:50, None] - space.latents[None], axis=2).min(1)
    assert nearest.min() > 0.01


@pytest.mark.parametrize(("content", "why"), [
    (None, "no model file"), (b"", "is not a model"), (b"RIFF" * 100, "is not a model"),
])  # fmt: skip
def test_a_file_that_is_no_model_is_refused_with_a_sentence(tmp_path, content, why):
    path = tmp_path / "m.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=why):
        read_library(path)


def test_a_truncated_model_is_refused(tiny_model, tmp_path):
    path = tmp_path / "cut.safetensors"
    path.write_bytes(tiny_model.read_bytes()[:-100])
    with pytest.raises(ModelError, match="damaged"):
        read_library(path)


def test_a_foreign_safetensors_file_is_refused(tmp_path):
    from safetensors.numpy import save_file

    save_file({"x": np.zeros(3)}, tmp_path / "x.safetensors")
    with pytest.raises(ModelError, match="not a LatentAudio model"):
        read_library(tmp_path / "x.safetensors")
