"""The model that ships: small, credited, and a kick on every draw."""

from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
import torch

from latentaudio.config import FACTORY, FACTORY_MODEL
from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.descriptors import kick_likeness
from latentaudio.latent.library import read_library

RATE = 44100


@pytest.fixture(scope="module")
def factory() -> Model:
    return load_model(FACTORY_MODEL)


@torch.inference_mode()
def sounds(model: Model, points: np.ndarray) -> Iterator[torch.Tensor]:
    for some in torch.from_numpy(points).split(16):
        yield from model.vae.decode(some)


def test_every_draw_is_a_kick(factory):
    generator = np.random.default_rng(7)
    library = read_library(FACTORY_MODEL)
    drawn = np.stack([library.draw(generator) for _ in range(128)])
    assert all(kick_likeness(sound, RATE).is_kick for sound in sounds(factory, drawn))


def test_the_default_kit_is_sixteen_different_kicks(factory):
    assert torch.cdist(factory.kit, factory.kit).fill_diagonal_(9.0).min() > 1.0
    assert all(kick_likeness(sound, RATE).is_kick for sound in sounds(factory, factory.kit.numpy()))


def test_the_shipped_sounds_are_what_the_model_makes_of_its_kit(factory):
    from latentaudio.render.finish import finish

    for number, made in enumerate(sounds(factory, factory.kit.numpy()), 1):
        shipped, rate = soundfile.read(FACTORY / "kit" / f"{number:02}.flac", dtype="float32")
        expected = finish(made.numpy(), RATE, rate)
        assert abs(len(shipped) - len(expected)) < 100
        assert np.corrcoef(shipped[:4000], expected[:4000])[0, 1] > 0.999


def test_it_is_small_and_names_its_makers(factory):
    assert FACTORY_MODEL.stat().st_size <= 16e6
    assert sum(path.stat().st_size for path in (FACTORY / "kit").iterdir()) <= 1.5e6
    assert sum(entry["count"] for entry in factory.credits.values()) == len(factory.names)
    assert factory.provenance["command"].startswith("latentaudio train")


def test_every_licence_it_learned_from_lets_it_be_shared(factory):
    free = {"CC0-1.0", "public-domain", "CC-BY-3.0", "CC-BY-4.0", "MIT", "BSD-3-Clause"}
    assert {entry["licence"] for entry in factory.credits.values()} <= free
