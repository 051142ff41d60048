"""A preset as a file: what is written comes back, and what a hand or a crash made of it is told in a sentence."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from latentaudio.errors import PresetError
from latentaudio.preset_file import Preset, Sounds, read_preset, read_tags, write_preset
from latentaudio.preset_yaml import MAX_BYTES, parse, rows_as_text
from latentaudio.state import State
from tests.fakes import library
from tests.test_state import anything, played

SPACE = library()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "012 Deep.yaml"


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_preset_comes_back_as_it_was_written(path):
    preset = Preset({"values": {"pad.1.level": -3.5}}, "kicks", "f00", ("deep", "größer"), "2026-11-22T20:00:00",
                    Sounds("0123456789abcdef", 44100, (4410, 100)))  # fmt: skip
    write_preset(path, preset)
    assert read_preset(path).tags == read_tags(path) == ("deep", "größer")
    assert read_preset(path) == Preset(**vars(preset) | {"plain": preset.plain})


def test_a_state_comes_back_bit_by_bit(path):
    state = played()
    write_preset(path, Preset(state.to_plain(preset=True)))
    again = read_preset(path).state(SPACE, "", problems := [], base=state)
    assert problems == []
    assert again.points.tobytes() == state.points.tobytes() and again.to_plain() | {"preset": "012 Tief"} == (
        state.to_plain()
    )


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float_comes_back_from_its_few_digits(numbers):
    text = rows_as_text(numbers)
    assert np.array([float(word) for word in text.split()]).astype(np.float32).tobytes() == (
        np.float32(numbers).tobytes()
    )


def test_a_number_of_frames_has_no_fraction():
    assert rows_as_text((4410, 0)) == "4410 0"


def test_a_person_can_read_it(path):
    state = State.of(SPACE)
    state.points[:] = 0.1
    state.values["pad.3.level"] = -3.0
    write_preset(path, Preset(state.to_plain(preset=True), "kicks", "f00", ("deep",)))
    head, *points, values, level, _ = path.read_text().splitlines()[6:]
    assert (head, set(points)) == ("  points:", {"  - 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1"})
    assert (values, level) == ("  values:", "    pad.3.level: -3.0")


def test_a_person_can_write_it(path):
    text = "state:\n  points:\n  - [1, 2, 3, 4, 5, 6, 7, 8.5]  # round\ntags: dry\nsaved: 2026-11-22\nmood: good\n...\n"
    preset = read_preset(written(path, text))
    state = preset.state(SPACE, "any", problems := [])
    assert state.points[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8.5]
    assert (preset.tags, read_tags(path), preset.saved) == (("dry",), ("dry",), "2026-11-22")
    assert problems == ["no key 'mood'; did you mean 'model'?"]


@pytest.mark.parametrize(("text", "sentence"), [
    (b"\xff\xfe", "it is not UTF-8 text"),
    ("- a", "the file: expected names and values, got a list of 1"),
    ("", "there is no 'state' in it"),
    ("states: {}", "there is no 'state' in it; did you mean 'states'?"),
    ("state: [1", "line 2: did not find expected ',' or ']'"),
    ("state: {a: &x 1, b: *x}", "line 1: aliases, tags and deep nesting are not allowed"),
    ("state: !!python/object:os.system {}", "line 1: aliases, tags and deep nesting are not allowed"),
    ("[" * 100_000, "line 1: aliases, tags and deep nesting are not allowed"),
    ("saved: 2026-13-45", "a value cannot be read"),
    ("state: " + "9" * 5000, "a value cannot be read"),
    (" " * MAX_BYTES + "#", "no file of at most 1 MB"),
    ("tags: {a: b}\nstate: {}", "tags: expected words, got a table of 1"),
    ("model: kicks\nstate: {}", "model: expected names and values, got 'kicks'"),
    ("sounds: {mark: ../x, sample_rate: 44100, frames: '1'}\nstate: {}", "sounds: mark: expected 16"),
    ("sounds: {mark: '0123456789abcdef', sample_rate: 1, frames: '1'}\nstate: {}", "sounds: this is no sample rate"),
])  # fmt: skip
def test_what_is_no_preset_is_refused_with_its_place(path, text, sentence):
    with pytest.raises(PresetError) as refusal:
        read_preset(written(path, text))
    assert str(refusal.value).startswith(sentence)


def test_a_preset_cut_anywhere_is_refused(path):
    write_preset(path, Preset(played().to_plain(preset=True), "kicks", "f00", ("deep",), "2026-11-22T20:00:00"))
    whole = path.read_bytes()
    for end in {*range(0, len(whole) - 1, 97), *(place for place, byte in enumerate(whole[:-1]) if byte == 10)}:
        with pytest.raises(PresetError):
            read_preset(written(path, whole[:end]))


def test_a_preset_of_another_model_is_refused_by_its_name():
    with pytest.raises(PresetError, match="made with the model snares, not test"):
        Preset({}, "snares", "f00").state(SPACE, "ba4", [])


def test_a_preset_of_another_model_can_be_had_from_its_sounds():
    points = np.ones((16, SPACE.dims), np.float32)
    plain = {"points": [[5.0] * 64], "locks": [3], "values": {"pad.1.level": -3.0},
             "attributes": {"click": [1.0] * 16}}  # fmt: skip
    state = Preset(plain, "snares", "f00").state(SPACE, "ba4", problems := [], points=points)
    assert (state.points == points).all() and not state.locks.any() and state.values["pad.1.level"] == -3.0
    assert not state.attributes.any()  # they are in the sounds
    assert problems == ["locks: left out, they are of the model snares"]


@settings(max_examples=50)
@given(st.text() | anything.map(lambda value: yaml.safe_dump(value, allow_unicode=True)))
def test_no_text_breaks_the_reader(text):
    try:
        parse(text)
    except PresetError as error:
        assert str(error)
