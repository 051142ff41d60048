"""Sounds to files, and what must never be overwritten."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.errors import DataError, UsageError
from latentaudio.offline import reconstruct


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a/1.wav", "b/1.wav"):
        (tmp_path / name).parent.mkdir()
        soundfile.write(tmp_path / name, np.sin(np.arange(4410) / 50), 44100)
    return tmp_path


def test_a_sound_is_never_replaced_by_its_reconstruction(folder, tiny_model):
    before = (folder / "a/1.wav").read_bytes()
    with pytest.raises(UsageError, match="would replace"):
        list(reconstruct(tiny_model, folder / "a", folder / "a", "cpu"))
    assert (folder / "a/1.wav").read_bytes() == before


def test_two_sounds_of_one_name_are_not_written_over_each_other(folder, tiny_model):
    with pytest.raises(UsageError, match="another folder"):
        list(reconstruct(tiny_model, folder, folder / "out", "cpu"))


def test_a_place_that_cannot_be_written_is_one_sentence(folder, tiny_model):
    with pytest.raises(DataError, match="cannot write"):
        list(reconstruct(tiny_model, folder / "a/1.wav", folder / "x.xyz", "cpu"))
