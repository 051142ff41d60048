"""A folder of any sounds becomes a folder of one-shots to train on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.core.audio import PEAK
from latentaudio.core.dataset import load_folder
from latentaudio.core.prepare import Summary, prepare
from latentaudio.core.prepare_sound import Treatment
from latentaudio.core.tables import read_table
from latentaudio.core.vae import VaeConfig
from latentaudio.errors import DataError, UsageError
from tests.core.conftest import RATE, kick

Write = Callable[..., Path]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "prepared"


def rows(out: Path, name: str = "manifest.csv") -> list[dict[str, str]]:
    return read_table(out / name)[1]


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def prepared(folder: Path, out: Path, **treatment: object) -> np.ndarray:
    """The only sound of `folder`, prepared."""
    prepare(folder, out, Treatment(**treatment))  # type: ignore[arg-type]
    (path,) = out.rglob("*.flac")
    return np.asarray(soundfile.read(path, dtype="float32")[0])


def test_a_prepared_sound_begins_at_its_onset_at_minus_1_dbfs(write: Write, out: Path) -> None:
    late = np.concatenate([np.zeros(20000, np.float32), 0.1 * kick()])
    shot = prepared(write("kick.wav", np.stack([late, late], 1)), out)
    assert shot.ndim == 1 and np.abs(shot).max() == pytest.approx(PEAK, abs=1e-4)
    assert np.argmax(np.abs(shot) >= 0.01 * PEAK) == int(0.0005 * RATE)
    assert rows(out)[0]["done"] == "2 channels averaged, onset moved by -453.5 ms, level +25.0 dB"


@pytest.mark.parametrize(("rate", "bits"), [(22050, 16), (48000, 24)])
def test_rate_and_bits_are_as_asked(folder: Path, out: Path, rate: int, bits: int) -> None:
    prepare(folder, out, Treatment(rate=rate, bits=bits))
    about = soundfile.info(out / "0.flac")
    assert (about.samplerate, about.channels, about.format, about.subtype) == (rate, 1, "FLAC", f"PCM_{bits}")


def test_a_long_sound_ends_with_a_fade(write: Write, out: Path) -> None:
    shot = prepared(write("drone.wav", np.sin(np.arange(RATE) / 50.0)), out, seconds=0.25)
    assert shot.size == RATE // 4 and abs(shot[-1]) < 1e-4 and np.abs(shot[-1000:-300]).max() > 0.8


@pytest.mark.parametrize(("polarity", "sign"), [(False, -1.0), (True, 1.0)])
def test_polarity_is_turned_only_where_asked(write: Write, out: Path, polarity: bool, sign: float) -> None:
    whisper = np.concatenate([np.full(30, 0.02, np.float32), -kick()])  # too soft to say which way it begins
    assert prepared(write("kick.wav", whisper), out, polarity=polarity)[60] * sign > 0.5


def test_names_and_folders_are_kept(folder: Path, out: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "0.wav").rename(folder / "deep" / "0.wav")
    soundfile.write(folder / "1.aiff", kick(seconds=0.2), RATE)
    prepare(folder, out, Treatment())
    assert [(row["file"], row["source_file"], row["group"]) for row in rows(out)] == [
        ("1.flac", "1.aiff", "."), ("1.wav.flac", "1.wav", "."), ("2.flac", "2.wav", "."), ("3.flac", "3.wav", "."),
        ("deep/0.flac", "deep/0.wav", "deep"),
    ]  # fmt: skip


def test_the_originals_are_not_touched(folder: Path, out: Path) -> None:
    before = contents(folder)
    prepare(folder, out, Treatment(polarity=True), overwrite=True)
    assert contents(folder) == before


@pytest.mark.parametrize("place", [".", "inside", "..", "link/inside"])
def test_folders_that_overlap_are_refused(folder: Path, place: str) -> None:
    (folder.parent / "link").symlink_to(folder)
    out = folder.parent / place if "link" in place else folder / place
    with pytest.raises(UsageError, match="overlap"):
        prepare(folder, out, Treatment())
    assert not list(folder.parent.rglob("*.flac"))


def test_of_near_duplicates_the_first_is_kept(folder: Path, out: Path) -> None:
    soundfile.write(folder / "again.ogg", 0.3 * kick(end=60.0, seconds=0.05), RATE)
    made = prepare(folder, out, Treatment())
    assert made == Summary(4, 0, (("again.ogg", "2.wav"),), ())
    assert not (out / "again.flac").exists()
    assert rows(out, "skipped.csv") == [{"source_file": "again.ogg", "reason": "near-duplicate of 2.wav"}]
    assert prepare(folder, out, Treatment(), threshold=1.0).written == 1


def test_bad_files_are_named(folder: Path, out: Path) -> None:
    (folder / "empty.wav").touch()
    (folder / "letter.wav").write_text("Dear drummer")
    soundfile.write(folder / "nan.wav", np.full(99, np.nan), RATE, subtype="FLOAT")
    made = prepare(folder, out, Treatment())
    assert made.written == 4 and [file for file, _ in made.skipped] == ["empty.wav", "letter.wav", "nan.wav"]


def test_a_folder_of_silence_is_one_sentence(write: Write, out: Path) -> None:
    with pytest.raises(DataError, match=r"none of its 1 files is a sound; .*skipped\.csv says why"):
        prepare(write("a.wav", np.zeros(100)), out, Treatment())
    assert rows(out, "skipped.csv")[0]["reason"] == "silent"


def test_a_second_run_goes_on_where_the_first_stopped(folder: Path, out: Path) -> None:
    prepare(folder, out, Treatment())
    before, manifest = contents(out), rows(out)
    (out / "2.flac").unlink()
    made = prepare(folder, out, Treatment())
    assert (made.written, made.found) == (1, 3) and rows(out) == manifest
    assert contents(out)[str(out / "1.flac")] == before[str(out / "1.flac")]


def test_no_run_mixes_two_recipes_unless_told_to_overwrite(folder: Path, out: Path) -> None:
    prepare(folder, out, Treatment())
    before = contents(out)
    with pytest.raises(UsageError, match=r"0\.flac was made .* with other settings"):
        prepare(folder, out, Treatment(rate=48000))
    assert contents(out) == before
    assert prepare(folder, out, Treatment(rate=48000), overwrite=True).written == 4


@pytest.mark.parametrize("name", ["0.flac", "manifest.csv"])
def test_what_others_made_is_not_replaced(folder: Path, out: Path, name: str) -> None:
    out.mkdir()
    (out / name).write_text("file,group\nmine.wav,mine\n")
    with pytest.raises(UsageError):
        prepare(folder, out, Treatment())
    assert (out / name).read_text().endswith("mine.wav,mine\n")


def test_a_manifest_is_carried_over(folder: Path, out: Path) -> None:
    lines = [f"{n}.wav,g{n},{'test' if n == 3 else 'train'},kick" for n in range(4)]
    (folder / "manifest.csv").write_text("\n".join(["file,group,split,class", *lines]))
    prepare(folder, out, Treatment())
    assert [(row["group"], row["split"], row["class"]) for row in rows(out)][2:] == [
        ("g2", "train", "kick"), ("g3", "test", "kick"),
    ]  # fmt: skip


def test_a_manifest_cannot_write_elsewhere(folder: Path, out: Path) -> None:
    soundfile.write(folder.parent / "outside.wav", kick(), RATE)
    (folder / "manifest.csv").write_text("file,group\n0.wav,a\n../outside.wav,a\n")
    assert prepare(folder, out, Treatment()).skipped == (("../outside.wav", "would be written outside of the folder"),)
    assert not (folder.parent / "outside.flac").exists()


def test_a_tenth_is_held_out_and_training_reads_it(folder: Path, out: Path, config: VaeConfig) -> None:
    for number in range(8):
        soundfile.write(folder / f"more{number}.wav", kick(start=200.0 + 60.0 * number, seconds=0.08), RATE)
    prepare(folder, out, Treatment(), threshold=1.0)
    assert sorted(sound.split for sound in load_folder(out, config).sounds) == ["train"] * 11 + ["valid"]


def test_two_processes_do_as_one(folder: Path, out: Path, tmp_path: Path) -> None:
    prepare(folder, out, Treatment(), jobs=2)
    prepare(folder, tmp_path / "one", Treatment(), jobs=1)
    alone = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert {path.name: path.read_bytes() for path in out.iterdir()} == alone


def test_a_name_that_is_no_text_is_skipped(folder: Path, out: Path) -> None:
    try:
        shutil.copy(folder / "0.wav", os.fsencode(folder) + b"/kick\xe9.wav")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    assert [file for file, _ in prepare(folder, out, Treatment()).skipped] == ["kick�.wav"]


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(folder: Path, out: Path) -> None:
    """In a process of its own, whose files may not grow beyond 2,000 bytes: what a full disk looks like."""
    code = """if True:
        import resource, sys
        from pathlib import Path
        from latentaudio.core.prepare import prepare
        from latentaudio.core.prepare_sound import Treatment
        from latentaudio.errors import DataError
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        try:
            prepare(Path(sys.argv[1]), Path(sys.argv[2]), Treatment())
        except DataError as error:
            print(error)
    """
    command = [sys.executable, "-c", code, str(folder), str(out)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "too large; the same command goes on" in said
    assert list(out.iterdir()) == []
