"""Voices overlap, give way and are choked, and never click."""

import numpy as np
import pytest

from latentaudio.engine import CommandPort, Engine, Strike
from tests.engine.sounds import RATE, level, noise, ns

CHOKE_FRAMES = 88  # 2 ms


def test_the_same_pad_overlaps_itself(engine: Engine, port: CommandPort) -> None:
    sound = noise(1000, peak=0.2)
    port.play(Strike(sound), 1.0, 0)
    port.play(Strike(sound), 1.0, 0, ns(300))
    out = engine.render(1300)[:, 0]
    assert np.allclose(out[300:1000], sound.samples[300:] + sound.samples[:700])


def test_a_hit_chokes_its_group_from_its_own_frame_on(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), choke=1, pad=1), 1.0, 0)
    port.play(Strike(level(0.1, 10), choke=1, pad=2), 1.0, 0, ns(100))
    out = engine.render(1000)[:, 0]
    assert np.allclose(out[:100], 0.5)
    assert 0.2 < out[100 + CHOKE_FRAMES // 2] < 0.3
    assert not out[100 + CHOKE_FRAMES + 2 :].any()


def test_a_choke_fades_and_never_jumps(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), choke=1, pad=1), 1.0, 0)
    port.choke_group(1, ns(100))
    out = engine.render(1000)[:, 0]
    assert np.abs(np.diff(out)).max() < 0.5 / CHOKE_FRAMES * 1.1


def test_other_groups_sound_on(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), choke=2, pad=1), 1.0, 0)
    port.play(Strike(level(0.25), pad=2), 1.0, 0)
    port.play(Strike(level(0.1, 10), choke=1, pad=3), 1.0, 0, ns(100))
    assert np.allclose(engine.render(1000)[200:, 0], 0.75)


def test_hits_of_one_pad_at_one_instant_do_not_choke_each_other(engine: Engine, port: CommandPort) -> None:
    for value in (0.5, 0.25):
        port.play(Strike(level(value), choke=1, pad=1), 1.0, 0, ns(100))
    assert np.allclose(engine.render(1000)[200:, 0], 0.75)


def test_a_pad_in_a_group_chokes_its_own_last_hit(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), choke=1, pad=1), 1.0, 0)
    port.play(Strike(level(0.25), choke=1, pad=1), 1.0, 0, ns(100))
    assert np.allclose(engine.render(1000)[200:, 0], 0.25)


def test_one_pad_can_be_choked(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5), pad=1), 1.0, 0)
    port.play(Strike(level(0.25), pad=2), 1.0, 0)
    port.choke_pad(1)
    assert np.allclose(engine.render(1000)[200:, 0], 0.25)


def test_panic_fades_all_and_forgets_what_was_to_come(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, 20000)), 1.0, 0)
    port.play(Strike(level(0.5, 20000)), 1.0, 0, ns(5000))
    engine.render(64)
    port.silence()
    out = engine.render(20000)[:, 0]
    assert 0 < out[200] < 0.5
    assert not out[RATE * 5 // 1000 + 2 :].any()
    assert engine.counters().voices == 0


def test_what_comes_right_after_a_panic_stays(engine: Engine, port: CommandPort) -> None:
    port.play(Strike(level(0.5, 20000)), 1.0, 0)
    for frame in (1500, 2500, 3000):
        port.play(Strike(level(0.5, 20000)), 1.0, 0, ns(frame))
    port.master(0.5, ns(2000))
    engine.render(64)
    port.silence()
    port.play(Strike(level(0.25, 20000)), 1.0, 0)
    out = engine.render(20000)[:, 0]
    assert out[1000] == 0.25 and out[-5000] == 0.125


def test_the_oldest_of_the_quiet_voices_gives_way() -> None:
    engine = Engine(RATE, polyphony=3)
    port = engine.port("test")
    for pad, value in enumerate((0.4, 0.02, 0.01, 0.03), 1):
        port.play(Strike(level(value), pad=pad), 1.0, 0, ns(pad))
    assert engine.render(1000)[500, 0] == pytest.approx(0.4 + 0.01 + 0.03)
    assert engine.counters().stolen == 1


def test_where_all_are_as_loud_the_oldest_gives_way() -> None:
    engine = Engine(RATE, polyphony=2)
    port = engine.port("test")
    for pad, frames in enumerate((1000, 900, 800), 1):
        port.play(Strike(level(0.25, frames), pad=pad), 1.0, 0, ns(pad))
    out = engine.render(1000)[:, 0]
    assert np.allclose(out[200:801], 0.5) and np.allclose(out[850:900], 0.25) and not out[903:].any()


def test_a_voice_at_a_zero_crossing_is_not_taken_for_quiet() -> None:
    engine = Engine(RATE, polyphony=2)
    port = engine.port("test")
    loud = level(0.5, 4000)
    loud.samples[90:110] = 0.0
    port.play(Strike(loud, pad=1), 1.0, 0)
    port.play(Strike(level(0.01, 4000), pad=2), 1.0, 0, ns(10))
    port.play(Strike(level(0.02, 4000), pad=3), 1.0, 0, ns(100))
    assert engine.render(1000)[500, 0] == pytest.approx(0.52)


def test_a_stolen_voice_fades() -> None:
    engine = Engine(RATE, polyphony=1)
    port = engine.port("test")
    port.play(Strike(level(0.5)), 1.0, 0)
    port.play(Strike(level(0.0)), 1.0, 0, ns(100))
    out = engine.render(1000)[:, 0]
    assert np.abs(np.diff(out)).max() < 0.5 / CHOKE_FRAMES * 1.1


def test_more_hits_at_once_than_the_pool_holds_all_sound_or_fade(engine: Engine, port: CommandPort) -> None:
    for _ in range(250):
        assert port.play(Strike(level(0.001)), 1.0, 0)
    assert engine.render(1000)[500, 0] == pytest.approx(64 * 0.001)
    assert len(engine.collect()) == 250
    assert not port._sounding


def test_a_release_fades_the_notes_of_its_pitch_on_one_pad(engine: Engine, port: CommandPort) -> None:
    for strike in (Strike(level(0.4, RATE)), Strike(level(0.2, RATE), pitch=2.0), Strike(level(0.1, RATE), pad=2)):
        port.play(strike, 1.0, 0)
    port.release(1, ns(100), pitch=1.0)
    out = engine.render(4000)[:, 0]
    assert np.allclose(out[:100], 0.7) and np.allclose(out[100 + RATE // 20 + 2 :], 0.3)
    assert np.abs(np.diff(out)).max() < 1.1 * 0.4 / (RATE // 20)
