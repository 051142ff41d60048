"""Who hears of what: changes, hits, answers and dumps, over real sockets."""

import socket
from collections.abc import Callable
from contextlib import closing
from threading import Event
from time import perf_counter

import pytest

from latentaudio.control.client import SILENT_AFTER, SUBSCRIBED_FOR, origin_of, sender_of
from latentaudio.control.clients import DUMP_EVERY, MAX_CLIENTS, Clients
from latentaudio.control.learned import Learned
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.osc_addresses import Route
from latentaudio.control.osc_codec import BUNDLE_BYTES, Message, encode
from latentaudio.control.osc_dispatch import Dispatcher
from latentaudio.control.udp import LARGEST
from latentaudio.events import Ask
from latentaudio.parameters import PARAMETERS
from tests.control.conftest import Client, Stage, eventually

Connect = Callable[[], Client]
FRAME = 1.001 / 60  # a little more than the time between two flushes
LEVEL = [("/la/master/level", [pytest.approx(10 / 11)]), ("/la/master/level/db", [0.0])]


@pytest.fixture
def listener(connect: Connect) -> Client:
    """A client that has said enough to hear of every change."""
    return listening(connect())


def listening(client: Client) -> Client:
    client.settle()
    client.settle()
    return client


def test_a_change_reaches_everyone_but_who_made_it(server: OscServer, connect: Connect) -> None:
    one, two = listening(connect()), listening(connect())
    server.feedback.changed("master.level", 0.0, one.origin)
    server.feedback.flush(1.0)
    assert (one.pending(), two.pending()) == ([], LEVEL)


def test_a_change_that_was_adjusted_reaches_its_maker_too(server: OscServer, listener: Client) -> None:
    server.feedback.changed("master.level", 0.0, listener.origin, adjusted=True)
    server.feedback.flush(1.0)
    assert listener.pending() == LEVEL


def test_what_a_midi_knob_moves_reaches_osc(server: OscServer, listener: Client) -> None:
    server.feedback.changed("latent.5", 1.5, "midi:LPD8")
    server.feedback.flush(1.0)
    assert listener.pending() == [("/la/latent/5", [0.75])]


def test_how_far_a_knob_is_from_its_parameter_reaches_osc_the_latest_of_a_frame(
    server: OscServer, listener: Client
) -> None:
    for away in (0.5, -0.25):
        server.feedback.waiting("map.x", away)
    server.feedback.flush(1.0)
    assert listener.pending() == [("/la/pickup/map/x", [-0.25])]


def test_many_changes_in_a_frame_are_one_message_with_the_latest_value(server: OscServer, listener: Client) -> None:
    for step in range(100):
        server.feedback.changed("latent.1", step / 100, "demo")
        server.feedback.flush(1.0 + step * FRAME / 200)
    server.feedback.flush(1.0 + FRAME)
    values = [value for _, (value,) in listener.pending()]
    assert values == pytest.approx([0.5, 0.5 + 0.99 / 6])


def test_each_hit_is_told_at_once_and_by_itself(server: OscServer, listener: Client) -> None:
    for velocity in (1.0, 0.5):
        server.feedback.played(4, velocity, "midi:LPD8")
    assert listener.pending() == [("/la/pad/4/trigger", [1.0]), ("/la/pad/4/trigger", [0.5])]


def test_a_hit_is_not_told_to_who_made_it(server: OscServer, connect: Connect) -> None:
    one, two = listening(connect()), listening(connect())
    server.feedback.played(4, 1.0, one.origin)
    assert (one.pending(), two.pending()) == ([], [("/la/pad/4/trigger", [1.0])])


def test_one_packet_makes_nobody_a_target(server: OscServer, client: Client) -> None:
    client.settle()
    server.feedback.played(1, 1.0, "demo")
    server.feedback.changed("focus", 2.0, "demo")
    server.feedback.flush(1.0)
    assert client.pending() == []


def test_a_newcomer_is_due_one_dump_at_its_second_packet(stage: Stage, client: Client) -> None:
    asked = []
    for _ in range(3):
        client.settle()
        asked.append(stage.events.count(Ask(client.origin, "dump")))
    client.send("/la/subscribe")
    client.settle()
    assert (asked, stage.events) == ([0, 1, 1], [Ask(client.origin, "dump")])


def test_a_dump_is_the_whole_state_in_small_packets(server: OscServer, client: Client) -> None:
    values = {name: row.default for name, row in PARAMETERS.items()}
    client.settle()
    server.feedback.dump(client.origin, values)
    packets = []
    while sum(map(len, packets)) < len(values):
        packets.append(client.receive())
    addresses = [address for packet in packets for address, _ in packet]
    assert len(set(addresses)) == len(addresses) and len(packets) > 1
    assert max(len(packet) for packet in packets) * 20 <= BUNDLE_BYTES


def test_subscribing_with_a_port_sends_changes_there(server: OscServer, connect: Connect) -> None:
    sender, receiver = connect(), connect()
    sender.send("/la/subscribe", receiver.socket.getsockname()[1])
    sender.send("/la/ping")
    assert receiver.receive() == [("/la/pong", [])]
    server.feedback.played(2, 1.0, "demo")
    assert receiver.receive() == [("/la/pad/2/trigger", [1.0])]


def test_unsubscribing_ends_the_echo_but_not_the_answers(server: OscServer, listener: Client) -> None:
    listener.send("/la/unsubscribe")
    listener.settle()
    server.feedback.played(1, 1.0, "demo")
    server.feedback.answer(listener.origin, "/la/synced", 3)
    assert listener.pending() == [("/la/synced", [3])]


def test_clients_of_the_mapping_hear_of_everything_from_the_start(
    serve: Callable[[Mapping], OscServer], stage: Stage, connect: Connect
) -> None:
    tablet = connect()
    server = serve(Mapping(clients=(("localhost", tablet.socket.getsockname()[1]),)))
    assert eventually(lambda: stage.events == [Ask(tablet.origin, "dump")])
    server.feedback.played(1, 1.0, "demo")
    assert tablet.pending() == [("/la/pad/1/trigger", [1.0])]


def test_a_name_server_that_is_slow_holds_up_nobody_but_the_client_of_that_name(
    serve: Callable[[Mapping], OscServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Event()
    monkeypatch.setattr(socket, "gethostbyname", lambda _: answered.wait(5.0) and "10.0.0.2")
    server = serve(Mapping(clients=(("tablet.local", 9001), ("10.0.0.1", 9001))))
    assert server.clients == ["10.0.0.1:9001"]
    answered.set()
    assert eventually(lambda: server.clients == ["10.0.0.1:9001", "10.0.0.2:9001"])


@pytest.mark.parametrize("name", ["nobody.invalid", "two..dots"])
def test_a_client_that_cannot_be_found_is_one_line(
    serve: Callable[[Mapping], OscServer], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    server = serve(Mapping(clients=((name, 9001), ("127.0.0.1", 9001))))
    assert eventually(lambda: f"OSC client {name} cannot be found" in caplog.text)
    assert len(caplog.records) == 1 and server.clients == ["127.0.0.1:9001"]


def test_a_value_asked_for_is_told_to_who_asked(server: OscServer, listener: Client) -> None:
    server.feedback.tell(listener.origin, "master.level", 0.0)
    assert listener.pending() == LEVEL


def test_status_is_a_message_for_each_fact_and_one_json_for_programs(server: OscServer, client: Client) -> None:
    client.settle()
    server.feedback.status(client.origin, {"audio": {"xruns": 0, "driver": "jack"}, "midi": {"ports": ["a", "b"]}})
    said = dict(client.pending())
    assert said["/la/status/audio/xruns"] == [0] and said["/la/status/midi/ports"] == ["a", "b"]
    assert said["/la/status/json"] == ['{"audio": {"xruns": 0, "driver": "jack"}, "midi": {"ports": ["a", "b"]}}']


def test_the_preset_in_use_is_told_at_its_own_address_too(server: OscServer, listener: Client) -> None:
    server.feedback.status(None, {"preset": "Deep"})
    assert listener.pending() == [("/la/status/preset", ["Deep"]), ("/la/preset/name", ["Deep"])]


def test_what_takes_its_time_is_answered_at_once_to_who_asked(server: OscServer, connect: Connect) -> None:
    one, two = listening(connect()), listening(connect())
    server.feedback.progress(one.origin, "map.load", 3, 40)
    server.feedback.done(one.origin, "map.load", "kicks", 40)
    server.feedback.fail(one.origin, "/la/preset/load", "no preset 'Dep'")
    told = [("progress", ["/la/map/load", 3, 40]), ("done", ["/la/map/load", "kicks", 40]),
            ("fail", ["/la/preset/load", "no preset 'Dep'"])]  # fmt: skip
    assert one.pending() == [(f"/la/{kind}", values) for kind, values in told] and two.pending() == []


def test_the_place_on_the_map_is_told_whole_though_one_coordinate_moved(server: OscServer, listener: Client) -> None:
    server.feedback.dump("demo", {"map.x": 0.5, "map.y": 0.75})
    server.feedback.changed("map.x", 0.25, "midi:LPD8")
    server.feedback.flush(1.0)
    assert listener.pending() == [("/la/map/x", [0.25]), ("/la/map/xy", [0.25, 0.75])]


def test_who_moved_both_coordinates_is_not_told_the_place(server: OscServer, connect: Connect) -> None:
    one, two = listening(connect()), listening(connect())
    for name in ("map.x", "map.y"):
        server.feedback.changed(name, 0.5, one.origin)
    server.feedback.flush(1.0)
    server.feedback.changed("map.x", 1.0, two.origin)
    server.feedback.changed("map.y", 1.0, one.origin)
    server.feedback.flush(2.0)
    assert one.pending() == [("/la/map/x", [1.0]), ("/la/map/xy", [1.0, 1.0])]
    told = [values for address, values in two.pending() if address == "/la/map/xy"]
    assert told == [[0.5, 0.5], [1.0, 1.0]]


def test_a_learned_attribute_is_told_by_its_name_as_well(server: OscServer, listener: Client) -> None:
    server.learned = ("zero", "dark wood")
    for number in (1, 2, 3):
        server.feedback.changed(f"attribute.learned.{number}", 3.0, "demo")
    server.feedback.flush(1.0)
    told = ["learned/1", "learned/2", "dark_wood", "learned/3"]  # `/la/attribute/zero` does something else
    assert listener.pending() == [(f"/la/attribute/{each}", [1.0]) for each in told]


def test_answers_to_midi_and_the_daemon_go_nowhere(server: OscServer, listener: Client) -> None:
    for origin in ("midi:LPD8", "daemon", "demo"):
        server.feedback.error(origin, "draw", "no")
        server.feedback.tell(origin, "focus", 1.0)
        server.feedback.done(origin, "preset.load", "Deep")
    server.feedback.flush(1.0)
    assert listener.pending() == []


def test_a_flood_of_errors_is_a_few_answers(server: OscServer, listener: Client) -> None:
    for number in range(1000):
        server.feedback.error(listener.origin, f"/la/wrong/{number}", "no such address")
    server.feedback.flush(1.0)
    assert len(listener.pending()) == 8


def test_a_client_that_has_gone_is_forgotten(server: OscServer, connect: Connect) -> None:
    gone = listening(connect())
    server.feedback.flush(perf_counter())
    gone.socket.close()
    server.feedback.played(1, 1.0, "demo")

    def forgotten() -> bool:
        server.feedback.flush(perf_counter())
        return server.clients == []

    assert eventually(forgotten)


def test_a_client_that_comes_back_at_its_port_before_it_is_forgotten_stays(server: OscServer, connect: Connect) -> None:
    gone = listening(connect())
    server.feedback.flush(perf_counter())
    place = gone.socket.getsockname()
    gone.socket.close()
    server.feedback.played(1, 1.0, "demo")  # to nobody
    with closing(Client(server.port, place[1]).socket) as back:
        back.sendto(encode("/la/ping"), ("127.0.0.1", server.port))
        back.recv(LARGEST)
        server.feedback.flush(perf_counter() + FRAME)
    assert server.clients == [f"127.0.0.1:{place[1]}"]


def sender(number: int) -> tuple[str, int]:
    return ("10.0.0.1", 9000 + number)


def test_there_are_never_more_than_32_clients_and_passers_by_make_room() -> None:
    clients = Clients()
    for _ in range(2):
        clients.heard(sender(0), 0.0)
    for number in range(1, 100):
        clients.heard(sender(number), float(number))
    assert len(clients.all()) == MAX_CLIENTS and "10.0.0.1:9000" in clients.all()


def test_subscribers_are_never_pushed_out() -> None:
    clients = Clients()
    for number in range(MAX_CLIENTS + 5):
        clients.subscribe(sender(number), 9000 + number, 0.0)
    assert clients.all() == [f"10.0.0.1:{9000 + number}" for number in range(MAX_CLIENTS)]


def test_a_thousand_subscriptions_of_one_program_are_one_client_and_one_dump() -> None:
    clients = Clients()
    dumps = [clients.subscribe(sender(number), 9001, number / 1000) for number in range(1000)]
    assert clients.all() == ["10.0.0.1:9001"] and sum(dumps) == 1


def test_a_program_of_the_mapping_that_subscribes_is_still_never_forgotten() -> None:
    clients = Clients([sender(1)])
    clients.subscribe(sender(2), sender(1)[1], 0.0)
    clients.forget([], 1e6)
    assert clients.all() == ["10.0.0.1:9001"]


def test_a_dump_can_be_had_again_after_five_seconds() -> None:
    clients = Clients()
    times = (0.0, 1.0, DUMP_EVERY, DUMP_EVERY + 1)
    assert [clients.subscribe(sender(1), 9001, now) for now in times] == [True, False, True, False]


def test_the_silent_are_forgotten_subscribers_later_and_fixed_ones_never() -> None:
    clients = Clients([sender(1)])
    clients.heard(sender(2), 0.0)
    clients.subscribe(sender(3), 9003, 0.0)
    left = []
    for now in (SILENT_AFTER, SILENT_AFTER + 1, SUBSCRIBED_FOR + 1):
        clients.forget([], now)
        left.append(len(clients.all()))
    assert left == [3, 2, 1] and clients.dropped == 2


def test_a_program_that_leaves_stops_watching() -> None:
    clients = Clients()
    clients.heard(sender(1), 0.0)
    clients.monitor(sender(1), True)
    assert clients.monitored
    clients.forget([], 0.5)
    clients.forget([sender(1)], 1.0)
    assert not clients.monitored


@pytest.mark.parametrize("address", ["/la/status", "/la/map/points", "/la/preset/list"])
def test_a_first_packet_from_elsewhere_gets_no_long_answer(server: OscServer, stage: Stage, address: str) -> None:
    clients = Clients()
    routes = {address: Route(lambda call: "asks" if stage.post(Ask(call.origin)) else "")}
    dispatcher = Dispatcher(routes, Learned(), clients, server.feedback, stage.post)
    asked = []
    for _ in range(2):
        clients.heard(sender(1), 0.0)
        dispatcher.message(Message(1, address, []), sender(1), 0)
        asked.append(len(stage.of(Ask)))
    assert asked == [0, 1] and dispatcher.counters.refused == 1


def test_origins_and_senders_are_one_to_one() -> None:
    assert sender_of(origin_of(sender(4))) == sender(4)
    assert sender_of("midi:LPD8") is None
