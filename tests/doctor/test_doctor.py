"""The whole command, on a machine with a JACK server and on one with nothing."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from latentaudio.doctor import jack_server as servers
from latentaudio.doctor import player
from latentaudio.doctor.finding import Case
from latentaudio.errors import AudioError
from tests.jack import Server


def doctor(*options: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, findings and standard error of `latentaudio doctor --json`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "latentaudio", "doctor", "--json", "--osc-port", port, *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, json.loads(ended.stdout), ended.stderr


def test_on_jack_it_plays_a_loop_back_and_says_how_long_a_hit_takes(jack_server: Server) -> None:
    _, findings, said = doctor("--audio", "jack", "--device", "cpu", "--seconds", "1.5")
    figures = {finding["area"]: finding["figures"] for finding in findings if finding["figures"]}
    assert figures["audio"]["frames"] == jack_server.period
    assert 0.0 < figures["loop-back"]["p50"] <= figures["loop-back"]["p99"] < 50.0
    assert figures["renderer"]["p50"] > 0.0 and "Traceback" not in said


def test_a_server_that_the_loop_back_starts_is_the_one_that_its_player_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.started() as environment:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", environment["JACK_DEFAULT_SERVER"])
        found = servers.running()
    assert found and (found.period, found.rate) == (servers.PERIOD, servers.RATE)


def test_where_a_model_is_damaged_it_says_so_goes_on_and_ends_with_1() -> None:
    status, findings, said = doctor("--audio", "null", "--model", "LICENSE")
    problems = {finding["area"] for finding in findings if finding["level"] == "problem"}
    assert (status, problems) == (1, {"model", "renderer"}) and "Traceback" not in said
    areas = {"python", "disk", "system", "model", "audio", "midi", "osc", "renderer", "loop-back"}
    assert {finding["area"] for finding in findings} == areas
    assert list(findings[0]) == ["area", "level", "said", "advice", "figures"]


def test_a_player_that_does_not_get_ready_says_why() -> None:
    with pytest.raises(AudioError, match=r"the player does not get ready: .*LICENSE is not a model"):
        player.play(Case(model=Path("LICENSE")), os.environ)
