"""What can be measured of a one-shot."""

import math

import pytest
import torch

from latentaudio.core.descriptors import DESCRIPTORS, describe_sounds, evened, kick_likeness
from tests.core.conftest import RATE, kick

SECOND = torch.arange(RATE) / RATE


def measured(name: str, sound: torch.Tensor) -> float:
    return float(DESCRIPTORS[name](sound.unsqueeze(0), RATE))


def sine(frequency: float) -> torch.Tensor:
    return torch.sin(2.0 * math.pi * frequency * SECOND)


def test_pitch_is_in_hertz() -> None:
    assert measured("pitch", sine(55.0)) == pytest.approx(55.0, abs=0.5)


def test_brightness_is_in_octaves() -> None:
    assert measured("brightness", sine(2000.0)) - measured("brightness", sine(500.0)) == pytest.approx(2, abs=0.1)


def test_noise_is_noisier_than_a_sine() -> None:
    assert measured("noisiness", torch.randn(RATE)) == pytest.approx(-2.5, abs=0.2)  # dB of an exponential's mean log
    assert measured("noisiness", sine(100.0)) < -40.0


def test_what_is_hardly_heard_says_nothing_of_noise() -> None:
    hiss = 1e-3 * torch.randn(RATE, generator=torch.Generator().manual_seed(0)) * (SECOND > 0.5)
    body = sine(100.0) * (SECOND <= 0.5)
    assert measured("noisiness", body + hiss) < measured("noisiness", body + 30.0 * hiss) - 5.0


def test_two_partials_do_not_make_the_pitch_jump() -> None:
    pitches = [measured("pitch", sine(50.0) + level * sine(100.0)) for level in (0.5, 0.9, 1.1, 2.0)]
    assert pitches == sorted(pitches) and pitches[0] < 60.0 and pitches[-1] > 80.0
    assert pitches[2] / pitches[1] < 1.25


def test_decay_is_finer_than_its_windows() -> None:
    times = [measured("decay", sine(500.0) * 10.0 ** (-SECOND / length)) for length in (0.400, 0.401, 0.402)]
    assert times[1] - times[0] == pytest.approx(0.001, abs=0.0003) and times[2] > times[1]


def test_descriptors_are_evened_to_octaves_and_decibels() -> None:
    described = torch.tensor([[10.0, -50.0, -9.0, 0.25, 64.0, 0.5], [10.0, -50.0, -9.0, 0.5, 128.0, 10.0 / 11.0]])
    even = evened(described)
    assert even[0].tolist() == pytest.approx([10.0, -50.0, -9.0, -2.0, 6.0, 0.0], abs=1e-5)
    assert (even[1] - even[0]).tolist() == pytest.approx([0.0, 0.0, 0.0, 1.0, 1.0, 10.0], abs=1e-4)


def test_loudness_is_in_decibels() -> None:
    assert measured("loudness", sine(500.0)) == pytest.approx(-3.0, abs=0.1)
    assert measured("loudness", 0.1 * sine(500.0)) == pytest.approx(-23.0, abs=0.1)


def test_decay_is_the_time_to_minus_twenty() -> None:
    dying = sine(500.0) * 10.0 ** (-SECOND / 0.4)  # 20 dB in 0.4 s
    assert measured("decay", dying) == pytest.approx(0.4, abs=0.02)


def test_a_click_is_heard_beside_a_body() -> None:
    click = torch.zeros(RATE)
    click[0] = 1.0
    assert measured("click", click) > 0.5 > 0.1 > measured("click", sine(60.0))


def test_a_loud_body_has_no_click_where_the_onset_ends() -> None:
    assert max(measured("click", sine(frequency)) for frequency in (45.0, 60.0, 110.0)) < 2e-5


def test_every_descriptor_is_finite_for_silence() -> None:
    assert describe_sounds(torch.zeros(1, RATE), RATE).isfinite().all()


def test_a_kick_is_a_kick() -> None:
    assert kick_likeness(torch.from_numpy(kick(RATE, seconds=0.1)), RATE).is_kick


def burst(at: float) -> torch.Tensor:
    return torch.from_numpy(kick(RATE, seconds=0.05)).roll(round(at * RATE)) * (at <= SECOND)


@pytest.mark.parametrize(
    "sound",
    [
        torch.randn(RATE, generator=torch.Generator().manual_seed(0)) * torch.exp(-SECOND / 0.05),
        sine(60.0),
        burst(0.0) + 0.8 * burst(0.4),
        burst(0.03),
        torch.zeros(RATE),
    ],
    ids=["noise", "drone", "two hits", "late", "silence"],
)
def test_what_is_no_kick_is_none(sound: torch.Tensor) -> None:
    assert not kick_likeness(sound, RATE).is_kick
