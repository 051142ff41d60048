"""`latentaudio render` as a musician uses it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.cli import main
from latentaudio.errors import DataError
from latentaudio.latent.library import read_library
from latentaudio.offline import render_points
from latentaudio.offline_files import Form
from latentaudio.offline_stations import Stations
from tests.test_offline_sfz import regions


def render(model: Path, out: Path, *words: str) -> int:
    return main(["render", str(model), *words, "--device", "cpu", "--out", str(out)])


@pytest.fixture(scope="module")
def journeys(tiny_model, tmp_path_factory) -> list[Path]:
    """The same morph twice."""
    folders = [tmp_path_factory.mktemp("journey") / name for name in ("a", "b")]
    words = ("--morph", "kit:1", "draw:5", "3", "--steps", "5", "--format", "flac", "--join", "--gap", "0.1")
    assert [render(tiny_model, folder, *words) for folder in folders] == [0, 0]
    return folders


@pytest.fixture(scope="module")
def kit(attributed_model, tmp_path_factory) -> Path:
    """A preset's kit in three velocity layers."""
    folder = tmp_path_factory.mktemp("kit")
    values = {"pad.1.choke": 1, "pad.2.tune": 12, "pad.3.darken": 0, "pad.4.decay": 0.02, "pad.5.pan": -1}
    (folder / "live.yaml").write_text(json.dumps({"state": {"values": values}}))
    words = ("--pads", "--preset", str(folder / "live.yaml"), "--layers", "3", "--bits", "32")
    assert render(attributed_model, folder, *words) == 0
    return folder


def test_the_same_command_makes_the_same_files(journeys):
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in journeys)
    assert sorted(first) == ["01.flac", "02.flac", "03.flac", "04.flac", "05.flac", "joined.flac", "points.json"]
    assert first == second


def test_every_sound_of_a_folder_can_be_gone_back_to(journeys, tiny_model):
    library = read_library(tiny_model)
    stations = Stations(library, "cpu")
    found = [stations.find(f"{journeys[0]}:{number}") for number in (1, 3, 5)]
    assert np.array_equal(found, [library.kit[0], stations.find("draw:5"), library.latents[3]])


def test_a_folder_is_not_written_over(journeys, tiny_model, capsys):
    before = (journeys[0] / "01.flac").read_bytes()
    assert render(tiny_model, journeys[0], "--walk", "3", "--format", "flac") == 2
    assert "01.flac is there already" in capsys.readouterr().err
    assert (journeys[0] / "01.flac").read_bytes() == before


def test_force_replaces_what_is_there(journeys, tiny_model):
    before = (journeys[1] / "01.flac").read_bytes()
    assert render(tiny_model, journeys[1], "--variations", "9", "--format", "flac", "--force") == 0
    assert (journeys[1] / "01.flac").read_bytes() != before and (journeys[1] / "09.flac").exists()


def test_a_sound_that_cannot_be_played_is_left_out(tiny_model, tmp_path, caplog):
    library = read_library(tiny_model)
    points = library.kit[:3].copy()
    points[1] = np.nan
    list(render_points(library, points, ["1.wav", "2.wav", "3.wav"], Form(tmp_path), "cpu"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.wav", "3.wav", "points.json"]
    assert "2.wav is left out: it came out as NaN" in caplog.text
    assert np.array_equal(Stations(library, "cpu").find(f"{tmp_path}:2"), points[2])


def test_a_run_that_is_stopped_keeps_the_points_of_what_it_wrote(tiny_model, tmp_path):
    library = read_library(tiny_model)
    running = render_points(library, library.kit[:3], ["1.wav", "2.wav", "3.wav"], Form(tmp_path), "cpu")
    next(running)
    running.close()
    assert list(json.loads((tmp_path / "points.json").read_text())["points"]) == ["1.wav"]


def test_a_model_that_makes_no_sound_is_one_sentence(tiny_model, tmp_path):
    library = read_library(tiny_model)
    with pytest.raises(DataError, match="not fit to play"):
        list(render_points(library, library.kit[:1] * np.nan, ["1.wav"], Form(tmp_path), "cpu"))
    assert not list(tmp_path.iterdir())


def test_every_layer_of_a_kit_has_its_region(kit):
    found = regions((kit / "kit.sfz").read_text())
    assert {each["sample"] for each in found} == {path.name for path in kit.glob("*.wav")}
    heard = [(each["sample"], each["lovel"], each["hivel"]) for each in found if each["key"] == "36"]
    assert heard == [("01-v127.wav", "85", "127"), ("01-v084.wav", "43", "84"), ("01-v042.wav", "1", "42")]
    assert [each["sample"] for each in found if each["key"] == "38"] == ["03.wav"]  # it does not darken


def test_a_kit_sounds_as_its_pads_are_set(kit):
    """Pad 2 an octave up is half as long, pad 4 ends soon, pad 5 is at the left."""
    frames = [soundfile.info(kit / f"{pad:02}-v127.wav").frames for pad in (1, 2, 4)]
    left, right = soundfile.read(kit / "05-v127.wav")[0].T
    assert frames[1] < 0.6 * frames[0] and frames[2] < frames[0] and left.any() and not right.any()


def test_softer_layers_are_other_sounds(kit):
    loud, soft = (soundfile.read(kit / f"01-v{velocity}.wav")[0] for velocity in ("127", "042"))
    assert loud.shape != soft.shape or not np.allclose(loud, soft, atol=1e-3)


@pytest.mark.parametrize(("words", "says"), [
    (("--morph", "kit:1", "kit:2", "--walk", "3"), "one thing at a time: --morph or --walk"),
    (("--morph", "kit:1", "kit:2", "--pull", "0.5"), "--pull does nothing for --morph; it goes with --walk"),
    (("--draws", "3", "--from", "kit:1"), "--from does nothing for --draws"),
    (("--kit", "--bits", "16"), "--bits does nothing for --kit; it goes with all but --kit"),
    (("--draws", "3", "--gap", "1"), "--gap does nothing without --join"),
    (("--morph", "kit:1"), "two stations"),
    (("--morph", *["kit:1"] * 9), "at most 8 stations"),
    (("--draws", "3", "--format", "flac", "--bits", "32"), "at most 24 bits"),
    (("--pads", "--attribute", "brightness=1"), "no attributes"),
    (("--pads", "--layers", "2"), "--layers does nothing"),
])  # fmt: skip
def test_what_would_do_nothing_is_said(tiny_model, tmp_path, capsys, words, says):
    assert render(tiny_model, tmp_path / "out", *words) == 2
    assert says in capsys.readouterr().err and not (tmp_path / "out").exists()
