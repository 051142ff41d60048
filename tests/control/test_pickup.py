"""A knob that was left elsewhere waits until it is picked up, and then has its parameter."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentaudio.control.curve import midi_position
from latentaudio.control.pickup import NEAR, Grip
from tests.control.desk import Desk, mapping_of

Make = Callable[[str], Desk]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return lambda text: Desk(mapping_of(tmp_path, f"bindings: [{{cc: 1, to: {text}}}]"))


@pytest.fixture
def desk(make: Make) -> Desk:
    """Controller 1 picks up the map's x, which stands in the middle."""
    return make("map.x, pickup: pickup")


def test_the_first_value_is_ignored_even_where_it_fits(desk: Desk) -> None:
    assert desk.turn(64) == "nothing: waiting for pickup, 0.00 away"
    assert desk.turn(65) == "map.x = 0.5079"


def test_a_far_knob_moves_nothing_until_it_comes_near_or_passes(desk: Desk) -> None:
    assert desk.turn(10, 20, 60) == "nothing: waiting for pickup, 0.03 away"
    assert desk.turn(61, 62) == "map.x = 0.4844" and len(desk.set("map.x")) == 2


def test_a_fast_sweep_passes(desk: Desk) -> None:
    desk.turn(0, 127, 3, after_s=0.001)
    assert desk.set("map.x") == [1.0, midi_position(3)]


@pytest.mark.parametrize("after_s", [1.0, 0.001])
def test_whatever_moves_the_parameter_takes_it_out_of_the_hand(desk: Desk, after_s: float) -> None:
    desk.turn(62, 65, 70, after_s=after_s)
    desk.elsewhere("map.x", 0.1)  # a preset, an undo, an OSC client, another knob
    assert desk.turn(71, 80, after_s=after_s).startswith("nothing: waiting for pickup")
    assert desk.turn(11, after_s=after_s) == "map.x = 0.08594"


def test_a_hand_keeps_hold_while_the_state_thread_is_behind(desk: Desk) -> None:
    desk.turn(62, 64)
    desk.is_busy = True
    desk.turn(*range(65, 128), after_s=0.0002)
    assert len(desk.set("map.x")) == 64


@pytest.mark.parametrize(("busy", "after_s"), [(True, 1.0), (False, 0.001)])
def test_a_value_that_the_sweep_had_passed_is_no_longer_in_the_hand(desk: Desk, busy: bool, after_s: float) -> None:
    desk.turn(62, 64)
    desk.is_busy = busy
    desk.turn(*range(65, 100), after_s=0.0002)
    desk.is_busy = False
    desk.catch_up()
    desk.elsewhere("map.x", midi_position(70))
    assert desk.turn(101, after_s=after_s).startswith("nothing: waiting for pickup")


def test_the_distance_is_told_until_the_knob_has_it(desk: Desk) -> None:
    desk.turn(0, 32, 96, 100)
    assert desk.distances == [0.5, 0.25, 0.0]
    desk.elsewhere("map.x", 0.0)
    desk.turn(96)
    assert desk.distances[-1] == -0.754


def test_scaling_arrives_at_the_end_with_the_knob_and_follows_it_from_there(make: Make) -> None:
    desk = make("map.x, pickup: scale")
    assert desk.turn(0) == "nothing: its first value only says where it stands"
    desk.turn(64, 127, 96, 127)
    assert desk.set("map.x") == pytest.approx([0.75, 1.0, midi_position(96), 1.0])


def test_scaling_down_goes_by_the_way_that_is_left_below(make: Make) -> None:
    desk = make("map.x, pickup: scale")
    desk.turn(127, 64, 0)
    assert desk.set("map.x") == pytest.approx([0.25, 0.0], abs=1e-9)


def test_a_relative_knob_adds_what_it_is_turned_and_stops_at_the_ends(make: Make) -> None:
    desk = make("map.x, pickup: relative, range: [0.2, 0.8]")
    desk.turn(0, 32, 127, 126)
    assert desk.set("map.x") == pytest.approx([0.65, 0.8, 0.8 - 0.6 / 126])


def test_steps_hold_for_a_knob_that_is_picked_up(make: Make) -> None:
    desk = make("pad.1.tune, pickup: relative, step: 12")
    desk.turn(64, 70, 100)
    assert set(desk.set("pad.1.tune")) <= {0.0, 12.0}


def test_a_jumping_knob_needs_none_of_it(make: Make) -> None:
    desk = make("map.x")
    assert desk.turn(127) == "map.x = 1" and not desk.distances


@given(st.sampled_from(["pickup", "scale", "relative"]), st.lists(st.tuples(*[st.floats(0, 1)] * 2)))
def test_no_pickup_leaves_the_range_and_no_picked_up_value_jumps(mode: str, moves: list[tuple[float, float]]) -> None:
    grip = Grip(mode)  # type: ignore[arg-type]
    last: float | None = None
    for at, (wanted, actual) in enumerate(moves):
        goes = grip.take(wanted, actual, at * 10**9)
        assert goes is None or -1e-9 <= goes <= 1.0 + 1e-9
        if mode == "pickup" and goes is not None and last is not None:
            assert min(last, wanted) - NEAR <= actual <= max(last, wanted) + NEAR
        last = wanted
