"""What a pad's sounds are made of."""

import numpy as np
import pytest

from latentaudio.latent.posterior import Posterior
from latentaudio.state import State
from latentaudio.voicing import Voicer
from tests.fakes import library


@pytest.fixture
def state():
    state = State.of(library())
    state.values["pad.1.vary"] = 0.5
    return state


@pytest.fixture
def voicer():
    made = library()
    return Voicer(made.attributes, Posterior(made.mean, made.scale))


def test_a_pad_that_comes_back_is_not_voiced_again(voicer, state):
    first, elsewhere = voicer(state, 0), state.copy()
    elsewhere.points[0] += 1.0
    assert voicer(elsewhere, 0) is not first
    assert voicer(state, 0) is first


@pytest.mark.parametrize("name, value", [("vary.turns", 2.0), ("pad.1.vary", 0.9), ("pad.1.darken", 0.5)])
def test_whatever_a_sound_is_made_of_makes_another(voicer, state, name, value):
    first = voicer(state, 0)
    state.values[name] = value
    changed = voicer(state, 0)
    assert changed is not first
    assert name == "pad.1.darken" or not np.array_equal(changed.latents, first.latents)


def test_pads_at_one_point_vary_each_in_its_own_way(voicer, state):
    state.points[1] = state.points[0]
    state.values["pad.2.vary"] = 0.5
    assert not np.array_equal(voicer(state, 0).latents[1], voicer(state, 1).latents[1])


def test_pads_are_voiced_together_as_they_are_alone(voicer, state):
    state.values["pad.3.darken"] = 0.0
    state.attributes[4] = 0.5
    together = voicer.all(state)
    alone = [Voicer(voicer.attributes, voicer.posterior)(state, pad) for pad in range(16)]
    assert [(each.turns, each.layers) for each in together] == [(each.turns, each.layers) for each in alone]
    assert all(np.allclose(one.latents, other.latents, atol=1e-5) for one, other in zip(together, alone, strict=True))
