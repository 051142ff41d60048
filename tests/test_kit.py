"""What a hit picks of a pad: layers, turns."""

import numpy as np
import pytest

from latentaudio.engine.commands import Sound, Strike
from latentaudio.kit import Pad

STRIKES = tuple(tuple(Strike(Sound(np.ones(1, np.float32))) for _ in range(4)) for _ in range(3))


@pytest.mark.parametrize(("velocity", "layer"), [(1.0, 0), (0.76, 0), (0.75, 1), (0.5, 2), (0.25, 3), (0.001, 3)])
def test_a_softer_hit_plays_a_softer_layer(velocity, layer):
    assert Pad(STRIKES[:1], 1.0).strike(velocity) is STRIKES[0][layer]


def test_hits_take_turns_whatever_their_layers():
    pad = Pad(STRIKES, 1.0)
    heard = [pad.strike(velocity) for velocity in (1.0, 0.1, 1.0, 0.1)]
    assert heard == [STRIKES[0][0], STRIKES[1][3], STRIKES[2][0], STRIKES[0][3]]


def test_turns_may_have_different_layers():
    pad = Pad((STRIKES[0], STRIKES[1][:1]), 1.0)
    assert [pad.strike(0.1), pad.strike(0.1)] == [STRIKES[0][3], STRIKES[1][0]]


@pytest.mark.parametrize("strikes", [(), ((),), (STRIKES[0], ())])
def test_a_pad_without_a_strike_is_refused(strikes):
    with pytest.raises(ValueError, match="layer"):
        Pad(strikes, 1.0)
