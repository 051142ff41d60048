"""A root other than /la: what is understood, and how each client is spoken to."""

from collections.abc import Iterator
from time import perf_counter

import pytest

from latentaudio.control.learned import Learned
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.osc_codec import BUNDLE_BYTES, bundled, decode, encode
from latentaudio.control.osc_rooted import packets_under
from latentaudio.control.oscquery_tree import Tree
from latentaudio.errors import UsageError
from latentaudio.events import Set
from latentaudio.osc_root import is_root, theirs
from tests.control.conftest import Client, Stage, eventually


@pytest.fixture
def rooted(stage: Stage) -> Iterator[OscServer]:
    server = OscServer("127.0.0.1", 0, Mapping(), stage.hit, stage.post, lambda: 3, "/kicks")
    server.start()
    yield server
    server.close()


@pytest.fixture
def ear(rooted: OscServer) -> Iterator[Client]:
    client = Client(rooted.port)
    yield client
    client.socket.close()


other = ear  # a second program


def answer(client: Client, address: str, *values: float) -> tuple[str, list[object]]:
    client.send(address, *values)
    return client.receive()[0]


def test_both_roots_are_understood(ear: Client, stage: Stage) -> None:
    for address in ("/kicks/focus/n", "/la/focus/n", "/kicks/foc?s/n"):
        ear.send(address, 5)
    ear.settle()
    assert stage.of(Set) == [Set(ear.origin, "focus", 5.0)] * 3


@pytest.mark.parametrize("root", ["/kicks", "/la"])
def test_an_answer_has_the_root_of_the_question(ear: Client, root: str) -> None:
    answer(ear, "/la/ping" if root == "/kicks" else "/kicks/ping")
    assert answer(ear, f"{root}/ping") == (f"{root}/pong", [])


def test_each_hears_of_a_change_in_its_own_root(rooted: OscServer, ear: Client, other: Client) -> None:
    for client, root in ((ear, "/kicks"), (other, "/la")) * 2:
        answer(client, f"{root}/ping")
    rooted.feedback.changed("tempo", 120.0, "midi:LPD8")
    rooted.feedback.flush(perf_counter())
    assert {ear.receive()[1][0], other.receive()[1][0]} == {"/kicks/tempo/bpm", "/la/tempo/bpm"}


def test_a_subscriber_is_told_of_hits_in_its_own_root(rooted: OscServer, ear: Client, other: Client) -> None:
    ear.send("/kicks/subscribe", other.socket.getsockname()[1])
    eventually(lambda: rooted._clients.listening() != [])
    rooted.feedback.played(3, 0.5, "demo")
    assert other.receive() == [("/kicks/pad/3/trigger", [0.5])]


def test_who_has_not_spoken_yet_hears_the_daemons_root(rooted: OscServer, ear: Client) -> None:
    rooted.take(Mapping(clients=(ear.socket.getsockname(),)))
    rooted.feedback.played(3, 0.5, "demo")
    assert ear.receive() == [("/kicks/pad/3/trigger", [0.5])]


def test_an_error_names_addresses_as_its_client_wrote_them(rooted: OscServer, ear: Client) -> None:
    ear.send("/kicks/focsu", 1.0)
    eventually(lambda: rooted.counts()["unknown"])
    rooted.feedback.flush(perf_counter())
    address, (place, why) = ear.receive()[0]
    assert (address, place) == ("/kicks/error", "/kicks/focsu") and "'/kicks/focus'" in str(why)


def test_a_client_that_sends_all_reports_back_gets_no_errors(rooted: OscServer, ear: Client) -> None:
    ear.send("/kicks/error", "/kicks/focsu", "no such address")
    assert answer(ear, "/kicks/ping") == ("/kicks/pong", []) and rooted.counts()["unknown"] == 0


def test_a_longer_root_makes_no_packet_too_long() -> None:
    values = [(f"/la/latent/{dim}", dim / 128) for dim in range(1, 129)]
    packets = [packet for each in bundled(encode(*value) for value in values)
               for packet in packets_under(each, "/a-rather-long-band/kicks")]  # fmt: skip
    heard = [(each.address, each.values[0]) for packet in packets for each in decode(packet)]
    assert heard == [(f"/a-rather-long-band/kicks{address[3:]}", value) for address, value in values]
    assert max(map(len, packets)) <= BUNDLE_BYTES


def test_values_keep_their_types_under_another_root() -> None:
    message = encode("/la/done", "/la/record/start", 3, 0.5, True, "/home/la/kick.wav")
    assert packets_under(message, "/kicks") == (
        encode("/kicks/done", "/kicks/record/start", 3, 0.5, True, "/home/la/kick.wav"),)  # fmt: skip


def test_a_mapping_binds_no_address_under_either_root(tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    for address in ("/kicks/fader1", "/la/fader1"):
        file.write_text(f"osc:\n  bindings:\n    - {{address: {address}, to: map.x}}\n")
        with pytest.raises(UsageError, match=rf"mine.yaml:3: addresses under {address[:-7]} are the instrument's own"):
            load_mapping([file], root="/kicks")


def test_oscquery_shows_the_daemons_root() -> None:
    tree = Tree(lambda name: 0.0, Learned(("dark wood",)), "/band/kicks")
    whole = tree.node("/")
    assert whole and list(whole["CONTENTS"]) == ["band"]
    assert tree.method("/band/kicks/attribute/dark_wood") and tree.method("/band/kicks/focus/n")
    assert tree.node("/la") is None and "/la/" not in str(whole)


def test_what_can_be_a_root() -> None:
    assert all(map(is_root, ("/la", "/kicks", "/band-2/low_kicks", "/lab")))
    wrong = ("kicks", "/", "/kicks/", "/1", "/la/kicks", "/a/b/c", "/kick*", "/kick s", "/{a,b}", "", "/kicks\n")
    assert not any(map(is_root, wrong))


def test_only_whole_addresses_are_put_under_a_root() -> None:
    said = "/la/x (/la) '/la/y' /home/la/x ~/la/x /lab/x /x/la"
    assert theirs(said, "/k") == "/k/x (/k) '/k/y' /home/la/x ~/la/x /lab/x /x/la"
