"""Attributes found by listening: gradients fitted, calibrated, measured, kept in the model file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from latentaudio.core.attributes import ABOUT, add_attributes, calibrated, find_steering
from latentaudio.core.attributes_fit import fit_gradients
from latentaudio.core.attributes_listen import Places, gradients, listen
from latentaudio.core.attributes_report import attribute_report, spearman
from latentaudio.core.checkpoint import Model, load_model, save_model
from latentaudio.core.descriptors import DESCRIPTORS
from latentaudio.errors import ModelError
from tests.core.conftest import RATE

TIME = torch.arange(RATE // 4) / RATE


class Drum(nn.Module):
    """A decoder whose every dim one knows: a body with noise, a knock and a click, of 8 dims that are mixed up."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.turn = torch.linalg.qr(torch.randn(8, 8, generator=generator)).Q
        self.hiss = torch.randn(len(TIME), generator=generator)
        self.knock = torch.sin(2.0 * torch.pi * 1500.0 * TIME) * torch.exp(-TIME / 0.01)
        self.snap = torch.randn(len(TIME), generator=generator) * torch.exp(-TIME / 0.002)

    def forward(self, z: Tensor) -> Tensor:
        level, length, pitch, hiss, click, knock, *_ = (0.5 * (z @ self.turn)).T.unsqueeze(2)
        body = torch.sin(2.0 * torch.pi * 80.0 * torch.exp2(0.4 * pitch) * TIME)
        body = body + 0.0003 * torch.exp2(hiss) * self.hiss
        sound = body * torch.exp(-TIME / (0.03 * torch.exp2(0.5 * length))) + 0.5 * torch.exp2(knock) * self.knock
        return 0.1 * torch.exp2(0.7 * level) * (sound + 0.2 * torch.exp2(click) * self.snap)


@pytest.fixture
def drum(tiny_model: Path) -> Model:
    """The tiny model with a decoder that is a drum."""
    model = load_model(tiny_model)
    model.vae.decoder = Drum()  # type: ignore[assignment]
    return replace(model, latents=torch.randn(200, 8, generator=torch.Generator().manual_seed(1)))


def test_a_quadratics_gradients_are_found_again() -> None:
    points, half = torch.randn(5000, 8) + 1.0, torch.randn(2, 8, 8)
    slopes, bends = torch.randn(2, 8), half + half.mT
    found = fit_gradients(points, slopes + torch.einsum("iab,nb->nia", bends, points))
    assert torch.nn.functional.cosine_similarity(found[0], slopes).min() > 0.97
    assert torch.nn.functional.cosine_similarity(found[1].flatten(1), bends.flatten(1)).min() > 0.99


def test_a_gradient_at_a_jump_does_not_lead_the_others_astray() -> None:
    points, found = torch.randn(60, 8), torch.ones(60, 1, 8)
    found[7] = 1e6
    slopes, _ = fit_gradients(points, found)
    assert torch.allclose(slopes, torch.ones(1, 8), atol=0.2)


def test_bends_are_symmetric_as_second_derivatives_are() -> None:
    _, bends = fit_gradients(torch.randn(40, 8), torch.randn(40, 2, 8))
    assert torch.allclose(bends, bends.mT, atol=1e-6)


def test_gradients_say_how_descriptors_change(drum: Model) -> None:
    at, step = drum.latents[:4], 0.01 * torch.eye(8)[2]
    change = (listen(drum, at + step) - listen(drum, at - step)) / 0.02
    assert torch.allclose(gradients(drum, at)[:, :, 2], change, rtol=0.1, atol=0.3)


def test_they_are_taken_in_the_middle_of_training_too(drum: Model) -> None:
    with torch.inference_mode():
        assert gradients(drum, drum.latents[:2] * 1.0).abs().amax() > 0.0


def test_a_sound_that_is_no_number_leads_nowhere(drum: Model) -> None:
    drum.vae.decoder.forward = lambda z: z.sum(1, keepdim=True) * TIME / 0.0  # type: ignore[method-assign]
    assert not gradients(drum, drum.latents[:2]).any()


def test_silence_has_gradients_without_nan(drum: Model) -> None:
    drum.vae.decoder.forward = lambda z: 0.0 * z.sum(1, keepdim=True) * TIME  # type: ignore[method-assign]
    assert gradients(drum, drum.latents[:2]).isfinite().all()
    assert all(np.isfinite(each.gain) for each in attribute_report(add_attributes(drum), 4))


def test_an_attribute_moves_its_descriptor_by_a_deviation_and_the_others_by_less_than_a_third(drum: Model) -> None:
    for each in attribute_report(add_attributes(drum), 16, seed=5):
        assert each.spearman > 0.8
        if each.name not in ("brightness", "click"):  # this drum's treble is mostly its click
            assert 0.8 < each.gain < 1.2 and max(each.leakage.values()) < 0.34, each


def test_calibrating_corrects_the_unit(drum: Model) -> None:
    places, deviations = Places(drum, torch.Generator().manual_seed(0)), torch.ones(len(DESCRIPTORS))
    found = find_steering(drum, places, deviations, 40)
    weak = replace(found, slopes=3.0 * found.slopes, bends=3.0 * found.bends)  # moves a third as far
    model = replace(drum, steering=weak, attributes={name: {"deviation": 1.0} for name in ABOUT})
    gain = {each.name: each.gain for each in attribute_report(model, 8)}["loudness"]
    again = {each.name: each.gain for each in attribute_report(calibrated(model, places, deviations, 8), 8)}["loudness"]
    assert gain < 0.6 and again > 1.25 * gain


def test_the_same_seed_finds_the_same(drum: Model) -> None:
    one, two = add_attributes(drum).steering, add_attributes(drum).steering
    assert one is not None and two is not None and np.array_equal(one.bends, two.bends)


def test_ranks_alone_decide_a_rank_correlation() -> None:
    a = torch.tensor([-2.0, -1.0, 1.0, 2.0])
    assert spearman(a, a.exp()).item() == pytest.approx(1.0) and spearman(a, -a).item() == pytest.approx(-1.0)
    assert spearman(a, torch.zeros(4)).item() == 0.0


def test_attributes_come_back_from_their_file(attributed_model: Path, tmp_path: Path) -> None:
    model = load_model(attributed_model)
    assert tuple(model.attributes) == tuple(DESCRIPTORS) == tuple(ABOUT) and model.steering is not None
    assert {"doc", "unit", "deviation", "spearman", "gain", "leakage", "drift"} <= set(model.attributes["click"])
    save_model(model, tmp_path / "again.safetensors")
    again = load_model(tmp_path / "again.safetensors").steering
    assert again is not None and np.array_equal(again.bends, model.steering.bends)


def test_a_model_from_before_attributes_has_none(tiny_model: Path) -> None:
    model = load_model(tiny_model)
    assert model.steering is None and model.attributes == {} and attribute_report(model, 4) == []


def test_damaged_attributes_are_refused_with_a_sentence(attributed_model: Path, tmp_path: Path) -> None:
    model = load_model(attributed_model)
    assert model.steering is not None
    slopes = np.full_like(model.steering.slopes, np.nan)
    save_model(replace(model, steering=replace(model.steering, slopes=slopes)), tmp_path / "nan.safetensors")
    with pytest.raises(ModelError, match="its attributes are damaged"):
        load_model(tmp_path / "nan.safetensors")
