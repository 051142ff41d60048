"""Files of sounds: nothing is replaced unasked, nothing is lost, and the same sound is the same file."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.errors import DataError, UsageError
from latentaudio.offline_files import Form

LOUD = np.linspace(-1.5, 1.5, 100, dtype=np.float32)


@pytest.mark.parametrize(("kind", "bits"), [("wav", 16), ("wav", 24), ("wav", 32), ("flac", 16), ("flac", 24)])
def test_a_file_has_the_bits_that_were_asked_for(tmp_path, kind, bits):
    info = soundfile.info(Form(tmp_path, 48000, kind, bits).write(f"a.{kind}", LOUD))
    assert info.subtype == {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}[bits] and info.samplerate == 48000


def test_floating_point_keeps_what_is_above_full_scale(tmp_path):
    heard, _ = soundfile.read(Form(tmp_path, bits=32).write("a.wav", LOUD), dtype="float32")
    assert np.array_equal(heard, LOUD)


def test_no_file_tells_when_it_was_written(tmp_path):
    assert b"PEAK" not in Form(tmp_path, bits=32).write("a.wav", LOUD).read_bytes()


def test_flac_with_32_bits_is_refused(tmp_path):
    with pytest.raises(UsageError, match="at most 24 bits"):
        Form(tmp_path, format="flac", bits=32)


@pytest.mark.parametrize(("count", "last"), [(1, "01.wav"), (16, "16.wav"), (1000, "1000.wav")])
def test_names_sort(tmp_path, count, last):
    names = Form(tmp_path).numbered(count)
    assert names == sorted(names) and names[-1] == last


@pytest.mark.parametrize("name", ["02.wav", "joined.wav"])
def test_a_file_that_is_there_is_claimed_by_force_alone(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(UsageError, match="--force"):
        Form(tmp_path, gap=0.0).claim(["01.wav", "02.wav"])
    Form(tmp_path, gap=0.0, force=True).claim(["01.wav", "02.wav"])


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_joined_sounds_begin_evenly_and_are_those_of_the_files(tmp_path, bits):
    form = Form(tmp_path, 1000, bits=bits, gap=0.05)
    paths = [form.write("01.wav", LOUD), form.write("02.wav", LOUD[40:70])]
    (first, _), (second, _), (joined, _) = map(soundfile.read, [*paths, form.join(paths)])
    assert len(joined) == 300
    assert np.array_equal(joined[:100], first) and np.array_equal(joined[150:180], second)
    assert not joined[100:150].any() and not joined[180:].any()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(DataError, match="cannot write"):
        Form(tmp_path / "taken").write("a.wav", LOUD)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path):
    form = Form(tmp_path)
    before = form.write("a.wav", LOUD).read_bytes()
    with pytest.raises(DataError, match="cannot write"):
        form.write("a.wav", np.zeros((1, 2, 3), np.float32))
    assert (tmp_path / "a.wav").read_bytes() == before and len(list(tmp_path.iterdir())) == 1
