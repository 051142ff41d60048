"""Renders kept between starts."""

import os

import numpy as np
import pytest

from latentaudio.latent.library import read_library
from latentaudio.modelfile import fingerprint
from latentaudio.render.cache import RenderCache

SOUND = np.linspace(0, 1, 1000, dtype=np.float32)


@pytest.fixture
def library(tiny_model):
    return read_library(tiny_model)


def test_a_kept_render_is_found_again_bit_for_bit(library, tmp_path):
    RenderCache(fingerprint(library.path), 44100, tmp_path).put(library.kit[0], SOUND)
    assert np.array_equal(RenderCache(fingerprint(library.path), 44100, tmp_path).get(library.kit[0]), SOUND)


def test_another_rate_point_or_model_is_another_render(library, tmp_path):
    RenderCache(fingerprint(library.path), 44100, tmp_path).put(library.kit[0], SOUND)
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"another model")
    assert RenderCache(fingerprint(library.path), 48000, tmp_path).get(library.kit[0]) is None
    assert RenderCache(fingerprint(library.path), 44100, tmp_path).get(library.kit[1]) is None
    assert RenderCache(fingerprint(other), 44100, tmp_path).get(library.kit[0]) is None


def test_the_least_recently_used_go_when_the_folder_is_full(library, tmp_path):
    cache = RenderCache(fingerprint(library.path), 44100, tmp_path, limit=3 * 4200)
    for age, point in enumerate(library.kit[:3]):
        cache.put(point, SOUND)
        os.utime(cache._path(point), (age, age))
    cache.get(library.kit[0])
    cache.put(library.kit[3], SOUND)
    assert [cache.get(point) is not None for point in library.kit[:4]] == [True, False, True, True]


def test_a_damaged_file_is_as_good_as_none(library, tmp_path):
    cache = RenderCache(fingerprint(library.path), 44100, tmp_path)
    cache.put(library.kit[0], SOUND)
    next(tmp_path.glob("*.npy")).write_bytes(b"\x93NUMPY broken")
    assert cache.get(library.kit[0]) is None


def test_a_file_that_someone_else_removes_meanwhile_is_no_trouble(library, tmp_path, caplog):
    (tmp_path / "gone.npy").symlink_to("nowhere")
    RenderCache(fingerprint(library.path), 44100, tmp_path).put(library.kit[0], SOUND)
    assert not caplog.records
