"""A render starts at its onset and ends in silence, at any rate."""

import numpy as np

from latentaudio.render.finish import finish

RATE = 44100
KICK = (np.sin(np.arange(22050) / 60) * np.exp(-np.arange(22050) / 1500)).astype(np.float32)


def finished(raw, wanted=RATE):
    return finish(raw.copy(), RATE, wanted)


def test_silence_before_the_onset_is_left_out():
    late = np.concatenate([np.zeros(1000, np.float32), KICK])
    samples = finished(late)
    onset = int(np.argmax(np.abs(samples) > 0.01 * np.abs(samples).max()))
    assert onset <= 0.0005 * RATE


def test_what_follows_the_onset_is_untouched():
    late = np.concatenate([np.zeros(1000, np.float32), KICK])
    samples = finished(late)
    peak = int(np.argmax(samples))
    assert np.array_equal(samples[peak : peak + 5000], KICK[int(np.argmax(KICK)) :][:5000])


def test_a_silent_tail_is_cut_and_the_end_fades_to_nothing():
    samples = finished(np.concatenate([KICK, np.zeros(22050, np.float32)]))
    assert len(samples) < len(KICK) and abs(samples[-1]) < 1e-6


def test_another_rate_keeps_pitch_and_length_in_seconds():
    samples = finished(KICK, 48000)
    expected = len(finished(KICK)) / RATE
    assert abs(len(samples) / 48000 - expected) < 1e-3
    crossings = np.flatnonzero(np.diff(np.signbit(samples[:9600])))
    assert abs(np.diff(crossings).mean() / 48000 - np.pi * 60 / RATE) < 5e-5


def test_silence_comes_back_whole_for_the_player_to_refuse():
    assert len(finished(np.zeros(100, np.float32))) == 100


def test_what_lies_just_before_the_onset_rises_from_nothing():
    hum = np.full(1000, 0.005 * np.abs(KICK).max(), np.float32)  # too soft to be the onset
    samples = finished(np.concatenate([hum, KICK]))
    assert samples[0] == 0.0 and (np.diff(samples[:20]) > 0).all() and samples[19] < hum[0]
