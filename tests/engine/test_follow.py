"""What sounds goes over to a pad's new sound where it is, and nobody hears a seam."""

import gc
import weakref

import numpy as np
import pytest
from numpy.typing import NDArray

from latentaudio.engine import CommandPort, Engine, Sound, Strike
from tests.engine.sounds import RATE, level, noise, ns, sine

FOLLOW_FRAMES = 221  # 5 ms
LONG = 20000


def in_blocks(engine: Engine, frames: int, block: int = 64) -> NDArray[np.float32]:
    """The left side of `frames` frames and a bit."""
    return np.concatenate([engine.render(block)[:, 0] for _ in range(-(-frames // block))])


def largest_step(samples: NDArray[np.float32]) -> float:
    """Between one frame and the next."""
    return float(np.abs(np.diff(samples)).max())


def test_the_gains_of_both_sounds_add_up_to_one(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, LONG)), 1.0, 0)
    in_blocks(engine, 640)
    port.follow(Strike(level(0.25, LONG)))
    out = in_blocks(engine, 640)
    ramp = np.linspace(0.5, 0.25, round(0.005 * RATE), endpoint=False)
    assert np.allclose(out[: len(ramp)], ramp, atol=0.25 / len(ramp))
    assert np.array_equal(out[FOLLOW_FRAMES:], np.full(640 - FOLLOW_FRAMES, 0.25, np.float32))


def test_the_new_sound_goes_on_at_the_same_place_to_the_bit(engine: Engine, port: CommandPort) -> None:
    new = noise(LONG, 0.3, seed=1)
    port.play(Strike(noise(LONG)), 1.0, 0)
    in_blocks(engine, 640)
    port.follow(Strike(new))
    assert np.array_equal(in_blocks(engine, 6400)[FOLLOW_FRAMES:], new.samples[640 + FOLLOW_FRAMES : 7040])


def test_velocity_tune_and_decay_stay_as_they_were_hit(engine: Engine, port: CommandPort) -> None:
    old, new = noise(LONG, seed=1), noise(LONG, seed=2)
    port.play(Strike(old, step=1.3, decay=0.1, left=0.8), 0.5, 0)
    in_blocks(engine, 640)
    port.follow(Strike(new, step=0.7, decay=2.0, left=0.1))
    alone = Engine(RATE)
    alone.port("alone").play(Strike(new, step=1.3, decay=0.1, left=0.8), 0.5, 0)
    follows, expected = in_blocks(engine, 6400), in_blocks(alone, 7040)[640:]
    assert np.allclose(follows[FOLLOW_FRAMES:], expected[FOLLOW_FRAMES:], atol=1e-6)


@pytest.mark.parametrize("block", [64, 128])
@pytest.mark.parametrize("voices", [1, 64])
def test_nothing_clicks(engine: Engine, port: CommandPort, block: int, voices: int) -> None:
    old, new = (Sound(wave.samples / np.float32(voices)) for wave in (sine(70, LONG), sine(55, LONG)))
    for voice in range(voices):
        port.play(Strike(old), 1.0, 0, ns(voice * 7))
    out = [in_blocks(engine, 1024, block)]
    port.follow(Strike(new))
    out.append(in_blocks(engine, 1024, block))
    alone = max(voices * largest_step(sound.samples) for sound in (old, new))
    assert largest_step(np.concatenate(out)) < alone + 1.1 / FOLLOW_FRAMES  # both at their peaks, apart
    assert engine.counters().stolen == 0 and engine.counters().voices == voices


@pytest.mark.parametrize("block", [16, 64, 128])
def test_a_flood_of_sounds_neither_clicks_nor_dips_and_ends_with_the_last(
    engine: Engine, port: CommandPort, block: int
) -> None:
    port.play(Strike(level(0.4, LONG)), 1.0, 0)
    out = []
    for turn in range(100):
        out.append(in_blocks(engine, block, block))
        port.follow(Strike(level(0.4 + 0.1 * (turn % 2) if turn < 99 else 0.6, LONG)))
        engine.collect()
    out.append(in_blocks(engine, 640))
    whole = np.concatenate(out)
    assert largest_step(whole) < 1.1 * 0.2 / FOLLOW_FRAMES
    assert whole.min() > 0.3999 and np.array_equal(whole[-100:], level(0.6, 100).samples)


def test_sounds_of_two_pads_wait_for_their_turn_apart(engine: Engine, port: CommandPort) -> None:
    for pad in (1, 2):
        port.play(Strike(level(0.1, LONG), pad=pad), 1.0, 0)
    for value in (0.2, 0.3):  # the second waits until the first has come in
        for pad in (1, 2):
            port.follow(Strike(level(value, LONG), pad=pad))
        in_blocks(engine, 64)
    assert np.allclose(in_blocks(engine, 640)[-64:], 0.6)


def test_a_voice_beyond_the_new_sounds_end_fades(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, LONG)), 1.0, 0)
    in_blocks(engine, 640)
    port.follow(Strike(level(0.25, 500)))
    out = in_blocks(engine, 640)
    assert largest_step(out) < 1.1 * 0.5 / FOLLOW_FRAMES and not out[FOLLOW_FRAMES:].any()


def test_what_is_fading_already_is_left_alone(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, LONG)), 1.0, 0)
    in_blocks(engine, 640)
    port.choke_pad(1)
    port.follow(Strike(level(0.25, LONG)))
    assert not in_blocks(engine, 640)[90:].any()


def test_other_pads_and_hits_of_the_sound_itself_go_on_untouched(engine: Engine, port: CommandPort) -> None:
    mine, other = noise(LONG, 0.2, seed=1), noise(LONG, 0.2, seed=2)
    port.play(Strike(mine, pad=1), 1.0, 0)
    port.play(Strike(other, pad=2), 1.0, 0)
    in_blocks(engine, 640)
    port.follow(Strike(mine, pad=1))
    in_blocks(engine, 64)
    assert engine.counters().voices == 2
    assert np.allclose(in_blocks(engine, 640), (mine.samples + other.samples)[704:1344], atol=1e-7)


def test_a_choke_ends_a_sound_that_is_coming_in(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, LONG)), 1.0, 0)
    in_blocks(engine, 640)
    port.follow(Strike(level(0.25, LONG)))
    in_blocks(engine, 64)
    port.choke_pad(1)
    out = in_blocks(engine, 640)
    assert largest_step(out) < 0.5 / 80 and not out[FOLLOW_FRAMES:].any()


def test_both_sounds_live_as_long_as_they_are_read_and_no_longer(engine: Engine, port: CommandPort) -> None:
    old, new = Strike(noise(2000)), Strike(noise(2000, seed=1))
    port.play(old, 1.0, 0)
    port.play(old, 1.0, 0, ns(600))
    in_blocks(engine, 640)
    port.follow(new)
    samples = [weakref.ref(strike.sound.samples) for strike in (old, new)]
    del old, new
    alive = []
    for _ in range(3):
        in_blocks(engine, 640)  # the first hit ends in the third part, the second in the fourth
        engine.collect(), gc.collect()
        alive.append([sample() is not None for sample in samples])
    assert alive == [[False, True], [False, True], [False, True]]
    in_blocks(engine, 640)
    engine.collect(), gc.collect()
    assert samples[1]() is None and engine.state["reserved"] == 0


def test_a_follow_where_nothing_sounds_is_let_go_at_once(engine: Engine, port: CommandPort) -> None:
    port.follow(Strike(level(0.5)))
    assert not in_blocks(engine, 64).any()
    assert engine.collect() == [] and not port._sounding and engine.state["reserved"] == 0


def test_where_no_voice_is_to_spare_the_old_sound_goes_on() -> None:
    engine = Engine(RATE, polyphony=128)
    port = engine.port("test")
    for voice in range(128):
        port.play(Strike(level(0.005, LONG)), 1.0, 0, ns(voice))
    in_blocks(engine, 640)
    for _ in range(4):
        port.follow(Strike(level(0.004, LONG)))
        assert in_blocks(engine, 64).min() > 0.3
    out = in_blocks(engine, LONG)
    engine.collect()
    assert largest_step(out[:10000]) < 0.01 and not port._sounding and engine.state["reserved"] == 0


def test_whatever_is_sent_every_sound_is_let_go(engine: Engine, port: CommandPort) -> None:
    random = np.random.default_rng(3)
    for _ in range(400):
        pad = int(random.integers(1, 4))
        strike = Strike(noise(int(random.integers(1, 3000)), 0.01), pad=pad, choke=int(random.integers(0, 2)))
        for kind in random.permutation(5)[:3]:
            match kind:
                case 0:
                    port.play(strike, 1.0, 0)
                case 1:
                    port.follow(strike)
                case 2:
                    port.choke_pad(pad)
                case 3:
                    port.release(pad)
                case 4:
                    port.silence()
        assert np.isfinite(engine.render(int(random.integers(1, 300)))).all()
        engine.collect()
    in_blocks(engine, 4000)
    engine.collect()
    assert not port._sounding and engine.state["reserved"] == 0 and engine.counters().voices == 0
