"""Kicks that nobody recorded: they are kicks, no two alike, and the same again for the same seed."""

import math

import pytest
import torch

from latentaudio.core.audio import PEAK
from latentaudio.core.descriptors import kick_likeness
from latentaudio.core.synth import align, end, kicks, random_kicks, render, synthesise
from latentaudio.core.synth_filters import high_pass, low_pass, low_shelf, room, tilt, warped
from latentaudio.core.synth_parts import swept
from latentaudio.core.synth_ranges import RANGES, Values, draw_values
from latentaudio.core.vae import VaeConfig
from tests.core.conftest import RATE

CPU = torch.device("cpu")
LEAD = round(RANGES["lead"].high * RATE)


@pytest.fixture(scope="module")
def many() -> torch.Tensor:
    """500 kicks of a second."""
    torch.set_num_threads(1)
    return render(500, VaeConfig(), seed=3)


@pytest.fixture
def values() -> Values:
    return draw_values(64, CPU)


def test_the_same_seed_is_the_same_kicks(config: VaeConfig) -> None:
    first = render(20, config, seed=5)
    assert torch.equal(first, render(20, config, seed=5)) and not torch.equal(first, render(20, config, seed=6))
    assert torch.equal(first[:3], render(3, config, seed=5))


def test_they_are_kicks(many: torch.Tensor) -> None:
    assert sum(kick_likeness(kick, RATE).is_kick for kick in many) >= 0.99 * len(many)


def test_no_two_are_alike(many: torch.Tensor) -> None:
    unit = many / many.norm(dim=1, keepdim=True)
    alike = (unit @ unit.T).abs().fill_diagonal_(0.0)
    assert alike.max() < 0.99 and alike.median() < 0.3


def test_they_begin_at_once(many: torch.Tensor) -> None:
    onset = (many.abs() > 0.009 * PEAK).float().argmax(1)  # -41 dB, as hiss and fade come after the alignment
    assert onset.max() <= LEAD
    assert (onset <= 3).float().mean() == pytest.approx(0.5, abs=0.1)


def test_their_peak_is_minus_one_decibel(many: torch.Tensor) -> None:
    assert many.abs().amax(1).tolist() == pytest.approx([PEAK] * len(many), abs=1e-4)


def test_they_are_numbers_around_zero_and_end_in_silence(many: torch.Tensor) -> None:
    assert many.isfinite().all() and many.mean(1).abs().max() < 0.01 and many[:, -1].abs().max() < 1e-3


@pytest.mark.parametrize(("rate", "frames"), [(22050, 5512), (44100, 44100), (96000, 24001)])
def test_any_rate_and_length_will_do(rate: int, frames: int) -> None:
    assert [audio.shape for _, audio in kicks(18, rate, frames, seed=0)] == [(16, frames), (2, frames)]
    assert random_kicks(3, rate, frames, CPU).isfinite().all()


def test_a_training_step_draws_others_each_time() -> None:
    torch.manual_seed(1)
    first, second = random_kicks(4, RATE, 4096, CPU), random_kicks(4, RATE, 4096, CPU)
    torch.manual_seed(1)
    assert not torch.equal(first, second) and torch.equal(first, random_kicks(4, RATE, 4096, CPU))


@pytest.mark.parametrize("name", RANGES)
def test_every_value_keeps_to_its_range(name: str) -> None:
    value, span = draw_values(2000, CPU)[name], RANGES[name]
    used = value[value != span.unused]
    slack = 1e-4 * max(abs(span.low), abs(span.high))
    assert span.low - slack <= used.min() and used.max() <= span.high + slack
    assert len(used) / 2000 == pytest.approx(span.share, abs=0.05)


def test_the_pitch_falls_from_its_sweep_to_its_end(values: Values) -> None:
    time = torch.arange(4 * RATE, dtype=torch.float64).unsqueeze(0) / RATE
    hertz = swept({name: value.double() for name, value in values.items()}, time).diff() * RATE
    start = values["pitch"] + values["sweep"] + values["glide"]
    assert torch.allclose(hertz[:, :1].float(), start, rtol=0.06)
    assert (hertz.diff() <= 1e-6).all() and (hertz[:, -1:] >= values["pitch"] - 1e-3).all()


@pytest.mark.parametrize("name", ["inverted", "lead", "drive", "room", "membrane", "hiss", "tilt", "ping"])
def test_every_value_is_heard(values: Values, name: str) -> None:
    values = {key: value[:1] for key, value in values.items()}
    low, high = (
        synthesise(values | {name: torch.full((1, 1), at)}, RATE, 8192, torch.Generator().manual_seed(0))
        for at in (RANGES[name].unused, RANGES[name].high)
    )
    assert (low - high).abs().max() > 1e-4


def test_a_sound_is_moved_to_its_lead() -> None:
    late = torch.zeros(2, 1000)
    late[:, 300] = 1.0
    late[:, 200] = 0.005  # below the onset's threshold
    moved = align(late, torch.tensor([[0.0], [0.0005]]), RATE)
    assert moved.argmax(1).tolist() == [0, LEAD] and moved[0, 1:].abs().max() == 0.0


def test_a_sound_is_over_after_its_length() -> None:
    time = torch.arange(RATE).unsqueeze(0) / RATE
    ended = end(torch.ones(1, RATE), time, torch.tensor([[0.5]]), torch.tensor([[0.2]]), RATE)
    assert ended[0, : int(0.399 * RATE)].min() == 1.0 and ended[0, RATE // 2 :].abs().max() == 0.0


def level_at(response: torch.Tensor, hertz: float) -> float:
    return 20.0 * math.log10(abs(complex(response[0, round(hertz / RATE * 2 * 22050)])))


def test_filters_turn_at_their_corner() -> None:
    bins, corner, level = warped(RATE, CPU), torch.tensor([[1000.0]]), torch.tensor([[6.0]])
    assert level_at(low_pass(bins, corner, RATE), 1000) == pytest.approx(-3.0, abs=0.1)
    assert level_at(high_pass(bins, corner, RATE), 100) == pytest.approx(-20.0, abs=0.2)
    assert level_at(low_shelf(bins, corner, RATE, level), 20) == pytest.approx(6.0, abs=0.1)
    tilted = tilt(bins, corner, RATE, level)
    assert (level_at(tilted, 10), level_at(tilted, 21000)) == pytest.approx((-3.0, 3.0), abs=0.1)


def test_filters_never_sound_before_their_cause() -> None:
    bins, corner = warped(8192, CPU), torch.tensor([[300.0]])
    answer = torch.fft.irfft(low_pass(bins, corner, RATE) * high_pass(bins, corner, RATE), n=8192)
    assert answer[0, -2000:].abs().max() < 1e-4 * answer.abs().max()


def test_a_room_answers_after_its_delay() -> None:
    time = torch.arange(8192).unsqueeze(0) / RATE
    answer = torch.fft.irfft(room(time, torch.tensor([[0.01]]), torch.tensor([[0.02]]), RATE, None), n=16384)
    assert answer[0, :441].abs().max() < 1e-6 and answer.square().sum() == pytest.approx(1.0, abs=0.2)
