"""What a run leaves to look at and to listen to, while it goes and at its end."""

import json
import logging
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from latentaudio.core import logs as logging_of_runs
from latentaudio.core import loop, viewer
from latentaudio.core.audition import DRAWS
from latentaudio.core.logs import Logs, spectrograms
from latentaudio.core.options import Progress, TrainOptions, Validation
from latentaudio.core.training import train
from latentaudio.core.vae import VaeConfig
from latentaudio.core.viewer import Viewer
from latentaudio.errors import UsageError

NOW = Progress(7, 20, 1.0, {"loss": 2.0, "kl": 3.0}, Validation("valid", 4.0, 4.0), 1e-3, 0.1, 0.2, 5.0, 100.0)


@pytest.fixture
def options(config: VaeConfig) -> TrainOptions:
    return TrainOptions(steps=3, batch=2, device="cpu", config=config)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


def logged(folder: Path) -> EventAccumulator:
    """What TensorBoard finds in a folder."""
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def test_a_run_leaves_a_picture_a_preview_and_logs(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(loop, "PREVIEW_SECONDS", 0.0)
    heard = []
    wanted = replace(options, report=True, logs=out.with_suffix(".logs"))
    finish = train(folder, out, wanted, lambda _: heard.append(out.with_suffix(".preview.wav").exists()))
    assert heard == [False, True, True]  # while it trains
    assert finish and finish.picture == out.with_suffix(".png") and finish.preview == out.with_suffix(".preview.wav")
    assert finish.picture.read_bytes().startswith(b"\x89PNG")
    audio, rate = soundfile.read(finish.preview)
    assert (len(audio), rate) == (DRAWS * 8192, 44100) and abs(audio).max() > 0.0
    tags = logged(out.with_suffix(".logs")).Tags()
    assert {"loss/loss", "mel dB/train", "run/learning rate"} <= set(tags["scalars"])
    assert len(tags["images"]) == 4 and len(tags["audio"]) == DRAWS


def test_a_run_leaves_nothing_it_was_not_asked_for(folder: Path, out: Path, options: TrainOptions) -> None:
    train(folder, out, options)
    assert sorted(path.name for path in out.parent.iterdir()) == ["kicks", "model.safetensors"]


def test_a_picture_that_is_there_is_kept(folder: Path, out: Path, options: TrainOptions) -> None:
    out.with_suffix(".png").write_bytes(b"a photograph")
    finish = train(folder, out, replace(options, report=True))
    assert finish and finish.picture == out.with_name("model-2.png") and finish.picture.is_file()
    assert out.with_suffix(".png").read_bytes() == b"a photograph"


def test_without_matplotlib_a_line_says_how_to_get_it(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    finish = train(folder, out, replace(options, report=True))
    assert finish and finish.picture is None and out.is_file()
    assert [r.getMessage() for r in caplog.records if "pip install 'latentaudio[train]'" in r.getMessage()]


def test_logs_need_tensorboard(folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tensorboard", None)
    with pytest.raises(UsageError, match=r"logs need TensorBoard: pip install 'latentaudio\[train\]'"):
        train(folder, out, replace(options, logs=out.parent / "logs"))


def test_logs_that_cannot_be_made_are_said(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(UsageError, match="cannot write logs in"):
        Logs(tmp_path / "logs", 44100)


def test_logs_leave_the_last_of_the_disk_to_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging_of_runs, "SPARE", 10**18)
    logs = Logs(tmp_path, 44100)
    with caplog.at_level(logging.WARNING):
        logs.progress(NOW)
        logs.progress(NOW)
        logs.close()
    assert len(caplog.records) == 1 and "are free" in caplog.text and not list(tmp_path.iterdir())


def test_a_resumed_run_hides_what_it_does_again(tmp_path: Path) -> None:
    for steps in ((1, 5, 9), (6, 7)):
        logs = Logs(tmp_path, 44100)
        for step in steps:
            logs.progress(replace(NOW, step=step))
        logs.close()
    assert [event.step for event in logged(tmp_path).Scalars("loss/loss")] == [1, 5, 6, 7]


def test_spectrograms_stand_above_one_another_with_the_highs_on_top() -> None:
    low = torch.sin(torch.arange(8192) * 2 * torch.pi * 100 / 44100)
    image = spectrograms(torch.stack([low, torch.zeros(8192)]), 44100).sum(0)
    upper, lower = image.chunk(2)
    top, bottom = upper.chunk(2)
    assert image.shape == (2 * 80 * 4, 17 * 4) and bottom.mean() > 3 * top.mean() and not lower[:, 8:-8].gt(0.1).any()


def test_tensorboard_really_shows_the_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(viewer, "has_screen", lambda: True)
    monkeypatch.setattr("webbrowser.open", opened.append)
    logs = Logs(tmp_path / "run", 44100)
    logs.progress(NOW)
    logs.close()
    shown = Viewer(tmp_path)
    try:
        assert shown.wait() and shown.alive
        found = scalars(shown.url, "run")
        assert found["loss/loss"] == [[7, 2.0]] and found["mel dB/valid"] == [[7, 4.0]]
    finally:
        shown.close()
    assert not shown.alive and opened == [shown.url]


def scalars(url: str, run: str) -> dict[str, list[list[float]]]:
    """What TensorBoard's own pages are fed, once it has read the logs: [step, value] by tag."""
    data = f"{url}data/plugin/scalars"
    for _ in range(100):
        tags = json.load(urllib.request.urlopen(f"{data}/tags")).get(run, {})
        if tags:
            break
        time.sleep(0.1)
    names = {tag: urllib.parse.urlencode({"run": run, "tag": tag}) for tag in tags}
    rows = {tag: json.load(urllib.request.urlopen(f"{data}/scalars?{query}")) for tag, query in names.items()}
    return {tag: [row[1:] for row in found] for tag, found in rows.items()}
