"""A player in a process of its own on JACK, struck and listened to by the probe in another."""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any

from latentaudio.control.remote import Remote
from latentaudio.doctor.finding import Case
from latentaudio.errors import AudioError, ControlError
from latentaudio.parameters import PADS, address, pad_name

GAP_S = 0.075  # between hits, and four periods at most on top
DECAY_S = 0.04  # of every pad: hits are told apart
READY_S = 90.0  # until the renderer rests
OURS = r"latentaudio(-\d+)?:out"


def play(case: Case, environment: Mapping[str, str]) -> dict[str, Any]:
    """What the probe found of a player that leaves the user's session alone. Raises LatentAudioError."""
    port = _free_port()
    command = [sys.executable, "-m", "latentaudio", "play", "--audio", "jack", "--midi-api", "jack", "--midi", "none",
               "--mapping", "default", "--osc-port", str(port), "--device", case.device]  # fmt: skip
    command += ["--model", str(case.model)] if case.model else []
    with tempfile.TemporaryDirectory() as home:
        folders = {f"XDG_{kind}_HOME": home for kind in ("STATE", "DATA")}
        player = subprocess.Popen(command, env=dict(environment) | folders, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True)  # fmt: skip
        try:
            with Remote("127.0.0.1", port) as remote:
                before = _ready(remote, player)
                found = _probed(case, environment)
                found["missed_blocks"] = _bad(_status(remote)) - _bad(before)
                return found
        finally:
            if player.returncode is None:  # what did not get ready has been heard to its end
                player.terminate()
                player.communicate()


def _probed(case: Case, environment: Mapping[str, str]) -> dict[str, Any]:
    how = {"midi": "latentaudio", "audio": OURS, "hits": max(1, round(case.seconds / GAP_S)), "gap": GAP_S}
    command = [sys.executable, "-m", "latentaudio.doctor.probe", json.dumps(how)]
    ended = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False,
                           timeout=READY_S + 2 * case.seconds)  # fmt: skip
    if ended.returncode:
        raise AudioError(f"the probe ended: {(ended.stderr.strip().splitlines() or ['no reason'])[-1]}")
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _ready(remote: Remote, player: "subprocess.Popen[str]") -> dict[str, Any]:
    """Wait until the player plays and its renderer rests; its status then."""
    _wait(lambda: _status(remote)["renderer"]["state"] == "ready", player)
    for pad in range(1, PADS + 1):
        remote.send(f"{address(pad_name(pad, 'decay'))}/s", DECAY_S)
    _wait(lambda: _status(remote)["renderer"]["waiting"] == 0, player)
    return _status(remote)


def _wait(condition: Callable[[], bool], player: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and player.poll() is None:
        with contextlib.suppress(ControlError):
            if condition():
                return
        time.sleep(0.1)
    player.terminate()
    raise AudioError(f"the player does not get ready: {(player.communicate()[1].strip().splitlines() or ['?'])[-1]}")


def _status(remote: Remote) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(remote.ask("/la/status", reply="/la/status/json")[0])
    return said


def _bad(status: dict[str, Any]) -> int:
    return int(status["audio"]["xruns"] + status["audio"]["gaps"])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
