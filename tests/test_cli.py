"""The command line as a user meets it: what works says little, what fails says one sentence."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.cli import main
from latentaudio.config import state_folder

RATE = 44100
QUIET = ("--audio", "null", "--midi", "none", "--osc-port", "0")


def run(*words: str, **options) -> subprocess.CompletedProcess:  # type: ignore[no-untyped-def, type-arg]
    """A command in a process of its own, as typed."""
    return subprocess.run(
        [sys.executable, "-m", "latentaudio", *words], capture_output=True, text=True, timeout=120, **options
    )  # fmt: skip


def sentence(result: subprocess.CompletedProcess) -> str:  # type: ignore[type-arg]
    """The one line that a failed command says."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("latentaudio:")]
    assert len(lines) == 1 and "Traceback" not in result.stderr, result.stderr
    return lines[0]


@pytest.fixture(scope="module")
def kicks(tmp_path_factory) -> Path:
    """A folder of twelve sounds that are nearly kicks, of two rates and channel counts."""
    folder = tmp_path_factory.mktemp("kicks")
    for number in range(12):
        seconds = np.arange(4410 * (1 + number % 2)) / RATE
        kick = np.sin(2 * np.pi * (50 + 5 * number) * seconds) * np.exp(-seconds * 20)
        audio = np.stack([kick, kick], 1) if number % 3 == 0 else kick
        soundfile.write(folder / f"{number}.wav", audio, 48000 if number % 2 else RATE)
    return folder


def test_play_for_a_while_ends_well_and_leaves_what_was_heard(tmp_path):
    result = run("play", "--demo", *QUIET, "--record", str(tmp_path / "set.wav"), "--for", "2")
    audio, _ = soundfile.read(tmp_path / "set.wav")
    assert result.returncode == 0 and len(audio) > RATE and np.abs(audio).max() > 0.1


def test_a_demo_leaves_the_last_session_as_it_was():
    play, session = ("play", *QUIET, "--for", "0.5"), state_folder() / "session.json"
    run(*play)
    before = session.read_bytes()
    assert run(*play, "--demo").returncode == 0 and session.read_bytes() == before


def test_a_second_recording_never_replaces_the_first(tmp_path):
    for _ in range(2):
        run("play", *QUIET, "--record", str(tmp_path / "set.flac"), "--for", "0.3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set-2.flac", "set.flac"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_in_order(number, tmp_path):
    play = [sys.executable, "-m", "latentaudio", "play", *QUIET, "--record", str(tmp_path / "a.wav")]
    process = subprocess.Popen(play, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline()
    time.sleep(0.3)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0 and "Traceback" not in errors and soundfile.info(tmp_path / "a.wav").frames > 0


def test_the_player_never_imports_torch_nor_what_it_was_not_asked_for():
    code = """if True:
        import sys
        from latentaudio.daemon import Daemon
        from latentaudio.settings import Settings
        with Daemon(Settings(audio="null", midi=("none",), osc_port=0, demo=True)) as daemon:
            daemon.run(1.0)
        print([name for name in ("torch", "numba", "sounddevice", "matplotlib", "scipy") if name in sys.modules])
    """
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == "[]", result.stderr


def test_status_tells_what_programs_rely_on():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    play = [sys.executable, "-m", "latentaudio", "play", "--demo", "--audio", "null", "--midi", "none"]
    process = subprocess.Popen([*play, "--osc-port", port, "--for", "4"], stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline()
    time.sleep(1.0)
    report = json.loads(run("status", "--json", "--osc-port", port).stdout)
    process.communicate()
    wanted = {
        "audio": {"driver", "sample_rate", "block_size", "xruns", "load", "voices"},
        "renderer": {"state", "device", "restarts", "freshness_ms"},
        "trigger": {"count", "late", "latency_ms"},
        "midi": {"ports"}, "osc": {"port", "clients"}, "model": {"name", "dims"},
    }  # fmt: skip
    assert all(fields <= set(report[section]) for section, fields in wanted.items())
    assert set(report["trigger"]["latency_ms"]) == {"p50", "p95"} and report["trigger"]["count"] > 0


def test_send_shows_the_answer_and_fails_on_an_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "latentaudio", "play", *QUIET[:-1], "9377", "--for", "5"], stdout=subprocess.PIPE
    )
    assert process.stdout and process.stdout.readline()
    good = run("send", "/la/master/level/db", "--osc-port", "9377")
    bad = run("send", "/la/master/levle", "1", "--osc-port", "9377")
    process.terminate()
    process.communicate()
    assert good.returncode == 0 and "/la/master/level/db 0.0" in good.stdout
    assert bad.returncode == 1 and "did you mean" in bad.stdout


def test_monitor_says_what_a_message_did():
    play = [sys.executable, "-m", "latentaudio", "play", *QUIET[:-1], "9378", "--for", "6"]
    with subprocess.Popen(play, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout and daemon.stdout.readline()
        watch = [sys.executable, "-m", "latentaudio", "monitor", "--json", "--osc-port", "9378"]
        with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as monitor:
            time.sleep(1.0)
            run("send", "/la/pad/2/trigger", "--osc-port", "9378")
            assert monitor.stdout
            rows = [json.loads(monitor.stdout.readline()) for _ in range(2)]
            monitor.send_signal(signal.SIGINT)
            monitor.communicate()
        daemon.terminate()
    (row,) = [row for row in rows if row["message"] != "port"]
    assert monitor.returncode == 0
    assert list(row) == ["time", "source", "port", "client", "message", "did", "why"]
    assert row["message"] == "/la/pad/2/trigger" and row["did"].startswith("pad 2") and row["why"] is None


@pytest.mark.parametrize(("words", "status", "says"), [
    (("play", "--model", "none.safetensors"), 1, "no model file none.safetensors"),
    (("play", "--model", "pyproject.toml"), 1, "is not a model, or is damaged"),
    (("play", "--mapping", "akai-lpd9"), 2, "did you mean 'akai-lpd8'?"),
    (("play", "--mapping", "none.yaml"), 2, "no mapping file none.yaml"),
    (("play", "--audio", "no such card"), 1, "no"),
    (("play", "--audio", "null", "--record", "a.mp3"), 1, "a.mp3"),
    (("play", "--audio", "null", "--record", "no/such/a.wav"), 2, "there is no folder no/such"),
    (("play", "--audio", "null", "--record", "tests"), 2, "it is a folder"),
    (("send", "la/trigger"), 2, "did you mean '/la/trigger'?"),
    (("train", "no-such-folder", "--out", "x.safetensors"), 1, "no folder no-such-folder"),
    (("train", "mappings", "--out", "x.safetensors"), 1, "no sound files"),
    (("train", "mappings", "--only", "class=kick", "--out", "x.safetensors"), 2, "has no manifest.csv"),
    (("train", "mappings", "--out", "no/such/x.safetensors"), 2, "no folder"),
    (("reconstruct", "none.safetensors", "LICENSE", "x.wav"), 1, "no model file"),
    (("render", "LICENSE", "--out", "x"), 1, "is not a model"),
    (("status", "--osc-port", "9"), 1, "no daemon answers at 127.0.0.1:9"),
    (("send", "/la/ping", "--osc-port", "9"), 1, "no daemon answers"),
    (("monitor", "--osc-port", "9"), 1, "no daemon answers"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(words, status, says):
    result = run(*words, cwd=Path(__file__).parents[1])
    assert result.returncode == status and says in sentence(result)


@pytest.mark.parametrize("words", [
    ("play", "--outputs", "1"), ("play", "--block-size", "0"), ("play", "--for", "nan"), ("train", "x"), ("paly",),
    ("render", "--out", "x", "--draws", "0"),
])  # fmt: skip
def test_bad_usage_exits_with_two(words):
    assert run(*words).returncode == 2


def test_a_port_in_use_is_said(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        result = run("play", "--audio", "null", "--midi", "none", "--osc-port", port, "--for", "1")
    assert result.returncode == 1 and port in sentence(result)


def test_without_a_sound_card_it_plays_to_none_with_a_warning(tmp_path):
    environment = {**os.environ, "JACK_NO_START_SERVER": "1", "JACK_DEFAULT_SERVER": "none-here",
                   "PYTHONPATH": str(Path(__file__).parents[1])}  # fmt: skip
    result = run("play", "--demo", *QUIET[2:], "--for", "1.5", cwd=tmp_path, env=environment)
    assert result.returncode == 0 and (tmp_path / "latentaudio-demo.wav").stat().st_size > 100_000


def test_render_writes_repeatable_draws(tmp_path, tiny_model):
    for folder in ("a", "b"):
        assert main(["render", str(tiny_model), "--draws", "3", "--seed", "4", "--out", str(tmp_path / folder)]) == 0
    first, second = (sorted((tmp_path / folder).glob("*.wav")) for folder in ("a", "b"))
    assert len(first) == 3 and [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_pads_are_written_as_the_mixer_plays_them(tmp_path, tiny_model):
    main(["render", str(tiny_model), "--pads", "--out", str(tmp_path)])
    main(["render", str(tiny_model), "--kit", "--out", str(tmp_path)])
    played, _ = soundfile.read(tmp_path / "01.wav")
    raw, _ = soundfile.read(tmp_path / "01.flac")
    half = 10 ** (-6 / 20)  # a pad's default level
    assert len(list(tmp_path.glob("*.wav"))) == 16 and np.allclose(played[:, 0], half * raw, atol=2e-4)


def test_reconstruct_finds_what_sounds_closest(tmp_path, tiny_model, kicks):
    source = sorted(kicks.glob("*.wav"))[0]
    heard = [tmp_path / "heard.wav", tmp_path / "closer.wav"]
    for path, match in zip(heard, ([], ["--match", "2"]), strict=True):
        assert main(["reconstruct", str(tiny_model), str(source), str(path), *match]) == 0
    assert heard[0].read_bytes() != heard[1].read_bytes()


def test_reconstruct_a_folder_leaves_out_what_is_no_sound(tmp_path, tiny_model, kicks, capsys):
    (kicks / "broken.wav").write_bytes(b"not a sound")
    assert main(["reconstruct", str(tiny_model), str(kicks), str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("*.wav"))) == 12


def test_train_makes_a_model_that_plays(tmp_path, kicks):
    out, recipe = tmp_path / "mine.safetensors", tmp_path / "small.yaml"
    recipe.write_text(
        "encoder_channels: [8, 8, 8]\nsigma_channels: [8, 8, 8]\ndecoder_channels: [8, 8, 8]\ndims: 8\n"
        "seconds: 0.25\nsteps: 2\nbatch: 2\n"
    )
    trained = run("train", str(kicks), "--out", str(out), "--recipe", str(recipe), "--no-report")
    assert trained.returncode == 0, trained.stderr
    played = run("play", "--model", str(out), *QUIET, "--demo", "--record", str(tmp_path / "a.wav"), "--for", "6")
    assert played.returncode == 0 and np.abs(soundfile.read(tmp_path / "a.wav")[0]).max() > 1e-4, played.stderr
