"""A whole daemon and programs that no one here wrote: liblo's oscsend and oscdump, HTTP, WebSocket and zeroconf."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.sync.client import connect
from zeroconf import IPVersion, ServiceBrowser, ServiceListener, Zeroconf

from latentaudio.control.announcer import OSC, OSC_QUERY
from latentaudio.control.osc_codec import decode
from tests.playing import Playing, free_port


@pytest.fixture(scope="module")
def open_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    """One that the network may reach."""
    playing = Playing(tmp_path_factory.mktemp("network"), "--lan")
    yield playing
    playing.stop()


def oscsend(port: int, *words: str) -> None:
    assert shutil.which("oscsend"), "these tests need liblo's programs (Debian, Ubuntu: apt install liblo-tools)"
    subprocess.run(["oscsend", "localhost", str(port), *words], check=True)


@contextmanager
def oscdump(path: Path, port: int) -> Iterator[Callable[[], list[str]]]:
    """What liblo hears at a port, line by line and without the times."""
    with path.open("w") as out, subprocess.Popen(["oscdump", "-L", str(port)], stdout=out) as process:
        try:
            yield lambda: [line.partition(" ")[2] for line in path.read_text().splitlines()]
        finally:
            process.terminate()


def test_liblo_sets_every_kind_of_value_and_hears_of_it(open_daemon: Playing, tmp_path: Path) -> None:
    ear = free_port()
    with oscdump(tmp_path / "heard", ear) as heard:
        open_daemon.wait_for(lambda: _is_taken(ear))  # before that, its port is one that nobody has
        open_daemon.wait_for(lambda: _subscribed(open_daemon.port, ear, heard))
        oscsend(open_daemon.port, "/la/focus/n", "i", "5")
        oscsend(open_daemon.port, "/la/pad/2/level/db", "d", "-12.5")
        oscsend(open_daemon.port, "/la/map/snap", "s", "snap")
        oscsend(open_daemon.port, "/la/walk/freeze", "T")
        oscsend(open_daemon.port, "/la/pad/3/trigger", "f", "0.5")
        wanted = {"/la/focus/n f 5.000000", "/la/pad/2/level/db f -12.500000", "/la/map/snap/n f 1.000000",
                  "/la/walk/freeze f 1.000000", "/la/pad/3/trigger f 0.500000"}  # fmt: skip
        open_daemon.wait_for(lambda: wanted <= set(heard()))


def test_a_daemon_with_a_root_of_its_own_speaks_to_each_as_it_spoke(tmp_path: Path) -> None:
    playing, ear = Playing(tmp_path / "home", "--osc-prefix", "/band/kicks"), free_port()
    with oscdump(tmp_path / "heard", ear) as heard:
        playing.wait_for(lambda: _is_taken(ear))
        playing.wait_for(lambda: _subscribed(playing.port, ear, heard, "/band/kicks"))
        oscsend(playing.port, "/band/kicks/focus/n", "i", "5")
        playing.wait_for(lambda: "/band/kicks/focus/n f 5.000000" in heard())
        assert not any(line.startswith("/la") for line in heard())
    with urlopen(f"http://127.0.0.1:{playing.status()['oscquery']['port']}/band/kicks/focus/n?VALUE") as answer:
        assert json.load(answer) == {"VALUE": [5.0]}
    playing.stop()


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return False
    return True


def _subscribed(port: int, to: int, heard: Callable[[], list[str]], root: str = "/la") -> bool:
    """Each oscsend is another client, the last of which takes its predecessor's place."""
    oscsend(port, f"{root}/subscribe", "i", str(to))
    time.sleep(0.1)
    return bool(heard())


def test_http_tells_what_osc_has_set(open_daemon: Playing) -> None:
    open_daemon.send("/la/pad/7/tune/st", 5.0)
    open_daemon.sync()
    port = open_daemon.status()["oscquery"]["port"]
    with urlopen(f"http://127.0.0.1:{port}/la/pad/7/tune/st?VALUE") as answer:
        assert json.load(answer) == {"VALUE": [5.0]}
    with urlopen(f"http://127.0.0.1:{port}/?HOST_INFO") as answer:
        assert json.load(answer)["OSC_PORT"] == open_daemon.port


def test_a_websocket_hears_what_osc_sets_and_plays(open_daemon: Playing) -> None:
    port = open_daemon.status()["oscquery"]["port"]
    with connect(f"ws://127.0.0.1:{port}") as listener:
        moved = {"/la/walk/pull": 0.25, "/la/pad/4/trigger": 0.5}
        for path in moved:
            listener.send(json.dumps({"COMMAND": "LISTEN", "DATA": path}))
        heard = dict[str, object]()

        def has_heard_both() -> bool:
            for path, value in moved.items():
                open_daemon.send(path, value)
            with suppress(TimeoutError):
                (message,) = decode(bytes(listener.recv(timeout=0.2, decode=False)))
                heard[message.address] = message.values[0]
            return heard == moved

        open_daemon.wait_for(has_heard_both)


class Found(ServiceListener):
    """Names by type."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.names[type_] = name

    update_service = add_service

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.names.pop(type_, None)


def test_who_browses_the_network_finds_both_ports(open_daemon: Playing) -> None:
    found, ports = Found(), {OSC: open_daemon.port, OSC_QUERY: open_daemon.status()["oscquery"]["port"]}
    with Zeroconf(ip_version=IPVersion.V4Only) as network:
        ServiceBrowser(network, list(ports), found)
        open_daemon.wait_for(lambda: set(found.names) == set(ports))
        infos = {kind: network.get_service_info(kind, name) for kind, name in found.names.items()}
    assert {kind: info and info.port for kind, info in infos.items()} == ports
    assert all(name.startswith("LatentAudio on ") for name in found.names.values())
