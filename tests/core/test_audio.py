"""One sound at the edge."""

import numpy as np
import pytest

from latentaudio.core.audio import PEAK, one_shot
from latentaudio.errors import DataError
from tests.core.conftest import RATE, kick


def square(frames: int) -> np.ndarray:
    """A square wave of 50 Hz at full scale."""
    return np.where(np.arange(frames) * 100 // RATE % 2, -1.0, 1.0).astype(np.float32)


def step(frames: int = 1600, before: int = 0, after: int = 300) -> np.ndarray:
    """Direct current switched on and off."""
    return np.pad(np.full(frames, -0.9, np.float32), (before, after))


def test_a_sound_begins_at_most_half_a_millisecond_before_its_onset() -> None:
    swelling = np.concatenate([np.zeros(5000), np.linspace(0.0, 1.0, 5000) * square(5000)]).astype(np.float32)
    shot = one_shot(swelling, RATE, RATE, 44100)
    onset = int(np.argmax(np.abs(shot) >= 0.01 * PEAK))
    assert onset == int(0.0005 * RATE)


def test_every_sound_has_the_same_peak() -> None:
    peaks = [np.abs(one_shot(gain * kick(), RATE, RATE, 44100)).max() for gain in (0.01, 0.5, 2.0)]
    assert peaks == pytest.approx([PEAK] * 3)


def test_polarity_is_kept() -> None:
    assert np.allclose(one_shot(-kick(), RATE, RATE, 8192), -one_shot(kick(), RATE, RATE, 8192))


def test_a_long_sound_is_cut_with_a_fade() -> None:
    shot = one_shot(square(RATE), RATE, RATE, 4096)
    assert shot.size == 4096 and shot[-1] == pytest.approx(0.0, abs=1e-6)
    assert np.all(np.diff(np.abs(shot[-200:])) < 0)


def test_the_level_is_taken_after_the_cut() -> None:
    crash = np.concatenate([kick(4096), 10.0 * square(4096)])
    assert np.abs(one_shot(crash, RATE, RATE, 4096)).max() == pytest.approx(PEAK)


@pytest.mark.parametrize("rate", [22050, 48000, 96000])
def test_another_rate_keeps_the_pitch(rate: int) -> None:
    sine = np.sin(2.0 * np.pi * 100.0 * np.arange(rate) / rate).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(one_shot(sine, rate, RATE, RATE), RATE))
    assert spectrum.argmax() == 100


@pytest.mark.parametrize(
    ("audio", "sentence"),
    [
        (np.zeros(0, np.float32), "empty"),
        (np.zeros(100, np.float32), "silent"),
        (np.full(100, 1e-5, np.float32), "silent"),
        (np.array([0.5, np.nan], np.float32), "not finite numbers"),
        (step(), "nothing but an offset"),
        (step(before=500, after=0), "nothing but an offset"),
        (np.convolve(step(), np.hanning(200) / 100).astype(np.float32), "nothing but an offset"),
    ],
)
def test_what_holds_no_sound_is_refused(audio: np.ndarray, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        one_shot(audio, RATE, RATE, 100)


@pytest.mark.parametrize("offset", [0.05, 0.5, -3.0])
def test_a_kick_on_an_offset_is_a_sound(offset: float) -> None:
    assert one_shot(kick() + np.float32(offset), RATE, RATE, 8192).size == 8192


def test_a_click_and_a_train_of_pulses_are_sounds() -> None:
    for audio in (step(frames=40), np.maximum(square(8192), 0.0)):
        assert np.abs(one_shot(audio, RATE, RATE, 8192)).max() == pytest.approx(PEAK)
