"""What the renderer's worker does with sounds that it is given, in short steps."""

import base64
import json
from pathlib import Path

import pytest
import soundfile
import torch

from latentaudio.core import ear
from latentaudio.core.ear import Ear


@pytest.fixture
def listener(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """An ear that has all the time it wants."""
    monkeypatch.setattr(ear, "BUDGET_S", 60.0)
    return Ear(tiny_model, torch.device("cpu"))


def paths(folder: Path) -> list[dict[str, str | int]]:
    return [{"path": str(path)} for path in sorted(folder.iterdir())]


def test_a_step_ends_with_the_sound_that_uses_its_time_up(listener: Ear, folder: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    counts = []
    for budget in (0.0, 60.0):
        monkeypatch.setattr(ear, "BUDGET_S", budget)
        counts.append(len(listener.encode(paths(folder))["points"]))
    assert counts == [1, 4]


def test_samples_are_the_same_point_as_the_file_that_holds_them(listener: Ear, folder: Path) -> None:
    audio, rate = soundfile.read(min(folder.iterdir()), dtype="float32")
    samples = base64.b64encode(audio.tobytes()).decode()
    points = listener.encode([{"samples": samples, "rate": rate}, *paths(folder)[:1]])["points"]
    assert points[0] == points[1]


def test_what_holds_no_sound_is_a_sentence_among_points(listener: Ear, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    answer = listener.encode([{"path": str(tmp_path / name)} for name in ("text.wav", "none.wav")])
    assert [str(why).split(" (")[0] for why in json.loads(json.dumps(answer))["points"]] == [
        "not readable as a sound"
    ] * 2


def test_a_match_tells_its_best_point_until_no_step_is_left(listener: Ear, folder: Path) -> None:
    path = str(next(folder.iterdir()))
    assert listener.match(path, None, 3) == {}
    told = listener.step()
    while told["left"]:
        told = listener.step()
    assert len(told["latent"]) == 8 and json.loads(json.dumps(told)) == told
