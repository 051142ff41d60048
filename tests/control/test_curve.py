"""Curves, dead zones and controller values: there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentaudio.control.binding import Binding
from latentaudio.control.curve import CURVES, Curve, deaden, enliven, midi_position, midi_value, shape, unshape

TABLE = (0.0, 0.1, 0.1, 0.5, 1.0)
SHARE = st.floats(0.0, 1.0)


@pytest.mark.parametrize(("bits", "values"), [(7, (0, 64, 127)), (14, (0, 8192, 16383))])
def test_a_controllers_middle_is_the_exact_middle(bits: int, values: tuple[int, ...]) -> None:
    assert [midi_position(value, bits) for value in values] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("bits", [7, 14])
def test_every_controller_value_is_found_again_from_its_position(bits: int) -> None:
    assert all(midi_value(midi_position(value, bits), bits) == value for value in range(1 << bits))


@pytest.mark.parametrize("curve", [*CURVES, TABLE])
def test_a_curve_keeps_the_ends_and_never_turns_back(curve: Curve) -> None:
    bent = [shape(step / 100, curve) for step in range(101)]
    assert bent[0] == 0.0 and bent[-1] == pytest.approx(1.0) and bent == sorted(bent)


def test_an_exponential_knob_is_fine_at_the_start() -> None:
    assert Binding("pad.1.pan", curve="exponential").position(0.5) < 0.15
    assert Binding("pad.1.pan", curve="s").position(0.25) < 0.25


def test_a_table_is_straight_between_its_heights() -> None:
    assert [shape(place, (0.0, 0.2, 1.0)) for place in (0.25, 0.5, 0.75, 1.0)] == pytest.approx([0.1, 0.2, 0.6, 1.0])


@given(SHARE, st.sampled_from(CURVES) | st.lists(SHARE, min_size=2, max_size=128).map(tuple))
def test_what_a_curve_can_reach_is_found_again(position: float, curve: Curve) -> None:
    height = shape(position, curve)
    found = unshape(min(max(height, 0.0), 1.0), curve)
    assert 0.0 <= found <= 1.0 and shape(found, curve) == pytest.approx(height, abs=1e-6)


def test_a_dead_zone_holds_the_middle_and_the_ends() -> None:
    heard = [deaden(position, 0.1) for position in (0.0, 0.049, 0.45, 0.5, 0.55, 0.951, 1.0)]
    assert heard == pytest.approx([0.0, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0], abs=1e-9)
    assert deaden(0.25, 0.1) == 0.25


@given(SHARE, st.floats(0.0, 0.4))
def test_what_a_dead_zone_lets_through_is_found_again(position: float, dead: float) -> None:
    assert deaden(enliven(position, dead), dead) == pytest.approx(position, abs=1e-9)
    assert [enliven(rest, dead) for rest in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
