"""What is heard of a network in training: its running average, without a trace in the run."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from latentaudio.core.audition import DRAWS, Audition, spread_over
from latentaudio.core.dataset import Dataset, load_folder
from latentaudio.core.evaluate import evaluate
from latentaudio.core.options import TrainOptions
from latentaudio.core.source import Resident
from latentaudio.core.step import TrainStep
from latentaudio.core.vae import Vae, VaeConfig


@pytest.fixture
def dataset(folder: Path, config: VaeConfig) -> Dataset:
    """Four kicks, two of them held out."""
    loaded = load_folder(folder, config)
    splits = ("train", "train", "valid", "valid")
    sounds = (replace(sound, split=split) for sound, split in zip(loaded.sounds, splits, strict=True))
    return replace(loaded, sounds=tuple(sounds))


@pytest.fixture
def step(dataset: Dataset, config: VaeConfig) -> TrainStep:
    cpu = torch.device("cpu")
    options = TrainOptions(batch=2, synthetic=0.0, config=config)
    return TrainStep(Vae(config), Resident(dataset.split("train"), cpu), options, cpu)


@pytest.fixture
def audition(step: TrainStep, dataset: Dataset) -> Audition:
    return Audition(step, dataset.split("train"), dataset.split("valid"))


def test_the_error_is_that_of_the_running_average_on_held_out_sounds(
    step: TrainStep, dataset: Dataset, audition: Audition
) -> None:
    step.run(1e-2, 0.0, keep=0.5, synthetic=0.0)
    audition.catch_up()
    step.use_average()
    wanted = evaluate(step.vae, dataset.split("valid"))["mel_db"]
    assert audition.split == "valid" and audition.error() == pytest.approx(wanted, abs=1e-3)


def test_without_held_out_sounds_those_learned_are_heard(step: TrainStep, dataset: Dataset) -> None:
    audition = Audition(step, dataset.split("train"), dataset.split("test"))
    audition.catch_up()
    assert audition.split == "train"
    assert audition.error() == pytest.approx(evaluate(step.vae, dataset.split("train"))["mel_db"], abs=1e-3)


def test_listening_leaves_no_trace(step: TrainStep, dataset: Dataset) -> None:
    before, weights = torch.get_rng_state(), {name: value.clone() for name, value in step.parameters.items()}
    audition = Audition(step, dataset.split("train"), dataset.split("valid"))
    audition.catch_up()
    audition.error()
    audition.draws()
    audition.pairs()
    assert torch.equal(torch.get_rng_state(), before) and step.vae.training
    assert all(torch.equal(value, weights[name]) and value.requires_grad for name, value in step.parameters.items())


def test_the_same_network_gives_the_same_draws(audition: Audition, config: VaeConfig) -> None:
    assert torch.equal(audition.draws(), audition.draws())
    assert audition.draws().shape == (DRAWS, config.frames)


def test_a_pair_is_a_held_out_sound_and_its_reconstruction(audition: Audition, dataset: Dataset) -> None:
    real, decoded = audition.pairs()
    assert torch.equal(real, next(dataset.split("valid").batches(4, torch.device("cpu"))))
    assert decoded.shape == real.shape and not torch.equal(real, decoded)


def test_a_choice_reaches_from_the_first_sound_to_the_last(dataset: Dataset) -> None:
    ends = torch.from_numpy(dataset.audio[[0, 3]])
    assert torch.equal(spread_over(dataset, 2), ends) and len(spread_over(dataset, 9)) == 4
