"""OSCQuery as its proposal has it, asked by an HTTP client and a WebSocket client that others wrote."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from latentaudio.control.learned import Learned
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_codec import decode
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.control.oscquery import MAX_LISTENERS, MAX_VISITORS, OscQuery
from latentaudio.control.oscquery_tree import SESSION, Tree
from latentaudio.errors import ControlError
from latentaudio.parameters import PARAMETERS
from tests.control.conftest import Stage, eventually

DIMS = 4
OSC_PORT = 9321


class Values(dict[str, float]):
    """Every parameter at its default, for a model of few dims."""

    def __init__(self) -> None:
        kept = {name: row.default for name, row in PARAMETERS.items() if not name.startswith(("latent.", "lock."))}
        super().__init__(kept | {f"{kind}.{dim}": 0.0 for kind in ("latent", "lock") for dim in range(1, DIMS + 1)})


@pytest.fixture
def values() -> Values:
    return Values()


@pytest.fixture
def query(values: Values) -> Iterator[OscQuery]:
    query = OscQuery("127.0.0.1", 0, OSC_PORT, values.get, Learned(("dark wood",)))
    query.start()
    yield query
    query.close()


def get(query: OscQuery, url: str) -> tuple[int, Any]:
    """The status, and what the JSON says."""
    with closing(http.client.HTTPConnection("127.0.0.1", query.port, timeout=5.0)) as connection:
        connection.request("GET", url)
        response = connection.getresponse()
        body = response.read()
        assert not body or response.getheader("Content-Type") == "application/json"
        return response.status, json.loads(body) if body else None


@pytest.fixture
def listener(query: OscQuery) -> Iterator[ClientConnection]:
    with connect(f"ws://127.0.0.1:{query.port}") as connection:
        assert eventually(lambda: query.listeners == 1)
        yield connection


def tell(connection: ClientConnection, command: str, path: str) -> None:
    connection.send(json.dumps({"COMMAND": command, "DATA": path}))


def heard(connection: ClientConnection, timeout: float = 5.0) -> tuple[str, list[object]]:
    (message,) = decode(bytes(connection.recv(timeout=timeout, decode=False)))
    return message.address, message.values


def first_heard(connection: ClientConnection, happens: Callable[[], None]) -> tuple[str, list[object]]:
    """What is told of something that happens again and again: a command takes effect in its own time."""
    for _ in range(100):
        happens()
        with suppress(TimeoutError):
            return heard(connection, 0.05)
    pytest.fail("nothing is told")


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("CONTENTS", {}).values():
        yield from nodes(child)


def test_the_root_is_a_container_of_everything(query: OscQuery) -> None:
    status, root = get(query, "/")
    assert (status, root["FULL_PATH"], root["ACCESS"], list(root["CONTENTS"])) == (200, "/", 0, ["la"])
    for node in nodes(root):
        for name, child in node.get("CONTENTS", {}).items():
            assert child["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"


def test_a_parameter_has_all_its_attributes(query: OscQuery) -> None:
    status, node = get(query, "/la/master/level")
    natural = node.pop("CONTENTS")["db"]
    assert status == 200 and node == {
        "FULL_PATH": "/la/master/level", "DESCRIPTION": "level of everything", "ACCESS": 3, "TYPE": "f",
        "VALUE": [pytest.approx(10 / 11)], "RANGE": [{"MIN": 0.0, "MAX": 1.0}], "CLIPMODE": ["both"],
    }  # fmt: skip
    assert natural["VALUE"] == [0.0] and natural["RANGE"] == [{"MIN": -60, "MAX": 6}]
    assert natural["UNIT"] == ["gain.db"]


def test_arrays_have_an_entry_for_each_type(query: OscQuery) -> None:
    for node in nodes(get(query, "/")[1]):
        for key in ("VALUE", "RANGE", "UNIT", "CLIPMODE"):
            assert len(node.get(key, node.get("TYPE", ""))) == len(node.get("TYPE", ""))
        assert ("VALUE" in node) == bool(node["ACCESS"] & 1)


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("/la/focus/n?VALUE", 200, {"VALUE": [1.0]}),
        ("/la/focus/n?TYPE", 200, {"TYPE": "f"}),
        ("/la/focus/n?RANGE#top", 200, {"RANGE": [{"MIN": 1, "MAX": 16}]}),
        ("/la/walk/rate/hz?UNIT", 200, {"UNIT": ["time.hz"]}),
        ("/la/map/xy?TYPE", 200, {"TYPE": "ff"}),
        ("/la/latent/all?VALUE", 200, {"VALUE": [0.5] * DIMS}),
        ("/la/latent/all?TYPE", 200, {"TYPE": "f" * DIMS}),
        ("/la/draw?ACCESS", 200, {"ACCESS": 2}),
        ("/la/draw?TYPE", 200, {"TYPE": "N"}),
        ("/la/pad/3/trigger?TYPE", 200, {"TYPE": "f"}),
        ("/la/preset/load?TYPE", 200, {"TYPE": "s"}),
        ("/la/map/snap?OVERLOADS", 200, {"OVERLOADS": [{"TYPE": "s", "RANGE": [{"VALS": ["blend", "snap"]}]}]}),
        ("/la/attribute/dark_wood?VALUE", 200, {"VALUE": [0.5]}),
        ("/la/attribute/dark%20wood?VALUE", 200, {"VALUE": [0.5]}),
        ("/la/pad/?TYPE", 200, {}),
        ("/la/draw?VALUE", 204, None),
        ("/la/pad?VALUE", 204, None),
        ("/la/focus/n?TAGS", 204, None),
        ("/la/focus/n?GABBA", 400, None),
        ("/la/latent/5", 404, None),
        ("/la/pad/17/level", 404, None),
        ("/bazzzzz?TYPE", 404, None),
    ],
)
def test_one_attribute_is_asked_for_by_the_query(query: OscQuery, url: str, status: int, said: Any) -> None:
    assert get(query, url) == (status, said)


def test_host_info_says_where_the_osc_goes_and_what_is_supported(query: OscQuery) -> None:
    status, said = get(query, "/whatever?HOST_INFO")
    assert (status, said["NAME"], said["OSC_PORT"], said["OSC_TRANSPORT"]) == (200, "LatentAudio", OSC_PORT, "UDP")
    assert said["EXTENSIONS"]["LISTEN"] and said["EXTENSIONS"]["VALUE"] and "TAGS" not in said["EXTENSIONS"]


def test_every_address_is_in_the_tree_and_nothing_else() -> None:
    tree = Tree({name: 0.0 for name in PARAMETERS}.get, Learned())
    shown = {node["FULL_PATH"] for node in nodes(tree.node("/") or {}) if "TYPE" in node}
    routes = set(instrument_routes(Mapping(), Stage().hands())) | {f"/la/{name}" for name in SESSION}
    assert shown == routes - {"/la/map/point"}


def test_who_listens_hears_the_value_whenever_it_changes(
    query: OscQuery, listener: ClientConnection, values: Values
) -> None:
    tell(listener, "LISTEN", "/la/master/level/db")
    values["master.level"] = -12.0
    told = first_heard(listener, lambda: query.changed(["focus", "master.level"]))
    assert told == ("/la/master/level/db", [-12.0])


def test_who_listens_to_a_pad_hears_its_hits(query: OscQuery, listener: ClientConnection) -> None:
    tell(listener, "LISTEN", "/la/pad/3/trigger")

    def hit() -> None:
        query.played("/la/pad/2/trigger", 1.0)
        query.played("/la/pad/3/trigger", 0.5)

    assert first_heard(listener, hit) == ("/la/pad/3/trigger", [0.5])


def test_who_ignores_an_address_hears_no_more_of_it(query: OscQuery, listener: ClientConnection) -> None:
    tell(listener, "LISTEN", "/la/map/xy")
    tell(listener, "LISTEN", "/la/focus")
    tell(listener, "IGNORE", "/la/map/xy")
    first_heard(listener, lambda: query.changed(["focus"]))  # all three are read
    assert {first_heard(listener, lambda: query.changed(["map.x", "focus"]))[0] for _ in range(5)} == {"/la/focus"}


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "7",
        '{"COMMAND": "LISTEN"}',
        '{"DATA": "/la/focus"}',
        '{"COMMAND": 1, "DATA": 2}',
        '{"COMMAND": "LISTEN", "DATA": "/la/none"}',
        b"/la/panic\0\0\0",
    ],
)
def test_what_is_no_command_does_nothing_and_ends_nothing(
    query: OscQuery, listener: ClientConnection, message: str | bytes
) -> None:
    listener.send(message)
    tell(listener, "LISTEN", "/la/focus")
    assert first_heard(listener, lambda: query.changed(["focus"])) == ("/la/focus", [0.0])


def test_a_listener_that_reads_nothing_costs_no_memory_and_hears_the_latest(
    query: OscQuery, listener: ClientConnection, values: Values
) -> None:
    tell(listener, "LISTEN", "/la/master/level/db")
    first_heard(listener, lambda: query.changed(["master.level"]))
    for step in range(5000):
        values["master.level"] = -float(step % 50)
        query.changed(["master.level"])
    last = [heard(listener)[1]]
    while last[-1] != [-49.0]:
        last.append(heard(listener)[1])
    assert len(last) < 5000


def test_there_are_never_more_than_32_listeners_and_who_leaves_makes_room(query: OscQuery) -> None:
    url = f"ws://127.0.0.1:{query.port}"
    with ExitStack() as crowd:
        for _ in range(MAX_LISTENERS):
            crowd.enter_context(connect(url))
        with pytest.raises(InvalidStatus, match="503"), connect(url):
            pass
    assert eventually(lambda: query.listeners == 0)
    with connect(url):
        pass


def test_never_more_than_64_visitors_are_let_in_and_who_says_nothing_makes_room(query: OscQuery) -> None:
    place = ("127.0.0.1", query.port)
    with ExitStack() as crowd:
        silent = [crowd.enter_context(socket.create_connection(place)) for _ in range(MAX_VISITORS)]
        late = crowd.enter_context(socket.create_connection(place))
        assert refused(late) and not refused(silent[0])
        assert eventually(lambda: refused(silent[-1]))  # once its time is over
        assert get(query, "/la/focus")[0] == 200


def refused(visitor: socket.socket) -> bool:
    """Whether it hears soon that it has been closed."""
    visitor.settimeout(0.1)
    try:
        return visitor.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize("data", [b"\0" * 100, b"GET / HTTP/9\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
                                  b"GET /%ff%00?\xff HTTP/1.1\r\n\r\n", b"G" * 100_000])  # fmt: skip
def test_what_is_no_http_is_refused_and_the_next_one_served(query: OscQuery, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", query.port)) as rude:
        rude.sendall(data)
    assert get(query, "/la/focus/n?VALUE")[0] == 200


def test_a_visitor_who_says_nothing_does_not_hold_the_end_up(query: OscQuery) -> None:
    with socket.create_connection(("127.0.0.1", query.port)):
        assert get(query, "/la/focus")[0] == 200
        began = time.monotonic()
        query.close()
    assert time.monotonic() - began < 2.0


def test_a_port_in_use_is_one_sentence(query: OscQuery, values: Values) -> None:
    with pytest.raises(ControlError, match=f"OSCQuery cannot have TCP port {query.port}: "):
        OscQuery("127.0.0.1", query.port, OSC_PORT, values.get, Learned())


def test_a_closed_server_gives_its_port_back(values: Values) -> None:
    first = OscQuery("127.0.0.1", 0, OSC_PORT, values.get, Learned())
    first.start()
    began = time.monotonic()
    first.close()
    assert time.monotonic() - began < 2.5
    OscQuery("127.0.0.1", first.port, OSC_PORT, values.get, Learned()).close()
