"""What OSC messages do, sent to a real server over UDP."""

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from latentaudio.control.binding import Binding
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.osc_codec import Value, encode
from latentaudio.control.osc_time import unix_offset_ns
from latentaudio.errors import ControlError
from latentaudio.events import Act, Ask, Event, Order, Played, Program, Set, SetLatents, SetTogether, Sync, Trace
from latentaudio.parameters import ORDERS
from tests.control.conftest import Client, Stage, eventually


def bundle(at_ns: int, *messages: bytes) -> bytes:
    """A bundle for an instant of the `perf_counter_ns` clock, or at once for 0."""
    unix = at_ns + unix_offset_ns()
    tag = ((unix // 10**9 + 2_208_988_800) << 32) + (unix % 10**9 << 32) // 10**9 if at_ns else 1
    return b"#bundle\0" + struct.pack(">Q", tag) + b"".join(struct.pack(">i", len(m)) + m for m in messages)


@pytest.mark.parametrize(
    ("address", "values", "played"),
    [
        ("/la/trigger", [], [(3, 1.0)]),
        ("/la/trigger", [0.25], [(3, 0.25)]),
        ("/la/trigger", [0.0], []),
        ("/la/pad/7/trigger", [1], [(7, 1.0)]),
        ("/la/pad/7/trigger", [9.0], [(7, 1.0)]),
        ("/la/pad/7/trigger", [-1.0], []),
        ("/la/pad/[2-4]/trigger", [0.5], [(2, 0.5), (3, 0.5), (4, 0.5)]),
        ("/la/pad/{1,16}/trigger", [], [(1, 1.0), (16, 1.0)]),
        ("/la/note", [36, 127], [(1, 1.0)]),
        ("/la/note", [37, 0.5], [(2, 0.5)]),
        ("/la/note", [36.0, 100.0], [(1, 0.787)]),
        ("/la/note", [36, 0], []),
        ("/la/note", [99, 127], []),
    ],
)
def test_messages_that_play(
    client: Client, stage: Stage, address: str, values: list[float], played: list[tuple[int, float]]
) -> None:
    client.send(address, *values)
    client.settle()
    assert stage.pads == played


@pytest.mark.parametrize(
    ("address", "value", "name", "natural"),
    [
        ("/la/latent/2", 0.5, "latent.2", 0.0),
        ("/la/latent/2", "0.75", "latent.2", 1.5),
        ("/la/master/level", True, "master.level", 6.0),
        ("/la/master/level/db", -12, "master.level", -12.0),
        ("/la/pad/4/tune/st", 7.0, "pad.4.tune", 7.0),
        ("/la/focus", 1.0, "focus", 16.0),
        ("/la/tempo/bpm", 93.5, "tempo", 93.5),
        ("/la/morph/beats/beats", 16, "morph.beats", 16.0),
        ("/la/walk/rate/hz", 30, "walk.rate", 30.0),
        ("/la/variation/pick/n", 7, "variation.pick", 7.0),
        ("/la/map/snap", "snap", "map.snap", 1.0),
        ("/la/map/layer/n", "synth", "map.layer", 2.0),
        ("/la/walk/division", "1/4", "walk.division", 3.0),
        ("/la/notes/mode", "Chromatic", "notes.mode", 2.0),
        ("/la/walk/run", "on", "walk.run", 1.0),
        ("/la/walk/run", True, "walk.run", 1.0),
        ("/la/lock/9", "off", "lock.9", 0.0),
        ("/la/notes/mode", "0.5", "notes.mode", 1.0),
    ],
)
def test_an_address_sets_its_parameter(
    client: Client, stage: Stage, address: str, value: float, name: str, natural: float
) -> None:
    client.send(address, value)
    client.settle()
    assert stage.of(Set) == [Set(client.origin, name, pytest.approx(natural))]


def test_an_address_without_a_value_asks(client: Client, stage: Stage) -> None:
    client.send("/la/master/level")
    client.settle()
    assert Ask(client.origin, "master.level") in stage.events


@pytest.mark.parametrize(
    ("address", "value", "natural"),
    [("/la/master/level", 3.0, 6.0), ("/la/master/level/db", -99.0, -60.0), ("/la/focus", 0.21, 4.0)],
)
def test_a_clipped_or_rounded_value_is_set_and_told_back_to_its_sender(
    client: Client, stage: Stage, address: str, value: float, natural: float
) -> None:
    client.send(address, value)
    client.settle()
    (change,) = stage.of(Set)
    assert change.value == natural and Ask(client.origin, change.name) in stage.events


def test_a_note_obeys_the_mode_and_its_end_ends_a_gated_pad(client: Client, stage: Stage) -> None:
    stage.aimed, stage.gate = (4, -12.0), True
    client.send("/la/note", 60, 1.0)
    client.send("/la/note", 60, 0)
    client.settle()
    assert (stage.pads, stage.pitches, stage.ended) == ([(4, 1.0)], [-12.0], [("release", 4, -12.0)])


@pytest.mark.parametrize("tag", [b"N", b"I"])
def test_an_impulse_and_a_nil_are_no_value(client: Client, stage: Stage, tag: bytes) -> None:
    for address in (b"/la/draw\0\0\0\0", b"/la/pad/7/trigger\0\0\0", b"/la/master/level\0\0\0\0"):
        client.send_bytes(address + b"," + tag + b"\0\0")
    client.settle()
    assert stage.of(Act) == [Act(client.origin, "draw")] and stage.pads == [(7, 1.0)]
    assert Ask(client.origin, "master.level") in stage.events


def test_all_latents_come_at_once(client: Client, stage: Stage) -> None:
    client.send("/la/latent/all", 0.0, 0.5, 1.0)
    client.settle()
    assert stage.of(SetLatents) == [SetLatents(client.origin, (-3.0, 0.0, 3.0))]


def test_buttons_act_on_nothing_or_a_press_and_ignore_the_release(client: Client, stage: Stage) -> None:
    client.send("/la/draw")
    client.send("/la/zero", 1.0)
    client.send("/la/panic", 0.0)
    client.settle()
    assert stage.of(Act) == [Act(client.origin, "draw"), Act(client.origin, "zero")]


@pytest.mark.parametrize(
    ("address", "values", "event"),
    [
        ("/la/preset/load", ["Deep"], Order(name="preset.load", text="Deep")),
        ("/la/preset/load", ["Deep", "and", "wide"], Order(name="preset.load", text="Deep and wide")),
        ("/la/preset/load", [12], Order(name="preset.load", text="12")),
        ("/la/record/start", [3.0], Order(name="record.start", text="3")),
        ("/la/reconstruct", [0.1, "kick"], Order(name="reconstruct", text="0.1 kick")),
        ("/la/attribute/learn/name", ["woody"], Order(name="attribute.learn.name", text="woody")),
        ("/la/preset/number", [130.0], Program(number=130)),
        ("/la/map/xy", [0.25, "0.5"], SetTogether(values=(("map.x", 0.25), ("map.y", 0.5)))),
        ("/la/map/nearest", [], Ask(name="map.nearest")),
        ("/la/map/points", [], Ask(name="map.points")),
        ("/la/map/points", ["Synth", 500.0], Ask(name="map.points synth 500")),
        ("/la/morph/stations", [], Ask(name="morph.stations")),
        ("/la/attribute/names", [], Ask(name="attribute.names")),
        ("/la/preset/name", [], Ask(name="preset.name")),
    ],
)
def test_names_numbers_and_questions_reach_the_instrument(
    client: Client, stage: Stage, address: str, values: list[Value], event: Event
) -> None:
    client.send(address, *values)
    client.settle()
    assert replace(event, origin=client.origin) in stage.events


def test_every_order_has_an_address(client: Client, stage: Stage) -> None:
    for name in ORDERS:
        client.send(f"/la/{name.replace('.', '/')}", "x")
    client.settle()
    assert [(order.name, order.text) for order in stage.of(Order)] == [(name, "x") for name in ORDERS]


def test_the_place_without_values_asks_for_both_coordinates(client: Client, stage: Stage) -> None:
    client.send("/la/map/xy")
    client.settle()
    assert [ask.name for ask in stage.of(Ask) if ask.name != "dump"] == ["map.x", "map.y"]


def test_a_place_beyond_the_map_is_set_at_its_edge_and_told_back(client: Client, stage: Stage) -> None:
    client.send("/la/map/xy", -1.0, 0.5)
    client.settle()
    assert stage.of(SetTogether)[0].values == (("map.x", 0.0), ("map.y", 0.5))
    assert Ask(client.origin, "map.x") in stage.events


def test_a_layouts_finger_on_the_map_is_one_gesture(serve: Callable[[Mapping], OscServer], stage: Stage) -> None:
    layout = {"/1/xy": (Binding("map.y"), Binding("map.x", invert=True))}
    client = Client(serve(Mapping(addresses=layout)).port)
    client.send("/1/xy", 0.25, 0.0)
    client.settle()
    assert [move.values for move in stage.of(SetTogether)] == [(("map.y", 0.25), ("map.x", 1.0))]
    client.socket.close()


@pytest.mark.parametrize("address", ["/la/attribute/dark_wood", "/la/attribute/dark wood"])
def test_a_learned_attribute_has_an_address_of_its_own_while_it_is_known(
    client: Client, server: OscServer, stage: Stage, address: str
) -> None:
    for names in (["woody", "dark wood"], []):
        server.learned = tuple(names)
        client.send(address, 1.0)
        client.settle()
    assert stage.of(Set) == [Set(client.origin, "attribute.learned.2", 3.0)]
    assert server.counts()["unknown"] == 1


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("/la/map/nearest", ["kick 7", 0.5, 0.5]),
        ("/la/map/points", ["model", 7, 500]),
        ("/la/map/point", [1, 0.5, 0.5, "kick"]),
        ("/la/progress", ["/la/map/load", 1, 2]),
    ],
)
def test_an_answer_that_comes_back_asks_nothing_again(
    client: Client, server: OscServer, stage: Stage, address: str, values: list[Value]
) -> None:
    client.send(address, *values)
    client.settle()
    server.feedback.flush(0.0)
    assert client.pending() == [] and [ask for ask in stage.of(Ask) if ask.name != "dump"] == []


def test_a_foreign_address_moves_what_the_mapping_says(serve: Callable[[Mapping], OscServer], stage: Stage) -> None:
    layout = {"/1/xy": (Binding("latent.2"), Binding("latent.1")), "/1/push": (Binding("pad.5.trigger"),)}
    client = Client(serve(Mapping(addresses=layout)).port)
    client.send("/1/xy", 1.0, 0.0)
    client.send("/1/push", 0.5)
    client.settle()
    assert [(change.name, change.value) for change in stage.of(Set)] == [("latent.2", 3.0), ("latent.1", -3.0)]
    assert stage.pads == [(5, 0.5)]
    client.socket.close()


@pytest.mark.parametrize(
    ("address", "values", "why"),
    [
        ("/la/mastr/level", [0.5], "no such address; did you mean '/la/master/level'?"),
        ("/la/pad/7/leval", [0.5], "no such address; did you mean '/la/pad/7/level'?"),
        ("/la/pad/*/nothing", [], "no address fits this pattern"),
        ("/la/master/level", [float("nan")], "wants a finite number"),
        ("/la/latent/1", ["high"], "wants a finite number"),
        ("/la/trigger", [float("inf")], "wants a finite number"),
        ("/la/note", [60, 1.0], "note 60 plays no pad in this mapping"),
        ("/la/note", [128, 1.0], "note 128 is not in 0..127"),
        ("/la/subscribe", [70000], "wants a port number"),
        ("/la/map/snap", ["snip"], "wants a finite number or one of blend, snap"),
        ("/la/preset/load", [], "wants a name"),
        ("/la/preset/load", [" "], "wants a name"),
        ("/la/preset/load", [True], "wants a name"),
        ("/la/preset/load", ["x" * 300], "wants a name of at most 256 characters"),
        ("/la/preset/lod", ["x"], "no such address; did you mean '/la/preset/load'?"),
        ("/la/preset/number", [], "wants a whole number from 0 to 2097151"),
        ("/la/preset/number", [1.5], "wants a whole number from 0 to 2097151"),
        ("/la/map/xy", [0.5], "wants x and y"),
        ("/la/map/xy", [0.5, float("nan")], "wants a finite number"),
        ("/la/map/points", ["modle"], "wants one of model, data, synth"),
        ("/la/map/points", ["data", 0], "wants a number of points from 1 to 2000"),
    ],
)
def test_what_cannot_be_done_is_answered_with_the_reason_and_counted(
    client: Client, server: OscServer, stage: Stage, address: str, values: list[Value], why: str
) -> None:
    client.send(address, *values)
    client.settle()
    server.feedback.flush(0.0)
    assert client.pending() == [("/la/error", [address, why])]
    assert server.counts()["unknown"] + server.counts()["refused"] == 1
    assert stage.hits == stage.of(Set) == stage.of(Order) == stage.of(SetTogether) == []


@pytest.mark.parametrize("address", ["/la/status", "/la/undo", "/la/preset/next", "/la/master/level"])
def test_who_asks_a_daemon_that_is_too_busy_hears_of_it(
    client: Client, server: OscServer, stage: Stage, address: str
) -> None:
    client.settle()
    stage.full = True
    client.send(address)
    client.settle()
    server.feedback.flush(time.perf_counter())
    assert client.pending() == [("/la/error", [address, "the instrument is too busy"])]


def test_what_we_send_ourselves_is_never_answered(client: Client, server: OscServer) -> None:
    client.send("/la/error", "/la/x", "no such address")
    client.send("/la/status/audio/xruns", 0)
    client.send("/la/pickup/map/x", 0.25)
    client.settle()
    server.feedback.flush(0.0)
    assert client.pending() == []


def test_a_hit_in_a_bundle_goes_ahead_with_its_exact_time(client: Client, stage: Stage) -> None:
    at_ns = time.perf_counter_ns() + 500_000_000
    client.send_bytes(bundle(at_ns, encode("/la/pad/2/trigger", 0.5)))
    client.settle()
    ((pad, _, arrival_ns, wanted_ns),) = stage.hits
    assert pad == 2 and abs(wanted_ns - at_ns) < 50_000 and arrival_ns < at_ns


def test_a_change_in_a_bundle_waits_for_its_time(client: Client, stage: Stage) -> None:
    at_ns = time.perf_counter_ns() + 100_000_000
    client.send_bytes(bundle(at_ns, encode("/la/latent/1", 1.0)))
    client.settle()
    assert stage.of(Set) == []
    assert eventually(lambda: len(stage.of(Set)) == 1)
    assert time.perf_counter_ns() >= at_ns
    assert abs(stage.of(Set)[0].arrival_ns - at_ns) < 1_000_000  # freshness, and a tap's beat, count from there


def test_a_hit_farther_ahead_than_the_mixer_looks_waits_too(client: Client, stage: Stage) -> None:
    at_ns = time.perf_counter_ns() + 2_100_000_000
    client.send_bytes(bundle(at_ns, encode("/la/trigger")))
    client.settle()
    assert stage.hits == []
    assert eventually(lambda: len(stage.hits) == 1) and stage.hits[0][3] - time.perf_counter_ns() > 1_000_000_000


def test_a_late_bundle_is_done_at_once_and_counted(client: Client, server: OscServer, stage: Stage) -> None:
    client.send_bytes(bundle(time.perf_counter_ns() - 10**9, encode("/la/trigger"), encode("/la/latent/1", 0.0)))
    client.send_bytes(bundle(0, encode("/la/trigger")))
    client.settle()
    assert [at_ns for *_, at_ns in stage.hits] == [0, 0] and len(stage.of(Set)) == 1
    assert server.counts()["late"] == 2


def test_a_flood_of_future_messages_is_bounded_and_counted(client: Client, server: OscServer) -> None:
    later = time.perf_counter_ns() + 3600 * 10**9
    for _ in range(50):
        client.send_bytes(bundle(later, *[encode("/la/latent/1", 0.0)] * 100))
        client.settle()
    assert server.counts()["overfull"] == 5000 - 4096


def test_sync_takes_its_turn_behind_what_came_before(client: Client, stage: Stage) -> None:
    client.send("/la/latent/1", 1.0)
    client.send("/la/sync", 7)
    client.settle()
    assert [event for event in stage.events if not isinstance(event, Ask)][-1] == Sync(client.origin, 7)


def test_status_is_asked_of_the_state_thread(client: Client, stage: Stage) -> None:
    client.send("/la/status")
    client.settle()
    assert Ask(client.origin, "status") in stage.events


def test_a_monitor_sees_every_message_and_what_it_did(
    client: Client, connect: Callable[[], Client], stage: Stage
) -> None:
    client.send("/la/monitor", 1)
    client.settle()
    other = connect()
    other.send("/la/pad/9/trigger", 0.5)
    other.send("/la/triger")
    other.settle()
    first, second = [trace for trace in stage.of(Trace) if trace.origin == other.origin][:2]
    assert (first.message, first.effect) == ("/la/pad/9/trigger 0.5", "pad 9 at velocity 0.50")
    assert (second.message, second.effect()) == ("/la/triger", "nothing: no such address; did you mean '/la/trigger'?")


def test_nothing_is_traced_while_nobody_watches(client: Client, stage: Stage) -> None:
    client.send("/la/trigger")
    client.settle()
    assert stage.of(Trace) == [] and len(stage.of(Played)) == 1


def test_a_full_queue_is_not_an_end_of_the_music(client: Client, stage: Stage) -> None:
    stage.full = True
    client.send("/la/latent/1", 1.0)
    client.send("/la/trigger")
    client.settle()
    assert len(stage.hits) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"/",
        b"/la/trigger",
        b"\0" * 65000,
        b"/la/latent/1\0\0\0\0,i\0\0",
        b"/la/latent/1\0\0\0\0,Z\0\0" * 1000,
        b"/la/latent/1\0\0\0\0,,\0\0",
        b"/\xff\xfe\0,\0\0\0",
        b"#bundle\0",
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", -4) * 4,
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 2**31 - 1),
        (b"#bundle\0" + b"\0" * 7 + b"\1" + b"\0\0\1\0") * 400,
    ],
)
def test_a_malformed_packet_is_counted_and_the_next_one_heard(client: Client, server: OscServer, data: bytes) -> None:
    client.send_bytes(data)
    client.settle()
    assert server.counts()["malformed"] == 1


def test_a_port_in_use_is_one_sentence(server: OscServer, stage: Stage) -> None:
    with pytest.raises(ControlError, match=f"OSC port {server.port} is in use; choose another"):
        OscServer("127.0.0.1", server.port, Mapping(), stage.hit, stage.post, lambda: 1)


def test_a_closed_server_gives_its_port_back(serve: Callable[[Mapping], OscServer], stage: Stage) -> None:
    first = OscServer("127.0.0.1", 0, Mapping(), stage.hit, stage.post, lambda: 1)
    first.start()
    first.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", first.port))
