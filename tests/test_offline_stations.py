"""What a word for a sound means: the same point each time, or one sentence."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.errors import DataError, LatentAudioError, PresetError, UsageError
from latentaudio.latent.library import Library, read_library
from latentaudio.offline import draw_points
from latentaudio.offline_index import index_text
from latentaudio.offline_stations import Stations
from latentaudio.presets import PresetFolder
from latentaudio.state import State


@pytest.fixture
def library(tiny_model: Path) -> Library:
    return read_library(tiny_model)


@pytest.fixture
def stations(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stations:
    monkeypatch.chdir(tmp_path)
    return Stations(library, "cpu")


def kick(path: Path) -> Path:
    seconds = np.arange(4410) / 44100
    soundfile.write(path, 0.9 * np.sin(2 * np.pi * 55 * seconds) * np.exp(-seconds * 30), 44100)
    return path


def test_a_sound_of_the_model_is_found_by_its_name(stations, library):
    assert np.array_equal(stations.find("7"), library.latents[7])


def test_folder_suffix_and_case_may_be_left_out(stations, library, monkeypatch):
    stations.__dict__["_names"] = {"kicks/Deep.flac": 2, "a/same.wav": 3, "b/same.wav": 4}
    assert np.array_equal(stations.find("deep"), library.latents[2])
    with pytest.raises(UsageError, match="no station 'same'"):
        stations.find("same")


def test_the_nearest_name_is_told(stations):
    stations.__dict__["_names"] = {"kicks/Deep.flac": 2, "kicks/Tight.flac": 3}
    with pytest.raises(UsageError, match="did you mean 'deep'"):
        stations.find("deepp")


def test_a_pad_of_the_kit(stations, library):
    assert np.array_equal(stations.find("kit:16"), library.kit[15])


def test_a_drawn_station_is_the_first_draw_of_its_seed(stations, library):
    assert np.array_equal(stations.find("draw:7"), draw_points(library.path, 3, seed=7)[0])


def test_a_sound_file_is_encoded(stations, library):
    path = kick(Path("my.wav"))
    point = stations.find(str(path))
    assert point.shape == (library.dims,) and not np.array_equal(point, stations.find("kit:1"))
    assert np.array_equal(point, stations.find(str(path)))


def test_a_pad_of_a_preset_by_its_file(stations):
    rows = [f"{pad} 0 0 0 0 0 0 0.5" for pad in range(1, 17)]
    Path("live.yaml").write_text("state:\n  points:\n" + "".join(f"  - {row}\n" for row in rows))
    assert stations.find("live.yaml:5").tolist() == [5, 0, 0, 0, 0, 0, 0, 0.5]


def test_a_pad_of_another_models_preset_is_encoded_from_its_sounds(stations, library):
    sound, _ = soundfile.read(kick(Path("my.wav")), dtype="float32")
    PresetFolder(Path()).save("old", State.of(library), library, "f00", datetime(2026, 1, 1), (), [sound] * 16, 44100)
    assert np.allclose(stations.find("./old.yaml:3"), stations.find("my.wav"), atol=1e-3)


def test_another_models_preset_without_sounds_is_refused(stations, library):
    PresetFolder(Path()).save("old", State.of(library), library, "f00", datetime(2026, 1, 1))
    with pytest.raises(PresetError, match="it was made with the model tiny"):
        stations.find("old.yaml:3")


def test_what_was_rendered_is_gone_back_to_bit_by_bit(stations, library):
    Path("points.json").write_text(index_text(library, {"01.wav": library.latents[3], "02.wav": library.latents[4]}))
    assert np.array_equal(stations.find(".:2"), library.latents[4])


def test_points_of_another_model_are_refused(stations, library):
    text = index_text(library, {"01.wav": library.latents[3]})
    Path("points.json").write_text(text.replace('"fingerprint": "', '"fingerprint": "0'))
    with pytest.raises(UsageError, match="of the model tiny"):
        stations.find("points.json:1")


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"model": 3}', "[" * 5000])
def test_damaged_points_are_one_sentence(stations, damage):
    Path("points.json").write_text(damage)
    with pytest.raises((DataError, UsageError), match=r"points\.json"):
        stations.find("points.json:1")


@pytest.mark.parametrize(("text", "says"), [
    ("kit:17", "pads go from 1 to 16"), ("kit:0", "pads go from 1 to 16"), ("drwa:7", "draw:SEED"),
    ("other.safetensors", "the model comes first"), ("tow", "no station 'tow'"), ("", "no station"),
    (":3", "no station"), ("none.yaml:3", "no such file"), ("../none:3", "no such file"), (".:3", "points.json"),
])  # fmt: skip
def test_what_is_no_station_is_one_sentence(stations, text, says):
    with pytest.raises(LatentAudioError, match=says):
        stations.find(text)


def test_a_file_that_is_no_sound_is_one_sentence(stations):
    Path("notes.txt").write_text("kick on one")
    with pytest.raises(DataError, match=r"notes\.txt cannot be encoded: not readable"):
        stations.find("notes.txt")
