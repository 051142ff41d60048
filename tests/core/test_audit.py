"""What an audit finds in a folder, and what it leaves in peace."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.core.audit import Finding, audit
from latentaudio.core.audit_compare import far_from_all
from latentaudio.core.audit_picture import chosen, write_picture
from latentaudio.core.audit_report import as_json, write_csv
from latentaudio.core.descriptors import DESCRIPTORS
from latentaudio.core.tables import read_table
from latentaudio.errors import DataError
from tests.core.conftest import RATE, kick

NOISE = np.random.default_rng(0).standard_normal(8192).astype(np.float32)
HAT = 0.3 * NOISE * np.exp(-np.arange(8192) / 300.0).astype(np.float32)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Thirty kicks with clicks, no two near-duplicates."""
    path = tmp_path / "many"
    path.mkdir()
    chance = np.random.default_rng(4)
    for number in range(30):
        start, end, seconds = chance.uniform((100.0, 35.0, 0.03), (500.0, 90.0, 0.1))
        beater = 0.02 * (number % 6 + 1) * NOISE * np.exp(-np.arange(8192) / (40.0 + 5.0 * number))
        soundfile.write(path / f"kick{number:02}.wav", kick(start=start, end=end, seconds=seconds) + beater, RATE)
    return path


def found(folder: Path, file: str) -> list[tuple[str, str]]:
    """Severity and check of all that is found of `file`, and nothing of any other may be."""
    findings = audit(folder).findings
    assert {finding.file for finding in findings} <= {file}, findings
    return [(finding.severity, finding.check) for finding in findings]


def write_text(path: Path) -> None:
    path.write_text("Dear drummer, this is no sound at all.")


def sound(*parts: np.ndarray, rate: int = RATE, subtype: str = "PCM_16") -> Callable[[Path], None]:
    return lambda path: soundfile.write(path, np.concatenate(parts), rate, subtype=subtype)


PLANTED: dict[str, tuple[Callable[[Path], object], tuple[str, str]]] = {
    "no bytes": (Path.touch, ("error", "unreadable")),
    "text": (write_text, ("error", "unreadable")),
    "no frames": (sound(np.zeros(0)), ("error", "empty")),
    "nan": (sound(kick(), [np.nan], subtype="FLOAT"), ("error", "not finite")),
    "silence": (sound(np.full(9999, 5e-5)), ("error", "silent")),
    "opposite channels": (sound(np.stack([kick(), -kick()], 1)), ("error", "silent")),
    "direct current": (sound(np.full(2000, 0.8), np.zeros(500)), ("error", "only offset")),
    "hours": (sound(np.zeros(31 * 8000), rate=8000), ("error", "too long")),
    "clipped": (sound(np.clip(3.0 * kick(), -1.0, 1.0)), ("warning", "clipped")),
    "clipped, then soft": (sound(0.3 * np.clip(3.0 * kick(), -1.0, 1.0)), ("warning", "clipped")),
    "two hits": (sound(kick(), kick()), ("warning", "second hit")),
    "an offset": (sound(0.5 * kick(20000, 300.0) + 0.01), ("warning", "offset")),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_wrong_with_one_file_is_found(folder: Path, name: str) -> None:
    write, finding = PLANTED[name]
    write(folder / "bad.wav")
    assert found(folder, "bad.wav") == [finding]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("frequency", [20.0, 50.0, 3000.0])
def test_a_sine_that_touches_full_scale_is_not_clipped(folder: Path, frequency: float, subtype: str) -> None:
    sine = np.sin(2.0 * np.pi * frequency * np.arange(20000) / RATE)
    soundfile.write(folder / "sine.wav", sine, RATE, subtype=subtype)
    assert "clipped" not in audit(folder).counts


def test_floats_beyond_full_scale_are_not_clipped(folder: Path) -> None:
    soundfile.write(folder / "hot.wav", 6.0 * kick(start=200.0), RATE, subtype="FLOAT")
    assert "clipped" not in audit(folder).counts


def test_a_too_long_file_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in folder.glob("*.wav"):
        path.unlink()
    soundfile.write(folder / "hours.wav", np.zeros(31 * 8000), 8000)
    monkeypatch.setattr(soundfile.SoundFile, "read", None)
    assert audit(folder).counts == {"too long": 1}


def test_a_near_duplicate_names_the_first(folder: Path) -> None:
    soundfile.write(folder / "copy.wav", 0.2 * kick(end=45.0, seconds=0.04), RATE)
    (finding,) = audit(folder).findings
    assert finding == Finding("copy.wav", "near-duplicate", "like 1.wav")


def test_thirty_good_kicks_are_left_in_peace(many: Path) -> None:
    assert audit(many).findings == ()


def test_a_hat_among_kicks_is_an_outlier(many: Path) -> None:
    soundfile.write(many / "hat.wav", HAT, RATE)
    assert found(many, "hat.wav") == [("warning", "outlier")]


def test_an_octave_down_is_as_far_as_an_octave_up() -> None:
    octaves = np.random.default_rng(0).standard_normal(40)
    columns = np.array([name == "pitch" for name in DESCRIPTORS])
    high, low = (np.where(columns, 100.0 * 2.0 ** way[:, None], 1.0) for way in (octaves, -octaves))
    assert far_from_all(high)[0] == pytest.approx(far_from_all(low)[0])


@pytest.mark.parametrize("frames", [100, 20 * RATE])
def test_an_unusual_length_is_found(many: Path, frames: int) -> None:
    soundfile.write(many / "odd.wav", kick(frames, start=300.0, seconds=0.06), RATE)
    assert ("warning", "length") in found(many, "odd.wav")


def test_what_is_stored_unlike_the_others_is_noted(folder: Path) -> None:
    soundfile.write(folder / "odd.flac", np.stack([kick(start=400.0)] * 2, 1), 48000, subtype="PCM_24")
    assert found(folder, "odd.flac") == [("note", "rate"), ("note", "channels"), ("note", "format")]


def test_the_worst_comes_first(folder: Path) -> None:
    soundfile.write(folder / "a.flac", kick(start=500.0), RATE)
    (folder / "z.wav").touch()
    assert [finding.severity for finding in audit(folder).findings] == ["error", "note"]


def test_a_folder_without_sounds_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no sound files"):
        audit(tmp_path)


def test_programs_get_every_finding(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.wav").touch()
    report = audit(folder)
    assert json.loads(as_json(report)) == {
        "folder": str(folder), "files": 5, "counts": {"unreadable": 1},
        "findings": [{"file": "empty.wav", "severity": "error", "check": "unreadable", "detail": "0 bytes"}],
    }  # fmt: skip
    write_csv(report, tmp_path / "audit.csv")
    rows = read_table(tmp_path / "audit.csv")[1]
    assert [row["findings"] for row in rows] == ["", "", "", "", "unreadable"]
    assert float(rows[0]["peak"]) == pytest.approx(0.5, abs=1e-3) and rows[0]["rate"] == str(RATE)


def test_the_picture_shows_the_files_found(many: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.image import imread

    clean, wrong = tmp_path / "clean.png", tmp_path / "wrong.png"
    write_picture(audit(many), clean)
    PLANTED["clipped"][0](many / "bad.wav")
    write_picture(audit(many), wrong)
    orange = [(np.abs(imread(path)[..., :3] - (0.878, 0.541, 0.0)) < 0.02).all(-1).sum() for path in (clean, wrong)]
    assert orange[0] == 0 and orange[1] > 1000


def test_the_picture_takes_each_kind_of_finding_in_turn(folder: Path) -> None:
    for file in ("a.wav", "b.wav"):
        PLANTED["clipped"][0](folder / file)
    PLANTED["two hits"][0](folder / "z.wav")
    PLANTED["text"][0](folder / "text.wav")
    assert [finding.check for finding in chosen(audit(folder), 2)] == ["clipped", "second hit"]


def test_the_picture_takes_any_name(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("$\\frac$ 太鼓 🥁.wav", "$a_$\nb.wav"):
        PLANTED["clipped"][0](folder / name)
    write_picture(audit(folder), tmp_path / "audit.png")
    assert (tmp_path / "audit.png").stat().st_size > 10000


def test_only_bad_files_make_a_picture_too(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "empty.wav").touch()
    write_picture(audit(tmp_path), tmp_path / "audit.png")
    assert (tmp_path / "audit.png").stat().st_size > 10000


def test_a_finding_knows_how_bad_it_is() -> None:
    assert [Finding("a", check, "").severity for check in ("silent", "clipped", "rate")] == ["error", "warning", "note"]
