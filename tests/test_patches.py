"""The patches that ship: every address in them exists, and Pure Data really plays us with its own."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from latentaudio.control.mapping import Mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.osc_addresses import Addresses
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.control.osc_session import session_routes
from latentaudio.events import Ask, Set
from tests.control.conftest import Stage, eventually

PATCHES = Path(__file__).parent.parent / "patches"
KICKS = PATCHES / "kicks.pd"


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def server(stage: Stage) -> Iterator[OscServer]:
    server = OscServer("127.0.0.1", 0, Mapping(), stage.hit, stage.post, lambda: stage.focus)
    server.start()
    yield server
    server.close()


@pytest.fixture
def pd(server: OscServer, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Opens the shipped patch without a window, sends it messages, and gives the file of what it prints."""
    assert shutil.which("pd"), "these tests need Pure Data (Debian, Ubuntu: apt install puredata-core)"
    running: list[subprocess.Popen[bytes]] = []
    printed = tmp_path / "pd.txt"

    def start(*messages: str) -> Path:
        sends = [part for message in (f"la-port {server.port}", *messages) for part in ("-send", message)]
        command = ["pd", "-nogui", "-noaudio", "-nomidi", "-stderr", "-open", str(KICKS), *sends]
        with printed.open("wb") as file:
            running.append(subprocess.Popen(command, stderr=file))
        return printed

    yield start
    for process in running:
        process.terminate()
        process.wait(5.0)


def pd_addresses(patch: str) -> set[str]:
    """Every address that a Pure Data patch sends; `$1` in one stands for the first pad or dim."""
    words = re.findall(r"(?:oscformat(?: -f \w+)?|set) (la [^;]*);", patch)
    return {"/" + each.replace(r"\$1", "1").replace(" ", "/") for each in words}


def test_every_address_in_the_patches_exists(server: OscServer, stage: Stage) -> None:
    session = session_routes(server._clients, server.feedback, stage.post)
    known = Addresses(session | instrument_routes(Mapping(), stage.hands()))
    sent = {address for patch in PATCHES.glob("*.pd") for address in pd_addresses(patch.read_text())}
    assert {"/la/subscribe", "/la/pad/1/trigger", "/la/latent/4"} <= sent
    assert [address for address in sent if not known.find(address)] == []


def test_pure_data_plays_a_pad_and_moves_a_latent(pd: Callable[..., Path], stage: Stage) -> None:
    pd("la-pad 3", "la-latent-2 0.75")
    assert eventually(lambda: bool(stage.hits and stage.of(Set)), 10.0)
    assert stage.pads == [(3, 1.0)]
    assert [(change.name, round(change.value, 3)) for change in stage.of(Set)] == [("latent.2", 1.5)]


def test_pure_data_hears_answers_hits_and_errors(pd: Callable[..., Path], server: OscServer, stage: Stage) -> None:
    printed = pd("la-ping bang")
    assert eventually(lambda: "latentaudio-pong: bang" in printed.read_text(), 10.0)
    assert eventually(lambda: bool(stage.of(Ask)))  # it has subscribed
    server.feedback.played(5, 0.5, "midi:LPD8")
    server.feedback.error(f"osc:{server.clients[0]}", "draw", "busy")
    server.feedback.flush(time.perf_counter())
    for line in ("latentaudio-hit: 5 trigger 0.5", "latentaudio-error: /la/draw busy"):
        assert eventually(lambda line=line: line in printed.read_text())
