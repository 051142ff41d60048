"""The tempo follows taps and clocks, smoothly and never backwards, and goes on when a clock does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentaudio.latent.tempo import Tempo


def tap(*times: float) -> float:
    tempo = Tempo(120.0)
    for time in times:
        tempo.tap(time)
    return tempo.bpm


def ticks(bpm: float, count: int, since: float = 0.0) -> np.ndarray:
    return since + np.arange(count) * 60.0 / bpm / 24.0


def play(times, tempo: Tempo | None = None, started: bool = True) -> Tempo:
    tempo = tempo or Tempo(100.0)
    if started:
        tempo.start(times[0] - 0.001)
    for time in times:
        tempo.clock(time)
    return tempo


@pytest.mark.parametrize(("times", "bpm"), [
    ((0.0,), 120), ((0.0, 0.6), 100), ((0.0, 0.5, 1.0, 1.9, 2.4), 120), ((0.0, 2.0), 30), ((0.0, 0.15), 300),
    ((0.0, 0.5, 0.53, 1.0), 120), ((0.0, 0.5, 9.0), 120), ((0.0, 0.5, 9.0, 9.4), 150),
])  # fmt: skip
def test_taps_set_the_tempo_to_their_median(times, bpm):
    assert tap(*times) == pytest.approx(bpm)


def test_beats_go_on_without_a_jump_when_the_tempo_changes():
    tempo = Tempo(120.0, now=10.0)
    before = tempo.beats(11.0)
    tempo.set(60.0, 11.0)
    assert [before, tempo.beats(11.0), tempo.beats(12.0)] == [2.0, 2.0, 3.0]


@pytest.mark.parametrize("bpm", [40.0, 120.0, 240.0])
def test_a_clock_gives_tempo_and_position(bpm):
    times = ticks(bpm, 97)
    tempo = play(times)
    assert tempo.bpm == pytest.approx(bpm)
    assert tempo.beats(times[-1]) == pytest.approx(4.0)
    assert tempo.source(times[-1]) == "clock"


@pytest.mark.parametrize("bpm", [60.0, 120.0, 280.0])
def test_jitter_of_five_milliseconds_is_smoothed(bpm):
    times = ticks(bpm, 24 * 100)
    heard = np.sort(times + np.random.default_rng(0).uniform(-0.005, 0.005, len(times)))
    tempo, bpms, off = Tempo(bpm), [], []
    tempo.start(heard[0] - 0.001)
    for time, true in zip(heard, times, strict=True):
        tempo.clock(time)
        bpms.append(tempo.bpm)
        off.append(tempo.beats(true + 0.006) - (true + 0.006) * bpm / 60.0)
    assert np.abs(np.array(bpms) / bpm - 1.0).max() < 0.025
    assert np.abs(off[48:]).max() * 60.0 / bpm < 0.005


def test_the_position_never_goes_back():
    random = np.random.default_rng(1)
    heard = np.sort(np.concatenate([ticks(150, 200), ticks(70, 100, 3.4)]) + random.uniform(-0.005, 0.005, 300))
    tempo, told = Tempo(), []
    for time in heard:
        tempo.clock(time)
        told += [tempo.beats(time), tempo.beats(time + 0.004)]
    assert np.diff(told).min() >= 0.0


@pytest.mark.parametrize("missing", [[60], [60, 61, 62], [50, 70, 90], list(range(60, 75))])
def test_dropped_ticks_are_put_in(missing):
    times = ticks(120, 145) + np.random.default_rng(2).uniform(-0.004, 0.004, 145)
    tempo = play(np.delete(times, missing))
    assert tempo.beats(6 * 0.5) == pytest.approx(6.0, abs=0.02)
    assert tempo.bpm == pytest.approx(120, rel=0.01)


@pytest.mark.parametrize("bpm", [40.0, 60.0, 65.0, 75.0, 90.0, 200.0])
def test_a_jump_of_the_tempo_is_followed_in_time_with_the_ticks(bpm):
    tempo = play(np.concatenate([ticks(120, 96), ticks(bpm, 73, 2.0)]))
    assert tempo.bpm == pytest.approx(bpm)
    assert tempo.beats(2.0 + 72 * 60 / bpm / 24) == pytest.approx(7.0, abs=0.1)


def test_no_tick_is_more_than_an_eighth_off_while_the_tempo_jumps():
    tempo, times = Tempo(120.0), np.concatenate([ticks(120, 96), ticks(200, 73, 2.0)])
    tempo.start(0.0)
    for number, time in enumerate(times):
        tempo.clock(time)
        assert tempo.beats(time) == pytest.approx(number / 24, abs=0.125)


def test_a_ritardando_is_followed():
    periods = 60.0 / np.linspace(120, 90, 24 * 8) / 24.0
    tempo = play(np.concatenate([[0.0], np.cumsum(periods)]))
    assert tempo.bpm == pytest.approx(90, rel=0.06)
    assert tempo.beats(periods.sum()) == pytest.approx(8.0, abs=0.02)


def test_after_a_silence_only_the_new_ticks_count():
    tempo = play(np.concatenate([ticks(120, 97), ticks(90, 30, 12.0)]))
    assert tempo.bpm == pytest.approx(90)


def test_ticks_all_at_once_are_survived():
    assert 30.0 <= play([1.0] * 60).bpm <= 300.0


def test_a_clock_that_falls_silent_leaves_its_tempo_and_says_so():
    tempo = play(ticks(90, 97))
    last = ticks(90, 97)[-1]
    assert tempo.source(last + 0.6) == "lost"
    assert tempo.bpm == pytest.approx(90)
    assert tempo.beats(last + 6.0) == pytest.approx(4.0 + 9.0)
    tempo.set(100.0, last + 6.0)
    assert tempo.source(last + 6.0) == "internal"


def test_a_clock_that_comes_back_goes_on_from_there():
    times = ticks(120, 400)
    tempo = play(np.concatenate([times[:100], times[200:]]))
    assert tempo.beats(times[-1]) == pytest.approx(399 / 24)
    assert tempo.source(times[-1]) == "clock"


def test_a_ticking_clock_is_not_overruled_by_taps():
    tempo = play(ticks(90, 97))
    tempo.tap(2.6)
    tempo.tap(2.7)
    assert tempo.bpm == pytest.approx(90)


def test_a_clock_counts_from_where_we_are_when_nobody_says_start():
    tempo = Tempo(120.0)
    play(ticks(120, 49, since=1.0), tempo, started=False)
    assert tempo.beats(2.0) == pytest.approx(4.0)


@pytest.mark.parametrize("ticking", [True, False])
def test_stop_holds_continue_goes_on_and_start_begins_anew(ticking):
    times, tempo = ticks(120, 145), Tempo(120.0)
    play(times[:49], tempo)  # beat 2 at 1 s
    tempo.stop(1.001)
    if ticking:
        play(times[49:97], tempo, started=False)
    held = tempo.beats(1.9)
    assert held == pytest.approx(2.0, abs=0.01)
    tempo.resume(times[97] - 0.001)
    play(times[97:145], tempo, started=False)
    assert tempo.beats(times[144]) == pytest.approx(2.0 + 48 / 24)
    tempo.start(times[144] + 0.01)
    assert tempo.beats(times[144] + 0.01) == 0.0


def test_a_song_position_is_where_the_next_tick_stands():
    times, tempo = ticks(120, 98), Tempo(120.0)
    play(times[:49], tempo)
    tempo.stop(1.001)
    tempo.song_position(32, 1.002)
    assert tempo.beats(1.002) == 8.0
    tempo.resume(1.003)
    play(times[49:], tempo, started=False)
    assert tempo.beats(times[97]) == pytest.approx(8.0 + 48 / 24)


def test_a_second_stop_does_not_undo_a_song_position():
    tempo = play(ticks(120, 49))
    tempo.stop(1.001)
    tempo.song_position(32, 1.002)
    tempo.stop(1.003)
    tempo.resume(1.004)
    play(ticks(120, 25, 49 / 48), tempo, started=False)
    assert tempo.beats(73 / 48) == pytest.approx(9.0)


def test_a_clock_that_stops_with_a_word_is_not_lost():
    tempo = play(ticks(120, 49))
    tempo.stop(1.001)
    assert tempo.source(3.0) == "internal"


def test_a_clock_that_begins_with_continue_goes_on_from_our_position():
    tempo = Tempo(120.0)
    tempo.stop(1.0)
    tempo.resume(5.0)
    play(ticks(120, 25, 5.0), tempo, started=False)
    assert tempo.beats(5.5) == pytest.approx(3.0)


def test_start_without_a_clock_begins_at_once():
    tempo = Tempo(120.0)
    tempo.start(5.0)
    assert tempo.beats(6.0) == 2.0


def test_a_clock_that_comes_long_after_our_own_start_goes_on_from_there():
    tempo = Tempo(120.0)
    tempo.start(100.0)
    play(ticks(120.0, 97, since=130.0), tempo, started=False)
    assert tempo.beats(132.0) == pytest.approx(64.0, abs=0.1)


def test_a_clock_that_was_left_is_not_lost_and_its_tempo_stays():
    times = ticks(150.0, 97)
    tempo, last = play(times), times[-1]
    tempo.leave_clock(last)
    assert tempo.source(last) == tempo.source(last + 1.0) == "internal"
    assert tempo.beats(last + 2.0) == pytest.approx(4.0 + 5.0, abs=0.01)
    play(ticks(150.0, 97, since=last + 2.0), tempo, started=False)
    assert tempo.source(last + 3.6) == "clock" and tempo.beats(last + 3.6) == pytest.approx(13.0, abs=0.05)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["clock", "tap", "stop", "resume", "beats"]), st.floats(0.0, 3.0))))
def test_whatever_the_wires_say_the_position_goes_on(said):
    tempo, now, before = Tempo(), 0.0, 0.0
    for what, pause in said:
        now += pause
        getattr(tempo, what)(now)
        assert 30.0 <= tempo.bpm <= 300.0
        assert tempo.beats(now) >= before
        before = tempo.beats(now)
