"""Where a step's sounds come from: memory or disk, the same sounds as often."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from latentaudio.core import dataset as datasets
from latentaudio.core import loop
from latentaudio.core.dataset import Dataset, load_folder, to_float
from latentaudio.core.options import TrainOptions
from latentaudio.core.source import Resident, Source, Streamed, source_for
from latentaudio.core.training import train
from latentaudio.core.vae import VaeConfig

CPU = torch.device("cpu")


@pytest.fixture
def dataset(folder: Path, config: VaeConfig) -> Dataset:
    """Four kicks in groups of three and one."""
    (folder / "manifest.csv").write_text("file,group,split\n0.wav,a,train\n1.wav,a,train\n2.wav,a,train\n3.wav,b,train")
    return load_folder(folder, config)


@pytest.fixture
def streamed(folder: Path, config: VaeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The same, on disk."""
    monkeypatch.setattr(datasets, "memory_for_sounds", lambda: 0)
    return load_folder(folder, config, scratch=tmp_path)


def drawn(source: Source, dataset: Dataset, steps: int) -> torch.Tensor:
    """Which sounds `steps` steps of 8 draw, [steps * 8]."""
    real, found = to_float(torch.from_numpy(dataset.audio)), []
    for _ in range(steps):
        source.refill()
        found += [int((real == sound).all(1).nonzero()[0]) for sound in source.sounds(8)]
    return torch.tensor(found)


@pytest.mark.parametrize("make", [lambda dataset: Resident(dataset, CPU), lambda dataset: Streamed(dataset, CPU, 8, 3)])
def test_each_sound_is_drawn_by_its_weight(dataset: Dataset, make: Callable[[Dataset], Source]) -> None:
    counts = torch.bincount(drawn(make(dataset), dataset, 500), minlength=4) / 4000
    assert counts.tolist() == pytest.approx(dataset.weights().tolist(), abs=0.025)


def test_a_stream_goes_on_where_it_was(dataset: Dataset) -> None:
    through, before, after = (Streamed(dataset, CPU, 8, 3) for _ in range(3))
    first = drawn(before, dataset, 5)
    drawn(after, dataset, 2)
    after.load_state(before.state())
    assert torch.equal(torch.cat([first, drawn(after, dataset, 5)]), drawn(through, dataset, 10))


def test_another_seed_draws_others(dataset: Dataset) -> None:
    one, other = (drawn(Streamed(dataset, CPU, 8, seed), dataset, 5) for seed in (1, 2))
    assert not torch.equal(one, other)


def test_the_batches_of_a_step_are_different_sounds(dataset: Dataset) -> None:
    whole, parts = (Streamed(dataset, CPU, 8, 3) for _ in range(2))
    whole.refill()
    parts.refill()
    assert torch.equal(torch.cat([parts.sounds(4), parts.sounds(4)]), whole.sounds(8))


def test_what_is_on_disk_is_streamed_and_else_nothing(dataset: Dataset, streamed: Dataset) -> None:
    assert isinstance(source_for(dataset, CPU, 8, 0), Resident)
    assert isinstance(source_for(streamed, CPU, 8, 0), Streamed)


def test_sounds_in_memory_are_not_copied_for_the_cpu(dataset: Dataset) -> None:
    source = Resident(dataset, CPU)
    dataset.store[:] = 0
    assert not source.sounds(4).any()


def test_a_run_from_disk_resumes_as_if_never_stopped(
    folder: Path, config: VaeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "memory_for_sounds", lambda: 0)
    options = TrainOptions(steps=3, batch=2, accumulation=2, synthetic=0.0, device="cpu", config=config)
    whole, halves, stop = tmp_path / "whole.safetensors", tmp_path / "halves.safetensors", threading.Event()
    train(folder, whole, options)
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    train(folder, halves, options, lambda now: stop.set() if now.step == 1 else None, stop)
    train(folder, halves, replace(options, resume=True))
    first, second = load_file(whole), load_file(halves)
    assert all(torch.equal(first[name], second[name]) for name in first)
