"""Variations of a batch that keep its phase."""

import math

import pytest
import torch

from latentaudio.core import augment
from latentaudio.core.descriptors import pitch

RATE = 44100


@pytest.fixture
def sine() -> torch.Tensor:
    return 0.5 * torch.sin(2.0 * math.pi * 100.0 * torch.arange(RATE) / RATE).unsqueeze(0)


def test_every_variation_keeps_peak_start_and_polarity(kicks: torch.Tensor) -> None:
    batch = kicks.repeat(16, 1)
    varied = augment.augment(batch, RATE)
    assert (varied.abs().amax(1) <= 0.892).all() and (varied.abs().amax(1) > 0.6).all()
    assert (varied[:, 0] > 0.5 * varied.abs().amax(1)).all()  # these kicks begin at their positive peak


def test_variations_differ(kicks: torch.Tensor) -> None:
    varied = augment.augment(kicks[:1].repeat(8, 1), RATE)
    assert len({tuple(sound[:100].tolist()) for sound in varied}) > 4


def test_the_share_left_alone_is_left_alone(kicks: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "SHARE", 0.0)
    assert torch.allclose(augment.augment(kicks, RATE), augment.normalise(kicks), atol=1e-5)


def test_repitching_changes_the_pitch(sine: torch.Tensor) -> None:
    assert pitch(augment.repitch(sine, torch.tensor([[1.5]])), RATE) == pytest.approx(150.0, abs=2.0)


def test_repitching_past_the_end_is_silence(sine: torch.Tensor) -> None:
    faster = augment.repitch(sine, torch.tensor([[2.0]]))
    assert faster[0, : RATE // 2 - 2].abs().max() > 0.4 and faster[0, RATE // 2 + 2 :].abs().max() == 0.0


@pytest.mark.parametrize(("frequency", "expected"), [(20.0, -1.5), (15000.0, 1.5)])
def test_a_tilt_moves_lows_and_highs_apart(frequency: float, expected: float) -> None:
    sine = torch.sin(2.0 * math.pi * frequency * torch.arange(RATE) / RATE).unsqueeze(0)
    tilted = augment.tilt(sine, torch.tensor([[3.0]]), RATE)
    assert 20.0 * math.log10(tilted.std() / sine.std()) == pytest.approx(expected, abs=0.3)


def test_a_layer_is_the_neighbour(kicks: torch.Tensor) -> None:
    layered = augment.layer(kicks, torch.tensor([[0.0], [1.0], [0.5], [0.0]]))
    wanted = augment.normalise(torch.stack([kicks[0], kicks[0], kicks[1] + kicks[2], kicks[3]]))
    assert torch.allclose(layered, wanted, atol=1e-6)


def test_a_tilt_never_sounds_before_its_cause() -> None:
    click = torch.zeros(1, 1000)
    click[0, 500] = 1.0
    assert augment.tilt(click, torch.tensor([[3.0]]), RATE)[0, :500].abs().max() == 0.0
