"""What must never reach a voice."""

import numpy as np
import pytest

from latentaudio.render.check import fault

KICK = (np.sin(np.arange(4410) / 60) * np.exp(-np.arange(4410) / 800)).astype(np.float32)


def test_a_kick_may_be_played():
    assert fault(KICK) is None


@pytest.mark.parametrize(("samples", "why"), [
    (np.where(np.arange(4410) == 99, np.nan, KICK), "NaN"),
    (np.where(np.arange(4410) == 99, np.inf, KICK), "NaN"),
    (KICK * 1e-5, "silence"),
    (KICK[:0], "silence"),
    (KICK * 0.1 + 0.5, "DC"),
    (KICK * 100, "too loud"),
])  # fmt: skip
def test_what_is_no_sound_is_named(samples, why):
    assert fault(samples.astype(np.float32)) == why
