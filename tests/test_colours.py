"""Colours that say what a sound is like."""

import numpy as np
import pytest

from latentaudio.colours import STOPS, colours


def test_colours_rise_with_the_measure():
    made = colours(np.arange(101.0))
    assert np.allclose(made[0], STOPS[0]) and np.allclose(made[100], STOPS[-1])
    luma = made @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luma) > -1e-6).all()


@pytest.mark.parametrize("values", [[], [3.0], [2.0, 2.0], [np.nan, np.nan], [np.inf, 1.0, -np.inf, np.nan]])
def test_every_measure_has_a_colour(values):
    made = colours(values)
    assert made.shape == (len(values), 3) and ((made >= 0.0) & (made <= 1.0)).all()
