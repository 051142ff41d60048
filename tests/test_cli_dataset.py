"""`latentaudio dataset prepare` and `audit` as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.cli import main
from tests.core.conftest import kick

RATE = 44100


@pytest.fixture
def kicks(tmp_path: Path) -> Path:
    folder = tmp_path / "kicks"
    folder.mkdir()
    for number in range(3):
        soundfile.write(folder / f"{number}.wav", kick(end=40.0 + 20.0 * number), RATE)
    return folder


def test_prepare_says_what_it_made_and_what_not(kicks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kicks / "letter.wav").write_text("no sound")
    assert main(["dataset", "prepare", str(kicks), str(kicks.parent / "out"), "--bits", "24"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[:4] == ["3  prepared", "0  there already", "0  near-duplicates", "1  skipped"]
    assert lines[4].startswith("letter.wav: not readable") and "latentaudio train" in lines[5]


def test_prepare_into_its_own_folder_is_bad_usage(kicks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "prepare", str(kicks), str(kicks)]) == 2
    assert "overlap" in capsys.readouterr().err


def test_audit_prints_a_table_and_exits_with_0(kicks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(kicks / "silent.wav", np.zeros(100), RATE)
    assert main(["dataset", "audit", str(kicks)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["error", "silent", "silent.wav", "never", "above", "-80", "dBFS"]
    assert out[-1] == "4 files: 1 silent"


def test_a_file_is_one_line_of_the_table_whatever_its_name(kicks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kicks / "two\nlines.wav").touch()
    assert main(["dataset", "audit", str(kicks)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "error    unreadable      two�lines.wav  0 bytes"


def test_strict_tells_programs_by_the_exit_status(kicks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "audit", str(kicks), "--strict", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    (kicks / "empty.wav").touch()
    assert main(["dataset", "audit", str(kicks), "--strict"]) == 1


def test_a_picture_with_nowhere_to_go_is_said_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "audit", "no-such-folder", "--picture", "nowhere/a.png"]) == 2
    assert "nowhere" in capsys.readouterr().err
