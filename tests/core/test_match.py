"""A search for the point that sounds like a given sound."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentaudio.core import match
from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.encode import encode
from latentaudio.core.match import Adam, Match, matched
from latentaudio.errors import DataError
from tests.core.conftest import RATE, kick

KICK = kick(4410)


@pytest.fixture
def model(tiny_model: Path) -> Model:
    return load_model(tiny_model)


def losses(search: Match) -> list[float]:
    """The best loss after each step."""
    found = []
    while search.left:
        search.step()
        found.append(search.loss)
    return found


def test_it_comes_closer_step_by_step(model: Model) -> None:
    found = losses(Match(model, KICK, RATE, steps=10))
    assert found == sorted(found, reverse=True) and found[-1] < found[0]


def test_what_leads_away_is_not_kept(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "RATE", -0.05)
    start = model.latents[0].numpy()
    search = Match(model, KICK, RATE, start, steps=5)
    assert len(set(losses(search))) == 1 and np.array_equal(search.latent, start)


def test_it_begins_where_the_encoder_puts_the_sound(model: Model) -> None:
    assert np.allclose(Match(model, KICK, RATE).latent, encode(model, KICK, RATE), atol=1e-5)


def test_a_pull_keeps_it_near_the_sounds(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    start, ends = np.full(8, 3.0, np.float32), []
    for pull in (0.0, 10.0):
        monkeypatch.setattr(match, "PULL", pull)
        search = Match(model, KICK, RATE, start, steps=10)
        losses(search)
        ends.append(np.linalg.norm(search.latent))
    assert ends[1] < ends[0]


def test_the_decoder_stays_as_it_is(model: Model) -> None:
    before = [weight.clone() for weight in model.vae.parameters()]
    losses(Match(model, KICK, RATE, steps=3))
    assert all(torch.equal(*pair) for pair in zip(before, model.vae.parameters(), strict=True))


def test_adam_is_torchs_own() -> None:
    target, points = torch.tensor([3.0, -1.0, 0.5]), [torch.zeros(3, requires_grad=True) for _ in range(2)]
    ours, theirs = Adam(points[0]), torch.optim.Adam([points[1]], 0.1)
    for _ in range(20):
        (points[1] - target).pow(4).sum().backward()
        ours.step(4.0 * (points[0].detach() - target) ** 3, 0.1)
        theirs.step(), theirs.zero_grad()
    assert torch.allclose(*points, atol=1e-5)


def test_what_is_made_of_a_sound_is_the_best_points(model: Model) -> None:
    told: list[tuple[int, int]] = []
    made = matched(model, KICK, RATE, 3, lambda *now: told.append(now))
    search = Match(model, KICK, RATE, steps=3)
    losses(search)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert np.allclose(made, model.vae.decode(torch.from_numpy(search.latent)[None])[0], atol=1e-4)


def test_silence_cannot_be_matched(model: Model) -> None:
    with pytest.raises(DataError, match="silent"):
        Match(model, 0.0 * KICK, RATE)
