"""Whatever is played, the output stays finite, under the ceiling and free of clicks."""

import numpy as np
import pytest

from latentaudio.engine import CommandPort, Engine, Sound, Strike
from tests.engine.sounds import RATE, level, noise, ns, sine

CEILING = 10 ** (-1 / 20)


def test_nothing_exceeds_the_ceiling(engine: Engine, port: CommandPort) -> None:
    for seed in range(40):
        port.play(Strike(noise(4000, 1.0, seed)), 1.0, 0, ns(seed * 50))
    out = engine.render(8000)
    assert np.abs(out).max() == pytest.approx(CEILING)
    assert engine.counters().limited > 0


def test_the_limiter_acts_on_the_very_first_frame(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(4.0)), 1.0, 0)
    assert np.allclose(engine.render(10), CEILING)


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.5), (0.5, 1.0)])
def test_the_limiter_keeps_the_image(engine: Engine, port: CommandPort, left: float, right: float) -> None:
    port.play(Strike(level(2.0), left=left, right=right), 1.0, 0)
    assert np.allclose(engine.render(10), [CEILING * left, CEILING * right])


def test_the_limiter_recovers_in_80_ms_and_is_exact_again_later(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(CEILING * 2, 1)), 1.0, 0)
    quiet = level(0.1, 2 * RATE)
    port.play(Strike(quiet), 1.0, 0, ns(1))
    out = engine.render(2 * RATE)[:, 0] / np.float32(0.1)
    assert out[1] == pytest.approx(0.5, abs=0.001)
    assert out[RATE * 80 // 1000] == pytest.approx(1 - 0.5 / np.e, abs=0.002)
    assert out[-2] == 1.0


def test_one_pair_is_not_limited_for_another() -> None:
    engine = Engine(RATE, channels=4)
    port = engine.port("test")
    port.play(Strike(level(4.0), pair=0), 1.0, 0)
    port.play(Strike(level(0.5), pair=1), 1.0, 0)
    assert np.allclose(engine.render(10)[:, 2:], 0.5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_becomes_silence_and_is_counted(engine: Engine, port: CommandPort, bad: float) -> None:
    sound = level(0.5)
    sound.samples[100] = bad
    port.play(Strike(sound), 1.0, 0)
    out = engine.render(1000)
    assert np.isfinite(out).all() and not out[100].any()
    assert np.allclose(out[101:], 0.5)
    assert engine.counters().nonfinite == 2


def test_sums_that_overflow_become_silence(engine: Engine, port: CommandPort) -> None:
    for _ in range(2):
        port.play(Strike(level(3e38, 10)), 1.0, 0)
    port.play(Strike(level(0.5)), 1.0, 0, ns(20))
    out = engine.render(1000)
    assert np.isfinite(out).all() and np.allclose(out[20:], 0.5)


def test_the_master_gain_moves_smoothly_and_arrives(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, RATE)), 1.0, 0)
    port.master(0.5, ns(1000))
    out = engine.render(RATE)[:, 0]
    assert out[999] == 0.5
    assert np.abs(np.diff(out)).max() < 0.001
    assert out[1000 + RATE // 100] == pytest.approx(0.25 + 0.25 / np.e, abs=0.002)
    assert out[-1] == 0.25


def test_a_master_gain_of_zero_is_silence(engine: Engine, port: CommandPort) -> None:
    port.master(0.0)
    engine.render(RATE // 2)
    port.play(Strike(sine(100, 1000)), 1.0, 0)
    assert not engine.render(1000).any()


def test_a_master_gain_that_is_no_number_is_refused(port: CommandPort) -> None:
    with pytest.raises(ValueError, match="gain"):
        port.master(float("nan"))


def test_only_sounds_that_can_be_played_are_made() -> None:
    for samples in (np.zeros(0, np.float32), np.zeros(4), np.zeros((2, 2), np.float32), np.zeros(8, np.float32)[::2]):
        with pytest.raises(ValueError, match="float32"):
            Sound(samples)
    for wrong in ({"step": 0.0}, {"decay": -1.0}, {"left": float("nan")}):
        with pytest.raises(ValueError, match="strike"):
            Strike(level(0.5), **wrong)
