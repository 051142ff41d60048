"""`latentaudio train` as a user meets it: what it leaves, what it shows, how it ends."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.cli import main
from latentaudio.modelfile import open_model

SMALL = """network: simple
simple_channels: [8, 8, 8, 8]
seconds: 0.25
batch: 2
"""


@pytest.fixture
def kicks(tmp_path):
    folder = tmp_path / "kicks"
    folder.mkdir()
    for number in range(3):
        seconds = np.arange(8820) / 44100
        soundfile.write(folder / f"{number}.wav", np.cos(300 * seconds) * np.exp(-seconds * (20 + number)), 44100)
    return folder


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def _no_signals(monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)


def words(kicks, recipe, name, *more):
    return ["train", str(kicks), "--out", str(kicks.parent / name), "--recipe", str(recipe), "--steps", "2", *more]


@pytest.mark.usefixtures("_no_signals")
def test_a_run_is_shown_and_leaves_a_picture_and_a_preview(kicks, recipe, capsys):
    assert main(words(kicks, recipe, "my.safetensors")) == 0
    heard = capsys.readouterr()
    assert {"my.safetensors", "my.png", "my.preview.wav"} <= {path.name for path in kicks.parent.iterdir()}
    assert re.search(r"100%.*0:00 left, loss \d.*train \d+\.\d+ dB.*epoch 1\.3.* MB, step 2", heard.err)
    assert heard.out.count("\n") == 3 and "my.safetensors is ready" in heard.out


@pytest.mark.usefixtures("_no_signals")
def test_a_model_is_polished(kicks, recipe, tmp_path, capsys):
    assert main(words(kicks, recipe, "my.safetensors", "--no-report")) == 0
    polish = ["train", str(kicks), "--out", str(tmp_path / "better.safetensors"), "--steps", "2", "--no-report"]
    assert main([*polish, "--polish", str(tmp_path / "my.safetensors")]) == 0
    made = open_model(tmp_path / "better.safetensors").json("provenance")
    assert (made["learning_rate"], made["synthetic"], made["polished"]["name"]) == (3e-4, 0.25, "my")
    assert main([*polish, "--polish", str(tmp_path / "my.safetensors"), "--seconds", "1"]) == 2
    assert "--seconds is that of the model" in capsys.readouterr().err


@pytest.mark.usefixtures("_no_signals")
def test_logs_of_runs_stand_beside_each_other(kicks, recipe):
    for name in ("a.safetensors", "b.safetensors", "b.safetensors"):
        (kicks.parent / name).unlink(missing_ok=True)
        assert main(words(kicks, recipe, name, "--no-report", "--logs", str(kicks.parent / "logs"))) == 0
    assert sorted(path.name for path in (kicks.parent / "logs").iterdir()) == ["a", "b", "b-2"]


def test_tensorboard_ends_with_a_run_that_no_one_watches(kicks, recipe):
    command = [sys.executable, "-m", "latentaudio", *words(kicks, recipe, "my.safetensors", "--no-report")]
    command[command.index("--steps") + 1] = "100000"
    with subprocess.Popen(
        [*command, "--tensorboard"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout
        url = run.stdout.readline().split()[-1]
        while not list(Path(kicks.parent).glob("my.logs/events*")):
            assert run.poll() is None
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        rest = run.stdout.read()
    assert url.startswith("http://127.0.0.1:") and run.returncode == 0
    assert "--resume goes on" in rest and "tensorboard --logdir" in rest
