"""`dataset synth`: a folder of synthetic kicks that training takes as it is."""

import csv
from pathlib import Path

import pytest
import soundfile

from latentaudio.cli import main
from latentaudio.core.dataset import load_folder
from latentaudio.core.synth_folder import write_kicks
from latentaudio.core.synth_ranges import RANGES
from latentaudio.core.vae import VaeConfig
from latentaudio.errors import DataError, UsageError
from tests.core.conftest import RATE


def test_the_folder_is_ready_for_training(tmp_path: Path, config: VaeConfig) -> None:
    paths = list(write_kicks(tmp_path / "kicks", 20, 1, RATE, config.frames))
    dataset = load_folder(tmp_path / "kicks", config)
    assert [tmp_path / "kicks" / sound.file for sound in dataset.sounds] == paths
    assert len(dataset.split("valid").sounds) == 2 and {sound.licence for sound in dataset.sounds} == {"CC0-1.0"}


def test_the_manifest_says_what_each_kick_is_made_of(tmp_path: Path) -> None:
    list(write_kicks(tmp_path, 2, 1, RATE, 4096))
    with (tmp_path / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["kick-00001.wav", "kick-00002.wav"]
    assert {row["shippable"] for row in rows} == {"yes"} and rows[0]["pitch"] != rows[1]["pitch"]
    assert all(25.0 <= float(row["pitch"]) <= 125.0 and set(RANGES) < set(row) for row in rows)


def test_a_stopped_run_has_no_manifest_and_goes_on(tmp_path: Path) -> None:
    first = next(iter(write_kicks(tmp_path, 3, 1, RATE, 4096)))
    begun = first.read_bytes()
    assert not (tmp_path / "manifest.csv").exists()
    assert len(list(write_kicks(tmp_path, 3, 1, RATE, 4096))) == 3 and first.read_bytes() == begun


def test_a_folder_of_sounds_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"holds a manifest\.csv already"):
        list(write_kicks(tmp_path, 1, 1, RATE, 4096))


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot write to"):
        list(write_kicks(tmp_path / "file" / "kicks", 1, 1, RATE, 4096))


def test_the_command_writes_kicks_of_the_length_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["dataset", "synth", "--count", "3", "--seed", "7", "--seconds", "0.5", "--out", str(tmp_path / "k")]
    assert main(words) == 0 and "3 kicks" in capsys.readouterr().out
    assert [soundfile.info(path).frames for path in sorted(tmp_path.glob("k/*.wav"))] == [22050] * 3


def test_the_command_says_in_one_sentence_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "manifest.csv").write_text("mine")
    assert main(["dataset", "synth", "--count", "3", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("latentaudio: ")
