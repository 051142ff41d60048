"""Bytes to messages and back."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message_builder import build_msg

from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Addresses, Call, Refusal
from latentaudio.control.osc_codec import BUNDLE_BYTES, MalformedPacket, bundled, decode, encode
from latentaudio.control.osc_orders import QUESTIONS
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.control.osc_time import unix_ns
from latentaudio.events import Order, Program, Set, SetLatents, SetTogether
from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS
from tests.control.conftest import Stage

INTEGERS = st.integers(-(2**31), 2**31 - 1)
NUMBERS = INTEGERS | st.floats(width=32, allow_nan=False) | st.booleans() | st.text("abc 0.9", max_size=9)
WORDS = st.sampled_from(
    [
        "pad",
        "1",
        "*",
        "latent",
        "level",
        "db",
        "note",
        "focus",
        "{1,2}",
        "[!3]",
        "trigger",
        "all",
        "?",
        "map",
        "xy",
        "snap",
        "points",
        "preset",
        "load",
        "number",
        "attribute",
    ]
)
ADDRESSES = st.lists(WORDS, max_size=4).map(lambda words: "/".join(["/la", *words]))
PIECES = st.binary(max_size=40) | st.sampled_from(
    [b"#bundle\0", b"\0\0\0\0\0\0\0\1", b"\xff\xff\xff\xfc", b"\0\0\0\x0c", b"/la\0", b",f\0\0", b",[]\0", b",b\0\0"]
)


def test_a_message_comes_back_as_it_was_sent() -> None:
    (message,) = decode(encode("/la/x", 1, 0.5, "two", True))
    assert (message.address, message.values, message.time_tag) == ("/la/x", [1, 0.5, "two", True], 1)


@given(st.lists(st.binary(min_size=1, max_size=300).map(lambda data: encode("/x", data)), max_size=40))
def test_bundles_keep_every_message_in_order_and_fit_a_datagram(messages: list[bytes]) -> None:
    packets = list(bundled(messages))
    assert all(len(packet) <= BUNDLE_BYTES for packet in packets)
    sent = [decode(message)[0].values for message in messages]
    assert [message.values for packet in packets for message in decode(packet)] == sent


def test_a_packet_is_filled_to_its_limit_and_not_beyond() -> None:
    messages = [encode("/x", 1)] * 2
    full = 16 + 2 * (4 + len(messages[0]))
    assert [len(list(bundled(messages, limit))) for limit in (full, full - 1)] == [1, 2]


def test_a_bundle_in_a_bundle_has_its_own_time() -> None:
    inner = b"#bundle\0" + struct.pack(">Qi", 5 << 32, len(encode("/b"))) + encode("/b")
    outer = b"#bundle\0" + struct.pack(">Qi", 4 << 32, len(encode("/a"))) + encode("/a")
    messages = decode(outer + struct.pack(">i", len(inner)) + inner)
    assert [(each.address, each.time_tag >> 32) for each in messages] == [("/a", 4), ("/b", 5)]


def test_time_tags_are_exact_to_the_nanosecond() -> None:
    assert unix_ns((2_208_988_800 + 1_700_000_000 << 32) + 2**31) == 1_700_000_000_500_000_000


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_any_bytes_are_messages_or_malformed(data: bytes) -> None:
    try:
        assert all(message.address.startswith("/") for message in decode(data))
    except MalformedPacket as refusal:
        assert str(refusal)


@given(ADDRESSES, st.lists(NUMBERS | st.floats() | st.none() | st.binary() | st.just([1]), max_size=4))
def test_no_message_moves_a_parameter_out_of_its_range(address: str, values: list[object]) -> None:
    stage = Stage()
    for _, route in routes(stage).find(address):
        try:
            assert route.do(Call(("127.0.0.1", 9), address, values, 1))
        except Refusal as refusal:
            assert str(refusal)
    assert all(PARAMETERS[change.name].clip(change.value) == change.value for change in stage.of(Set))
    assert all(-3 <= value <= 3 for move in stage.of(SetLatents) for value in move.values)
    assert all(0 <= value <= 1 for move in stage.of(SetTogether) for _, value in move.values)
    assert all(program.number >= 0 for program in stage.of(Program)) and all(order.text for order in stage.of(Order))
    assert all(1 <= pad <= 16 and 0 < velocity <= 1 for pad, velocity, _, _ in stage.hits)


def routes(stage: Stage) -> Addresses:
    return Addresses(instrument_routes(Mapping(note_pads={36: 1}), stage.hands()))


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("/la/pad/*/level", 16),
        ("/la/pad/?/level", 9),
        ("/la/pad/{1,2}/{level,pan}", 4),
        ("/la/lock/1*", 40),
        ("/la/*/?/level/db", 9),
    ],
)
def test_a_pattern_means_every_address_that_fits_part_by_part(pattern: str, count: int) -> None:
    assert len(routes(Stage()).find(pattern)) == count


def test_no_two_things_have_the_same_address() -> None:
    units = sum(bool(row.unit) for row in PARAMETERS.values())
    others = ["/la/note", "/la/latent/all", "/la/map/xy", "/la/preset/number", "/la/map/point", *QUESTIONS]
    names = len(PARAMETERS) + units + len(ACTIONS) + len(ORDERS) + len(others)
    assert len(instrument_routes(Mapping(), Stage().hands())) == names


def test_a_flood_of_costly_patterns_is_refused_and_one_that_is_known_goes_on() -> None:
    book = routes(Stage())
    assert len(book.find("/la/pad/*/level")) == 16
    costly = ["/*/*/*/*{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" + str(number) for number in range(700)]
    assert all(book.find(pattern) == [] for pattern in costly)
    assert book.explain(costly[-1]).endswith("too many patterns came at once")
    assert book.explain("/la/x/*" * 50) == "no address fits this pattern"
    assert len(book.find("/la/pad/*/level")) == 16 and len(book.find("/la/draw")) == 1


@given(st.text("/la*?[]{},!-x1\\", max_size=60).map(lambda text: "/" + text))
def test_any_pattern_finds_something_or_nothing(pattern: str) -> None:
    ADDRESS_BOOK.find(pattern)
    assert ADDRESS_BOOK.explain(pattern).startswith("no ")


ADDRESS_BOOK = routes(Stage())


@given(st.sampled_from(["/la/latent/1", "/la/map/x", "/a"]), st.floats(width=32, allow_nan=False))
def test_the_short_way_for_a_single_float_writes_what_python_osc_does(address: str, value: float) -> None:
    assert encode(address, value) == build_msg(address, [value]).dgram


def test_a_flood_of_wrong_addresses_costs_few_searches_and_each_is_still_explained() -> None:
    book = routes(Stage())
    told = [book.explain("/la/mastr/level") for _ in range(3)] + [book.explain(f"/la/mastr/{n}x") for n in range(1000)]
    assert told == ["no such address; did you mean '/la/master/level'?"] * 3 + ["no such address"] * 1000
