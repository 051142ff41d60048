"""A hit comes out as it was rendered, where and how it was asked for."""

import numpy as np
import pytest

from latentaudio.engine import CommandPort, Engine, Sound, Strike
from tests.engine.sounds import RATE, first_sound, level, noise, ns, sine


def test_a_hit_below_the_ceiling_is_exact_to_the_bit(engine: Engine, port: CommandPort) -> None:
    sound = noise(1000)
    port.play(Strike(sound), 1.0, 0)
    out = engine.render(1200)
    assert np.array_equal(out[:1000, 0], sound.samples)
    assert np.array_equal(out[:1000, 1], sound.samples)
    assert not out[1000:].any()


@pytest.mark.parametrize("frames", [1, 7, 64, 255, 256, 257, 1000, 5000])
def test_the_block_size_changes_nothing(engine: Engine, port: CommandPort, frames: int) -> None:
    sound = noise(3000)
    port.play(Strike(sound, step=1.3, decay=0.05), 1.0, 0, ns(77))
    whole = Engine(RATE)
    whole.port("whole").play(Strike(sound, step=1.3, decay=0.05), 1.0, 0, ns(77))
    blocks = [engine.render(frames) for _ in range(max(4000 // frames, 1))]
    out = np.concatenate(blocks)
    assert np.allclose(out, whole.render(len(out)), atol=1e-6)


def test_gains_place_a_hit(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), left=0.5, right=0.25), 0.5, 0)
    out = engine.render(10)
    assert np.allclose(out, [0.125, 0.0625])


@pytest.mark.parametrize("frame", [0, 1, 63, 64, 100, 255, 256, 300, 4095])
def test_a_hit_sounds_on_its_frame(engine: Engine, port: CommandPort, frame: int) -> None:
    port.play(Strike(level(0.5)), 1.0, 0, max(ns(frame), 1))
    out = np.concatenate([engine.render(64) for _ in range(70)])
    assert first_sound(out) == frame


def test_hits_that_are_due_out_of_order_sound_in_order(engine: Engine, port: CommandPort) -> None:
    for frame in (300, 100, 200):
        port.play(Strike(Sound(np.full(1, frame / 1000, np.float32))), 1.0, 0, ns(frame))
    out = engine.render(400)[:, 0]
    assert {int(frame): round(float(out[frame]), 3) for frame in np.flatnonzero(out)} == {100: 0.1, 200: 0.2, 300: 0.3}


def test_an_octave_up_has_twice_the_pitch_and_half_the_length(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(sine(500, 4410), step=2.0), 1.0, 0)
    out = engine.render(4410)[:, 0]
    assert np.allclose(out[:2200], sine(1000, 2200).samples, atol=1e-4)
    assert not out[2205:].any()


def test_a_fifth_up_is_a_clean_sine(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(sine(400, 44100), step=1.5), 1.0, 0)
    out = engine.render(20000)[100:, 0]
    assert np.allclose(out, sine(600, 20000).samples[100:], atol=3e-4)


def test_before_and_after_a_resampled_sound_there_is_silence(engine: Engine, port: CommandPort) -> None:
    sound = noise(100)
    padded = Sound(np.concatenate([np.zeros(10), sound.samples, np.zeros(10)]).astype(np.float32))
    port.play(Strike(sound, step=0.5, left=1.0, right=0.0), 1.0, 0, ns(20))
    port.play(Strike(padded, step=0.5, left=0.0, right=1.0), 1.0, 0)
    out = engine.render(400)
    assert np.allclose(out[20:219, 0], out[20:219, 1], atol=1e-6)


def test_a_decay_falls_by_60_db_in_its_time(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, RATE), decay=0.1), 1.0, 0)
    out = engine.render(RATE)[:, 0]
    assert out[4410] / out[0] == pytest.approx(1e-3, rel=0.01)
    assert out[2205] / out[0] == pytest.approx(10**-1.5, rel=0.01)


def test_a_decayed_hit_ends_without_a_click_and_frees_its_voice(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, RATE), decay=0.1), 1.0, 0)
    out = engine.render(RATE // 2)[:, 0]
    assert np.abs(np.diff(out)).max() < 0.001
    assert engine.counters().voices == 0


def test_a_pair_that_the_device_lacks_plays_on_the_first(port: CommandPort, engine: Engine) -> None:
    port.play(Strike(level(0.5), pair=3), 1.0, 0)
    assert np.allclose(engine.render(10), 0.5)


def test_pairs_are_apart() -> None:
    engine = Engine(RATE, channels=4)
    engine.port("test").play(Strike(level(0.5), right=0.5, pair=1), 1.0, 0)
    assert np.allclose(engine.render(10), [0, 0, 0.5, 0.25])


def test_a_mono_device_hears_both_sides_at_equal_power() -> None:
    engine = Engine(RATE, channels=1)
    engine.port("test").play(Strike(level(0.5), left=0.5**0.5, right=0.5**0.5), 1.0, 0)
    assert np.allclose(engine.render(10), 0.5)
