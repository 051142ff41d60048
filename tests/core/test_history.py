"""The history of a run: bounded, and true to what it was told."""

import json

import pytest

from latentaudio.core.history import MOST, Curve, History


def filled(count: int) -> Curve:
    curve = Curve()
    for step in range(1, count + 1):
        curve.add([step, 2.0 * step])
    return curve


@pytest.mark.parametrize("count", [1, MOST - 1, MOST, 1000, 12345])
def test_a_curve_stays_short_and_ends_at_the_last_step(count: int) -> None:
    rows = filled(count).all()
    assert len(rows) <= MOST and rows[-1][0] == count


def test_a_long_curve_keeps_its_shape() -> None:
    rows, width = filled(5000).all(), filled(5000).width
    assert all(value == pytest.approx(2.0 * step, abs=width * 2 + 0.001 * value) for step, value in rows)


def test_a_short_curve_is_kept_whole() -> None:
    assert filled(3).all() == [[1, 2.0], [2, 4.0], [3, 6.0]]


def test_a_history_is_small_json() -> None:
    history = History(filled(9999), filled(9999))
    stored = history.summary(["loss"], "valid")
    assert stored["terms"] == ["step", "loss"] and len(json.dumps(stored)) < 10_000
