"""A whole evaluation of a model too small to be good: every figure is there, whatever the folder lacks."""

import csv
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from latentaudio.core.checkpoint import load_model, save_model
from latentaudio.core.evaluate import MEASURES
from latentaudio.core.evaluate_model import Evaluation, evaluate_model
from latentaudio.core.evaluate_subject import Subject, prepare
from latentaudio.core.evaluate_table import table
from latentaudio.core.picture import check_picture, write_picture
from latentaudio.core.picture_parts import chosen
from latentaudio.errors import DataError, UsageError
from tests.core.conftest import RATE, kick

SPLITS = 20 * ["train"] + 5 * ["valid"] + 6 * ["test"]


def draw(count: int) -> np.ndarray:
    """`count` points of the prior of `tiny_model`."""
    return np.random.default_rng(0).standard_normal((count, 8), np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kicks in three splits by a manifest, every second one shippable but for the whole of valid."""
    path = tmp_path_factory.mktemp("kicks")
    with (path / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "group", "split", "shippable"])
        for number, split in enumerate(SPLITS):
            soundfile.write(path / f"{number}.wav", kick(4410, 100.0 + 9 * number, 40.0 + number), RATE)
            rows.writerow([f"{number}.wav", number, split, "yes" if number % 2 or split == "valid" else "no"])
    return path


@pytest.fixture(scope="module")
def quick() -> pytest.MonkeyPatch:
    """Timing is cut short: one decode is as good as another here."""
    patch = pytest.MonkeyPatch()
    patch.setattr("latentaudio.core.evaluate_speed.SECONDS", 0.0)
    yield patch  # type: ignore[misc]
    patch.undo()


@pytest.fixture(scope="module")
def subject(tiny_model: Path, folder: Path) -> Subject:
    return prepare(tiny_model, folder, None, "cpu", draw)


@pytest.fixture(scope="module")
def evaluation(subject: Subject, quick: pytest.MonkeyPatch) -> Evaluation:
    torch.set_num_threads(1)
    return evaluate_model(subject)


@pytest.fixture(scope="module")
def learned(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`tiny_model` as one that learned from 0.wav to 19.wav."""
    path = tmp_path_factory.mktemp("model") / "learned.safetensors"
    save_model(replace(load_model(tiny_model), names=tuple(f"{number}.wav" for number in range(20))), path)
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Callable[[int], Path]:
    """A folder of so many kicks with no manifest, named 0.wav and on."""

    def make(count: int) -> Path:
        for number in range(count):
            soundfile.write(tmp_path / f"{number}.wav", kick(4410, end=40.0 + number), RATE)
        return tmp_path

    return make


def test_every_split_is_measured_and_its_shippable_part_where_it_is_a_part(evaluation: Evaluation) -> None:
    assert list(evaluation.reconstruction) == ["train", "train shippable", "test", "test shippable", "valid"]
    assert all(set(row) == set(MEASURES) for row in evaluation.reconstruction.values())


def test_there_are_as_many_draws_as_held_out_sounds_but_not_too_few(evaluation: Evaluation, subject: Subject) -> None:
    assert evaluation.drawn == 64 and len(subject.held_out.sounds) == 11
    assert evaluation.draws and evaluation.draws.frechet_ratio.median > 1.0  # an untrained decoder makes noise


def test_the_json_is_plain_and_keeps_its_names(evaluation: Evaluation) -> None:
    plain = json.loads(json.dumps(asdict(evaluation), allow_nan=False))
    assert {"model", "device", "sounds", "reconstruction", "draws", "kicks", "smoothness", "active_dims", "kl_nats",
            "peak_db", "loudness_db", "file_mb", "decoder_parameters", "load_s", "decode_ms"} <= set(plain)  # fmt: skip
    assert set(plain["draws"]["frechet_ratio"]) == {"median", "low", "high"} and set(plain["decode_ms"]) == {
        "1", "16", "128"}  # fmt: skip


def test_the_table_is_aligned(evaluation: Evaluation) -> None:
    lines = list(table(evaluation))
    start = next(index for index, line in enumerate(lines) if line.startswith("reconstruction"))
    block = lines[start : lines.index("", start)]
    assert len({len(line) for line in block}) == 1 and len(block) == 6


def test_progress_tells_each_long_part_to_its_end(subject: Subject, quick: pytest.MonkeyPatch) -> None:
    heard: dict[str, tuple[int, int]] = {}
    evaluate_model(subject, lambda what, done, count: heard.update({what: (done, count)}))
    assert {"reconstructing test", "comparing draws", "morphing", "timing"} <= set(heard)
    assert all(done == count for done, count in heard.values())


def test_without_a_manifest_the_model_says_what_it_learned_from(learned: Path, bare: Callable[[int], Path]) -> None:
    subject = prepare(learned, bare(25), None, "cpu", draw)
    held_out = {one.file for one in subject.held_out.sounds}
    assert len(subject.train.sounds) == 20 and held_out == {f"{number}.wav" for number in range(20, 25)}


@pytest.mark.parametrize(("model", "split", "kl"), [("learned", "train", True), ("tiny_model", "valid", False)])
def test_a_single_sound_is_enough(model: str, split: str, kl: bool, bare: Callable[[int], Path],
                                  quick: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:  # fmt: skip
    subject = prepare(request.getfixturevalue(model), bare(1), None, "cpu", draw)
    evaluation = evaluate_model(subject)
    assert evaluation.sounds == {split: 1} and (evaluation.kl_nats is not None) == kl
    assert (
        evaluation.draws is None
        and list(table(evaluation))
        and len(chosen(subject.model.vae, subject.train if kl else subject.held_out)[2]) == 1
    )


def test_a_folder_without_sounds_is_said(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no sound files"):
        prepare(tiny_model, tmp_path, None, "cpu", draw)


def test_the_picture_shows_the_losses_where_the_model_kept_them(
    subject: Subject, evaluation: Evaluation, tmp_path: Path
) -> None:
    history = {"terms": ["step", "loss", "kl"], "losses": [[1, 2.0, 3.0], [2, 1.0, 4.0]], "split": "valid",
               "validation": [[2, 5.0]]}  # fmt: skip
    model = replace(subject.model, provenance={"history": history})
    write_picture(tmp_path / "without.png", subject, evaluation)
    write_picture(tmp_path / "with.png", replace(subject, model=model), evaluation)
    without, drawn = (int.from_bytes((tmp_path / f"{name}.png").read_bytes()[20:24]) for name in ("without", "with"))
    assert (tmp_path / "with.png").read_bytes().startswith(b"\x89PNG") and drawn > 1.2 * without  # a row more


def test_the_picture_shows_held_out_sounds_from_good_to_hard(subject: Subject) -> None:
    _, _, captions = chosen(subject.model.vae, subject.held_out)
    errors = [error for _, error in captions]
    assert errors == sorted(errors) and len(set(captions)) == 4
    assert {file for file, _ in captions} <= {one.file for one in subject.held_out.sounds}


@pytest.mark.parametrize(("name", "says"), [("a.jpg", "no .png"), ("none/a.png", "no folder")])
def test_a_picture_that_cannot_be_is_said_before_the_work(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says):
        check_picture(tmp_path / name)


def test_a_missing_matplotlib_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(UsageError, match=r"latentaudio\[train\]"):
        check_picture(tmp_path / "a.png")
