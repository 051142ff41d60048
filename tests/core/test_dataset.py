"""A folder of one-shots, good and bad."""

import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from latentaudio.core import dataset as datasets
from latentaudio.core.dataset import load_folder
from latentaudio.core.sounds import Sound, hold_out
from latentaudio.core.vae import VaeConfig
from latentaudio.errors import DataError
from tests.core.conftest import RATE, kick

Write = Callable[..., Path]
CPU = torch.device("cpu")


@pytest.fixture
def listed(folder: Path) -> Path:
    """The folder of four kicks with a manifest that holds the last one out."""
    rows = ["file,group,split,source,licence"]
    rows += [f"{n}.wav,{'ab'[n // 2]},{'test' if n == 3 else 'train'},maker,CC0-1.0" for n in range(4)]
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


def test_every_sound_below_the_folder_is_read(folder: Path, config: VaeConfig) -> None:
    (folder / "deep").mkdir()
    shutil.copy(folder / "0.wav", folder / "deep" / "again.WAV")
    dataset = load_folder(folder, config)
    assert [sound.file for sound in dataset.sounds] == ["0.wav", "1.wav", "2.wav", "3.wav", "deep/again.WAV"]
    assert dataset.audio.shape == (5, config.frames)


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.aiff", "a.wav"])
def test_stereo_of_any_format_becomes_mono(write: Write, config: VaeConfig, name: str) -> None:
    stereo = np.stack([kick(), 0.5 * kick()], axis=1)
    shot = load_folder(write(name, stereo), config).audio[0]
    assert abs(np.corrcoef(shot, kick())[0, 1]) > 0.99


BAD: dict[str, Callable[[Path], object]] = {
    "nothing.wav": lambda path: path.write_bytes(b""),
    "letter.wav": lambda path: path.write_text("Dear drummer, this is no sound at all."),
    "cut.flac": lambda path: path.write_bytes(b"fLaC\x00\x00"),
    "no-frames.wav": lambda path: soundfile.write(path, np.zeros(0), RATE),
    "silent.wav": lambda path: soundfile.write(path, np.zeros(1000), RATE),
    "nan.wav": lambda path: soundfile.write(path, np.full(99, np.nan), RATE, subtype="FLOAT"),
    "direct-current.wav": lambda path: soundfile.write(path, np.full(2000, 0.5), RATE),
    "long.wav": lambda path: soundfile.write(path, np.ones(31 * 8000), 8000),
}
REASONS = {
    "nothing.wav": "not readable as a sound (0 bytes)",
    "letter.wav": "not readable as a sound (Format not recognised)",
    "cut.flac": "not readable as a sound (",
    "no-frames.wav": "empty",
    "silent.wav": "silent",
    "nan.wav": "not finite",
    "direct-current.wav": "nothing but an offset (DC)",
    "long.wav": "longer than 30 s",
}
ODD = [
    "quote'.wav",
    'double".wav',
    "-dash.wav",
    "hash # and %20.wav",
    "new\nline.wav",
    "große trommel 太鼓 🥁.wav",
    "a,b;c.wav",
]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_skipped_and_named(folder: Path, config: VaeConfig, name: str) -> None:
    BAD[name](folder / name)
    dataset = load_folder(folder, config)
    assert len(dataset.sounds) == 4
    (skipped,) = dataset.skipped
    assert skipped[0] == name and REASONS[name] in skipped[1] and "\n" not in skipped[1]


def test_a_ten_hour_file_is_not_read(folder: Path, config: VaeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    BAD["long.wav"](folder / "long.wav")
    monkeypatch.setattr(soundfile.SoundFile, "read", None)
    with pytest.raises(TypeError):
        load_folder(folder, config)  # the others are read
    for path in folder.glob("[0-3].wav"):
        path.unlink()
    with pytest.raises(DataError, match="longer than 30 s"):
        load_folder(folder, config)


@pytest.fixture
def ours() -> Iterator[Path]:
    """A folder that is read without root's rights to read everything."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        soundfile.write(Path(name) / "a.wav", kick(), RATE)
        user = os.geteuid()
        if not user:
            os.chown(name, 65534, -1)
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(user)
            Path(name).chmod(0o755)


def test_a_file_that_may_not_be_read_is_skipped(ours: Path, config: VaeConfig) -> None:
    soundfile.write(ours / "theirs.wav", kick(), RATE)
    (ours / "theirs.wav").chmod(0)
    assert load_folder(ours, config).skipped == (("theirs.wav", "not readable as a sound (no permission to read it)"),)


def test_a_folder_that_may_not_be_read_is_said(ours: Path, config: VaeConfig) -> None:
    ours.chmod(0)
    with pytest.raises(DataError, match="no permission to read the folder"):
        load_folder(ours, config)


def test_links_in_a_circle_are_left_out(folder: Path, config: VaeConfig) -> None:
    (folder / "self.wav").symlink_to(folder / "self.wav")
    (folder / "deeper").symlink_to(folder, target_is_directory=True)
    assert len(load_folder(folder, config).sounds) == 4


@pytest.mark.parametrize("name", ODD)
def test_a_name_may_be_odd(write: Write, config: VaeConfig, name: str) -> None:
    (sound,) = load_folder(write(name, kick()), config).sounds
    assert sound.file == name


def test_a_name_that_is_no_text_is_said_as_text(folder: Path, config: VaeConfig) -> None:
    for path in folder.glob("*.wav"):
        path.unlink()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\n.wav")).touch()
    with pytest.raises(DataError, match=r"files is a sound to train on; ��\.wav: .* not UTF-8: rename it"):
        load_folder(folder, config)


def test_sounds_of_every_rate_get_the_models(folder: Path, config: VaeConfig) -> None:
    for rate in (22050, 48000, 96000):
        tone = 0.5 * np.sin(2.0 * np.pi * 500.0 * np.arange(rate) / rate)
        soundfile.write(folder / f"tone{rate}.wav", tone, rate)
    spectra = np.abs(np.fft.rfft(load_folder(folder, config).audio[4:]))
    assert (spectra.argmax(1) == round(500.0 * config.frames / RATE)).all()


def test_one_sound_is_a_dataset(write: Write, config: VaeConfig) -> None:
    assert load_folder(write("a.wav", kick()), config).splits == ("train",)


def test_a_folder_of_bad_files_says_why(write: Write, config: VaeConfig) -> None:
    with pytest.raises(DataError, match=r"none of its 1 files .* a\.wav: silent"):
        load_folder(write("a.wav", np.zeros(100)), config)


def test_a_folder_without_sounds_or_no_folder_is_said(tmp_path: Path, config: VaeConfig) -> None:
    (tmp_path / "readme.txt").write_text("no kicks")
    with pytest.raises(DataError, match="no sound files"):
        load_folder(tmp_path, config)
    with pytest.raises(DataError, match="no folder"):
        load_folder(tmp_path / "none", config)


def test_the_manifest_rules(listed: Path, config: VaeConfig) -> None:
    shutil.copy(listed / "0.wav", listed / "unlisted.wav")
    dataset = load_folder(listed, config)
    assert dataset.splits == ("train", "test")
    assert [sound.file for sound in dataset.split("test").sounds] == ["3.wav"]
    assert np.array_equal(dataset.split("test").audio[0], dataset.audio[3])
    assert dataset.sounds[0] == Sound("0.wav", "a", "train", "maker", "CC0-1.0")


def test_a_selection_is_kept_to(listed: Path, config: VaeConfig) -> None:
    dataset = load_folder(listed, config, select={"1.wav", "2.wav"})
    assert [sound.file for sound in dataset.sounds] == ["1.wav", "2.wav"]


def test_a_file_that_the_manifest_names_in_vain_is_skipped(listed: Path, config: VaeConfig) -> None:
    (listed / "0.wav").unlink()
    assert [file for file, _ in load_folder(listed, config).skipped] == ["0.wav"]


def test_a_tenth_is_held_out_where_the_manifest_has_no_splits(listed: Path, config: VaeConfig) -> None:
    names = [f"{n}.wav" for n in range(20)]
    for name in names[4:]:
        os.link(listed / "0.wav", listed / name)
    (listed / "manifest.csv").write_text("file,group\n" + "".join(f"{name},{name}\n" for name in names))
    assert [sound.split for sound in load_folder(listed, config).sounds].count("valid") == 2


def test_files_are_counted_as_they_are_read(folder: Path, config: VaeConfig) -> None:
    heard: list[tuple[int, int]] = []
    load_folder(folder, config, reading=lambda *now: heard.append(now))
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "memory_for_sounds", lambda: 0)


@pytest.mark.usefixtures("little_memory")
def test_what_memory_does_not_hold_is_read_from_disk(listed: Path, config: VaeConfig, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    (listed / "1.wav").write_bytes(b"")
    on_disk = load_folder(listed, config, scratch=tmp_path)
    monkeypatch.undo()
    in_memory = load_folder(listed, config)
    assert isinstance(in_memory.store, np.ndarray) and not isinstance(on_disk.store, np.ndarray)
    for split in ("train", "test"):
        first, second = (torch.cat([*one.split(split).batches(1, CPU)]) for one in (on_disk, in_memory))
        assert torch.equal(first, second)


@pytest.mark.usefixtures("little_memory")
def test_nothing_is_left_on_the_disk(folder: Path, config: VaeConfig, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    dataset = load_folder(folder, config, scratch=tmp_path)
    assert sorted(tmp_path.rglob("*")) == before and len(dataset.sounds) == 4


@pytest.mark.usefixtures("little_memory")
def test_no_room_on_the_disk_is_said(folder: Path, config: VaeConfig, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(DataError, match=r"File too large; the prepared sounds take 0\.1 MB here"):
            load_folder(folder, config, scratch=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_manifest_may_come_from_a_spreadsheet(listed: Path, config: VaeConfig) -> None:
    (listed / "manifest.csv").write_bytes("\ufefffile,group,maker\r\n0.wav,a,".encode() + b"Bj\xf6rn\r\n")
    assert [sound.group for sound in load_folder(listed, config).sounds] == ["a"]


def test_a_manifest_without_groups_is_refused(listed: Path, config: VaeConfig) -> None:
    (listed / "manifest.csv").write_text("file,class\n0.wav,kick\n")
    with pytest.raises(DataError, match="no column 'group'"):
        load_folder(listed, config)


@pytest.mark.parametrize(("most", "files"), [(2, [0, 2]), (3, [0, 2]), (9, [0, 1, 2, 3])])
def test_some_sounds_are_evenly_chosen(folder: Path, config: VaeConfig, most: int, files: list[int]) -> None:
    some = load_folder(folder, config).spread(most)
    assert [sound.file for sound in some.sounds] == [f"{n}.wav" for n in files]


def test_large_groups_get_less_than_their_share(listed: Path, config: VaeConfig) -> None:
    weights = load_folder(listed, config).split("train").weights()  # groups a, a, b
    assert weights.sum() == pytest.approx(1.0)
    assert weights[2] / weights[0] == pytest.approx(2.0**0.7)


def test_a_tenth_of_the_groups_is_held_out_whole() -> None:
    sounds = [Sound(f"{group}/{n}", str(group)) for group in range(20) for n in range(3)]
    held = [sound.group for sound in hold_out(sounds, seed=1) if sound.split == "valid"]
    assert len(held) == 6 and len(set(held)) == 2
    assert hold_out(sounds, seed=1) == hold_out(sounds, seed=1) != hold_out(sounds, seed=2)


def test_a_tenth_of_the_sounds_is_held_out_where_groups_are_few() -> None:
    held = [sound for sound in hold_out([Sound(str(n), "all") for n in range(30)], seed=0) if sound.split != "train"]
    assert len(held) == 3


def test_the_cache_is_the_folder(listed: Path, config: VaeConfig, tmp_path: Path) -> None:
    cache = tmp_path / "kicks.npz"
    first = load_folder(listed, config, cache=cache)
    shutil.rmtree(listed)
    again = load_folder(listed, config, cache=cache)
    assert np.array_equal(first.audio, again.audio) and first.sounds == again.sounds


def test_a_cache_of_another_length_is_refused(folder: Path, config: VaeConfig, tmp_path: Path) -> None:
    load_folder(folder, config, cache=tmp_path / "kicks.npz")
    with pytest.raises(DataError, match="another rate or length"):
        load_folder(folder, VaeConfig(), cache=tmp_path / "kicks.npz")


def test_a_damaged_cache_is_said(folder: Path, config: VaeConfig, tmp_path: Path) -> None:
    (tmp_path / "kicks.npz").write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(DataError, match="not a cache"):
        load_folder(folder, config, cache=tmp_path / "kicks.npz")


def test_batches_are_the_sounds_at_their_peak(folder: Path, config: VaeConfig) -> None:
    batches = list(load_folder(folder, config).batches(3, torch.device("cpu")))
    assert [len(batch) for batch in batches] == [3, 1]
    assert torch.cat(batches).abs().amax(1).tolist() == pytest.approx([0.891] * 4, abs=1e-4)
