"""`latentaudio evaluate` as a user meets it."""

import json

import numpy as np
import pytest
import soundfile

from latentaudio.cli import main


@pytest.fixture
def kicks(tmp_path):
    """A folder of three sounds that are nearly kicks."""
    for number in range(3):
        seconds = np.arange(4410) / 44100
        audio = np.cos(2 * np.pi * (50 + 5 * number) * seconds) * np.exp(-seconds * 20)
        soundfile.write(tmp_path / f"{number}.wav", audio, 44100)
    return tmp_path


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("latentaudio.core.evaluate_speed.SECONDS", 0.0)


def test_the_table_is_for_people(kicks, tiny_model, capsys):
    assert main(["evaluate", str(tiny_model), str(kicks), "--device", "cpu"]) == 0
    heard = capsys.readouterr().out
    assert heard.startswith("tiny on cpu") and "low-band SNR dB" in heard and "decode 128" in heard


def test_the_json_is_one_object_and_the_same_draws_give_the_same_figures(kicks, tiny_model, capsys):
    heard = []
    for _ in range(2):
        assert main(["evaluate", str(tiny_model), str(kicks), "--device", "cpu", "--json"]) == 0
        heard.append(json.loads(capsys.readouterr().out))
    assert all(heard[0][name] == heard[1][name] for name in ("reconstruction", "peak_db", "smoothness", "kicks"))


@pytest.mark.parametrize(("words", "status", "says"), [
    (("none.safetensors", "."), 1, "no model file"),
    (("MODEL", "no-such-folder"), 1, "no folder no-such-folder"),
    (("MODEL", "."), 1, "no sound files"),
    (("MODEL", ".", "--picture", "a.jpg"), 2, "no .png"),
    (("MODEL", ".", "--only", "class=kick"), 2, "no manifest.csv"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(words, status, says, tiny_model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", *(str(tiny_model) if word == "MODEL" else word for word in words)]) == status
    heard = [line for line in capsys.readouterr().err.splitlines() if line.startswith("latentaudio:")]
    assert len(heard) == 1 and says in heard[0]
