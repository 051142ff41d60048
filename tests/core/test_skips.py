"""Skips that do not cheat: made from z, trained towards the encoder, and nothing else at last."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from latentaudio.core import loop, skips
from latentaudio.core import step as steps
from latentaudio.core.dataset import load_folder
from latentaudio.core.options import Progress, TrainOptions
from latentaudio.core.source import Resident
from latentaudio.core.training import train
from latentaudio.core.vae import Vae, VaeConfig


@pytest.fixture
def vae(config: VaeConfig) -> Vae:
    return Vae(replace(config, skips="generated", skip_channels=8))


@pytest.fixture
def features() -> list[torch.Tensor]:
    """What two stages of an encoder made of three sounds, finest first."""
    return [torch.randn(3, 8, 4, requires_grad=True), 5.0 * torch.randn(3, 2, 6) + 1.0]


def test_targets_begin_with_the_coarsest_and_have_unit_variance(features: list[torch.Tensor]) -> None:
    wanted = skips.targets(features)
    assert [goal.shape for goal in wanted] == [(3, 2, 6), (3, 8, 4)]
    assert all(goal.var(-1, unbiased=False).mean().item() == pytest.approx(1.0, abs=0.05) for goal in wanted)


def test_skips_have_the_shape_of_what_the_encoder_sees(vae: Vae, kicks: torch.Tensor) -> None:
    wanted = skips.targets(vae.encoder["mean"].features(vae.columns(kicks)))
    assert [made.shape for made in vae.decoder.skips(torch.randn(4, 4))] == [goal.shape for goal in wanted]


def test_what_agrees_costs_nothing_and_what_knows_nothing_costs_two(features: list[torch.Tensor]) -> None:
    wanted = skips.targets(features)
    nothing = [torch.zeros_like(goal) for goal in wanted]
    assert skips.consistency(wanted, wanted).item() == pytest.approx(0.0, abs=1e-5)
    assert skips.consistency(nothing, wanted).item() == pytest.approx(2.0, abs=0.05)


def test_the_direction_counts_beside_the_distance() -> None:
    goal = [torch.tensor([[[1.0, 0.0]]])]
    aside, behind = [torch.tensor([[[1.0, 1.0]]])], [torch.tensor([[[0.0, 0.0]]])]
    assert skips.consistency(aside, goal) < skips.consistency(behind, goal)  # both as far


def test_the_encoder_is_never_moved_towards_the_generator(features: list[torch.Tensor]) -> None:
    made = [torch.randn(3, 2, 6, requires_grad=True), torch.randn(3, 8, 4, requires_grad=True)]
    skips.consistency(made, skips.targets(features)).backward()
    assert features[0].grad is None and all(skip.grad is not None for skip in made)


def test_the_swap_begins_with_the_encoder_and_ends_generated() -> None:
    shares = [skips.generated_share(spent / 100) for spent in range(101)]
    assert shares[0] == 0.0 and shares == sorted(shares)
    assert all(share == 1.0 for share in shares[50:])


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_each_sound_has_the_skips_of_one_side(share: float) -> None:
    made, wanted = torch.ones(2000, 3, 2), torch.zeros(2000, 3, 2)
    taken = skips.mix([made], [wanted], torch.tensor(share))[0].flatten(1)
    assert torch.equal(taken.amin(1), taken.amax(1))
    assert taken[:, 0].mean().item() == pytest.approx(share, abs=0.04)


def test_a_sound_has_the_same_side_at_every_stage() -> None:
    made, wanted = [torch.ones(100, 3, 2), torch.ones(100, 6, 2)], [torch.zeros(100, 3, 2), torch.zeros(100, 6, 2)]
    coarse, fine = skips.mix(made, wanted, torch.tensor(0.5))
    assert torch.equal(coarse[:, 0], fine[:, 0])


def test_a_weaned_network_trains_as_it_plays(vae: Vae, kicks: torch.Tensor) -> None:
    vae.wean(1.0)
    heard = vae(kicks)
    assert torch.equal(heard.audio, vae.decode(heard.z))


def test_before_that_it_leans_on_the_encoder(vae: Vae, kicks: torch.Tensor) -> None:
    vae.wean(0.0)
    heard = vae(kicks)
    assert not torch.allclose(heard.audio, vae.decode(heard.z))
    heard.audio.square().sum().backward()
    assert all(value.grad is None or not value.grad.any() for value in vae.decoder.skips.parameters())


def test_a_new_network_is_weaned(vae: Vae) -> None:
    assert vae.weaned.item() == 1.0


def test_the_share_stays_in_its_place(vae: Vae) -> None:
    before = vae.weaned.data_ptr()
    vae.wean(0.2)
    assert vae.weaned.data_ptr() == before and 0.0 < vae.weaned.item() < 1.0


def test_a_training_run_weans_and_ends_weaned(vae: Vae, folder: Path, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    shares, wean = [], Vae.wean
    monkeypatch.setattr(Vae, "wean", lambda vae, spent: (wean(vae, spent), shares.append(vae.weaned.item())))
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    heard: list[Progress] = []
    options = TrainOptions(steps=8, batch=4, device="cpu", config=vae.config, synthetic=0.0)
    train(folder, tmp_path / "model.safetensors", options, heard.append)
    assert shares[0] == 0.0 and shares[-1] == 1.0 and len(shares) == 8
    assert all(progress.losses["skips"] > 0.1 for progress in heard)


def test_a_step_trains_the_generator_even_while_the_encoder_is_leant_on(vae: Vae, folder: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(steps, "RISE_WEIGHT", 0.0)  # draws are made with generated skips
    cpu = torch.device("cpu")
    options = TrainOptions(batch=4, synthetic=0.0, config=vae.config)
    step = steps.TrainStep(vae, Resident(load_folder(folder, vae.config), cpu), options, cpu)
    vae.wean(0.0)
    step.run(1e-3, 0.0, keep=0.0, synthetic=0.0)
    assert all(value.grad.any() for value in vae.decoder.skips.heads.parameters())
