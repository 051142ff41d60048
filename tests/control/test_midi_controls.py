"""Every kind of MIDI control does what a mapping binds it to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from latentaudio.control.encoder import ticks
from latentaudio.events import Act, Program, Set
from tests.control.desk import ORIGIN, Desk, mapping_of

Make = Callable[[str], Desk]

CHOOSE_300 = [0xB0, 99, 2], [0xB0, 98, 44]  # 2 * 128 + 44
NULL = [0xB0, 101, 127], [0xB0, 100, 127]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A desk whose mapping has these bindings."""
    return lambda bindings: Desk(mapping_of(tmp_path, f"bindings: [{bindings}]"))


# Two halves.


def test_fourteen_bits_are_two_messages_and_a_new_upper_half_clears_the_lower(make: Make) -> None:
    desk = make("{cc: 1, bits: 14, to: map.x}")
    desk.send([0xB0, 1, 64], [0xB0, 33, 127], [0xB0, 1, 64], [0xB0, 1, 127], [0xB0, 33, 127])
    fine = [64 / 128, 0.5 + 127 / 16382, 0.5, 0.5 + (127 * 128 - 8192) / 16382, 1.0]
    assert desk.set("map.x") == pytest.approx(fine)


def test_the_upper_half_alone_reaches_both_ends(make: Make) -> None:
    desk = make("{cc: 1, bits: 14, to: map.x}")
    desk.turn(0, 64, 127)
    assert desk.set("map.x") == [0.0, 0.5, 1.0]


def test_a_lower_half_is_a_control_of_its_own_where_no_upper_one_wants_it(make: Make) -> None:
    desk = make("{cc: 1, to: map.x}, {cc: 33, to: map.y}")
    assert desk.turn(127, cc=33) == "map.y = 1"


def test_one_controller_can_have_both(make: Make) -> None:
    desk = make("{cc: 1, bits: 14, to: map.x}, {cc: 1, to: map.y}")
    assert desk.turn(127) == "map.x = 1 | map.y = 1"


# Numbered parameters.


@pytest.mark.parametrize(
    ("kind", "choose"), [("nrpn", CHOOSE_300), ("rpn", ([0xB0, 101, 2], [0xB0, 100, 44])), ("nrpn", CHOOSE_300[::-1])]
)
def test_a_numbered_parameter_is_chosen_and_entered(make: Make, kind: str, choose: list[list[int]]) -> None:
    desk = make(f"{{{kind}: 300, to: map.x}}")
    assert desk.send(*choose) == f"chooses {kind} 300"
    assert desk.send([0xB0, 6, 127]) == "map.x = 1"
    assert desk.send([0xB0, 38, 5]) == f"nothing: {kind} 300 is bound with 7 bits"


def test_a_numbered_parameter_of_fourteen_bits_takes_both_halves(make: Make) -> None:
    desk = make("{nrpn: 300, bits: 14, to: map.x}")
    desk.send(*CHOOSE_300, [0xB0, 6, 64], [0xB0, 38, 0], [0xB0, 6, 127], [0xB0, 38, 127])
    assert desk.set("map.x") == pytest.approx([0.5, 0.5, 0.5 + (127 * 128 - 8192) / 16382, 1.0])


def test_increment_and_decrement_step_the_chosen_parameter(make: Make) -> None:
    desk = make("{nrpn: 300, to: focus}")
    desk.send(*CHOOSE_300, [0xB0, 96, 0], [0xB0, 96, 0], [0xB0, 97, 0])
    assert desk.set("focus") == [2.0, 3.0, 2.0]


def test_the_null_parameter_and_a_reset_choose_none(make: Make) -> None:
    desk = make("{rpn: 300, to: map.x}, {cc: 6, to: map.y}")
    for none in (NULL, [[0xB0, 121, 0]]):
        assert desk.send([0xB0, 101, 2], [0xB0, 100, 44], *none).startswith("nothing")
        desk.send([0xB0, 6, 127])
    assert (desk.set("map.x"), desk.set("map.y")) == ([], [1.0, 1.0])


def test_what_is_chosen_is_of_its_port_and_its_channel(make: Make) -> None:
    desk = make("{nrpn: 300, channel: all, to: map.x}")
    desk.send(*CHOOSE_300)
    assert desk.send([0xB1, 6, 127]).startswith("nothing") and desk.send([0xB0, 6, 127], origin="midi:other") != ""
    assert desk.set("map.x") == []
    desk.midi.gone(ORIGIN, 0)
    assert desk.send([0xB0, 6, 127]).startswith("nothing")


def test_data_entry_is_a_plain_controller_where_nothing_bound_is_chosen(make: Make) -> None:
    desk = make("{cc: 96, to: preset.next}, {nrpn: 300, to: map.x}")
    desk.send([0xB0, 96, 127], [0xB0, 99, 0], [0xB0, 98, 1], [0xB0, 96, 127])
    assert [act.name for act in desk.stage.of(Act)] == ["preset.next"] * 2


# Wheels, pressure, programs.


@pytest.mark.parametrize(
    ("binding", "messages", "values"),
    [
        ("bend: true", [[0xE0, 0, 0], [0xE0, 0, 64], [0xE0, 127, 127]], [0.0, 0.5, 1.0]),
        ("pressure: true", [[0xD0, 0], [0xD0, 64], [0xD0, 127]], [0.0, 0.5, 1.0]),
        ("aftertouch: 40", [[0xA0, 40, 0], [0xA0, 41, 127], [0xA0, 40, 127]], [0.0, 1.0]),
        ("note: 40, momentary: true", [[0x90, 40, 1], [0x80, 40, 64], [0x90, 40, 9], [0x90, 40, 0]], [1, 0, 1, 0]),
        ("cc: 1, momentary: true, range: [0.7, 0.2]", [[0xB0, 1, 80], [0xB0, 1, 20]], [0.2, 0.7]),
    ],
)
def test_wheels_and_pressure_and_keys_that_are_held_move_a_parameter(
    make: Make, binding: str, messages: list[list[int]], values: list[float]
) -> None:
    desk = make(f"{{{binding}, to: map.x}}")
    desk.send(*messages)
    assert desk.set("map.x") == pytest.approx(values)


def test_a_pressed_note_that_is_bound_chokes_nothing_and_others_do(tmp_path: Path) -> None:
    desk = Desk(mapping_of(tmp_path, "pads: {40: 1, 41: 2}, bindings: [{aftertouch: 40, to: map.x}]"))
    desk.send([0xA0, 40, 127], [0xA0, 40, 0], [0xA0, 41, 127], [0xA0, 41, 0])
    assert desk.stage.ended == [("choke", 2, 0.0)] and desk.set("map.x") == [1.0, 0.0]


def test_a_program_that_is_bound_is_a_button_and_loads_no_preset(make: Make) -> None:
    desk = make("{program: 5, to: draw}")
    desk.send([0xC0, 5], [0xC0, 6])
    assert desk.stage.of(Act) == [Act(ORIGIN, "draw")]
    assert desk.stage.of(Program) == [Program(ORIGIN, 6)]


# Encoders.


@pytest.mark.parametrize(
    ("encoding", "moved"),
    [
        ("twos", {0: 0, 1: 1, 63: 63, 127: -1, 65: -63, 64: -64}),
        ("offset", {64: 0, 65: 1, 63: -1, 127: 63, 0: -64}),
        ("sign", {0: 0, 1: 1, 63: 63, 64: 0, 65: -1, 127: -63}),
    ],
)
def test_each_encoding_says_how_far_an_encoder_was_turned(encoding: str, moved: dict[int, int]) -> None:
    assert {value: ticks(value, encoding) for value in moved} == moved  # type: ignore[arg-type]


def test_an_encoder_goes_on_from_where_the_parameter_is(make: Make) -> None:
    desk = make("{cc: 1, to: map.x, relative: twos}")
    desk.turn(1, 1)
    desk.elsewhere("map.x", 0.9)
    desk.turn(127)
    assert desk.set("map.x") == pytest.approx([0.5 + 1 / 128, 0.5 + 2 / 128, 0.9 - 1 / 128])


def test_no_tick_is_lost_while_the_state_thread_is_behind(make: Make) -> None:
    desk = make("{cc: 1, to: map.x, relative: offset}")
    desk.is_busy = True
    desk.turn(*[65] * 32, after_s=0.001)
    assert desk.set("map.x")[-1] == pytest.approx(0.75)


def test_an_encoder_presses_one_action_up_and_another_down(make: Make) -> None:
    desk = make("{cc: 1, to: preset.next, relative: twos}, {cc: 1, to: preset.previous, relative: twos, invert: true}")
    desk.turn(1, 127, 3)
    assert [act.name for act in desk.stage.of(Act)] == ["preset.next", "preset.previous", "preset.next"]


# What a channel says of all its controls.


def test_a_reset_sets_back_what_rp_015_names_and_leaves_the_rest(make: Make) -> None:
    desk = make(
        "{cc: 1, to: map.x}, {cc: 11, to: map.y}, {bend: true, to: pad.1.pan}, {pressure: true, to: pad.2.pan}, "
        "{cc: 7, to: master.level}, {cc: 74, to: temperature}, {cc: 64, to: walk.run, toggle: true}, "
        "{cc: 66, to: focus, relative: offset}, {cc: 1, channel: 2, to: pad.3.pan}"
    )
    desk.send([0xB0, 121, 0])
    changed = {change.name: change.value for change in desk.stage.of(Set)}
    assert changed == {"map.x": 0.0, "map.y": 1.0, "pad.1.pan": 0.0, "pad.2.pan": -1.0}


@pytest.mark.parametrize("mode", [123, 124, 127])
def test_all_notes_off_lets_go_of_the_channels_notes(tmp_path: Path, mode: int) -> None:
    desk = Desk(mapping_of(tmp_path, "pads: {36-51: 1-16}"))
    desk.stage.gate = True
    desk.send([0x90, 36, 90], [0x90, 38, 90], [0xB1, mode, 0])
    assert desk.stage.ended == []
    assert desk.send([0xB0, mode, 0]) == "lets go of 2 notes"
    assert desk.stage.ended == [("release", 1, 0.0), ("release", 3, 0.0)]


def test_a_port_that_goes_lets_go_of_its_notes_and_its_held_buttons_alone(tmp_path: Path) -> None:
    desk = Desk(mapping_of(tmp_path, "pads: {36-51: 1-16}, bindings: [{note: 60, to: map.x, momentary: true}]"))
    desk.stage.gate = True
    desk.send([0x90, 36, 90], [0x90, 60, 90])
    desk.send([0x90, 38, 90], origin="midi:other")
    desk.midi.gone(ORIGIN, desk.now_ns)
    assert desk.stage.ended == [("release", 1, 0.0)] and desk.set("map.x") == [1.0, 0.0]


def test_what_does_nothing_is_counted(make: Make) -> None:
    desk = make("{cc: 1, to: map.x}")
    desk.send([0xB0, 2, 1], [0xB0, 1, 1], [0x90, 1], [0x90, 1, 1], [0x80, 1, 1])
    counters = desk.midi.counters
    assert (counters.messages, counters.malformed, counters.unused) == (5, 1, 2)
