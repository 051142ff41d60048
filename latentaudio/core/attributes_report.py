"""What setting an attribute does, measured: its own descriptor and every other. On the caller's thread."""

from dataclasses import dataclass

import torch
from torch import Tensor

from latentaudio.core.attributes_listen import Places, listen
from latentaudio.core.checkpoint import Model

SETTINGS = torch.tensor([-2.0, -1.0, 1.0, 2.0])


@dataclass(frozen=True)
class AttributeFigures:
    """One attribute, set to -2, -1, 1 and 2 at points half drawn, half of the library. JSON by `asdict`."""

    name: str
    spearman: float  # of the settings and the own descriptor, in the mean over points, -1..1
    pooled: float  # the same of all points at once and how far the descriptor moved from setting 0
    gain: float  # standard deviations of the own descriptor per unit; 1 is as promised
    leakage: dict[str, float]  # by other descriptor: how far it moves either way, over how far the own one does
    drift: dict[str, float]  # the same of what all points have in common: mean slopes


def attribute_report(model: Model, count: int, seed: int = 0) -> list[AttributeFigures]:
    """Measure every attribute of `model` at `count` points; nothing for a model without attributes.

    Decodes 25 sounds a point.
    """
    if model.steering is None:
        return []
    places = Places(model, torch.Generator().manual_seed(seed))
    points = torch.cat([places.draws(count - count // 2), places.library(count // 2)])
    deviations = torch.tensor([about["deviation"] for about in model.attributes.values()])
    neutral = listen(model, points)
    figures = []
    for own in range(len(deviations)):
        settings = torch.zeros(len(SETTINGS), len(deviations))
        settings[:, own] = SETTINGS
        moves = (listen_moved(model, points, settings) - neutral) / deviations
        figures.append(_figures(tuple(model.attributes), own, moves.transpose(0, 1)))
    return figures


def listen_moved(model: Model, points: Tensor, settings: Tensor) -> Tensor:
    """Evened descriptors [settings, points, n] of `points` [points, dims] at each of `settings` [settings, n]."""
    assert model.steering is not None
    everywhere = points.repeat(len(settings), 1)
    amounts = settings.repeat_interleave(len(points), 0)
    moved = torch.from_numpy(model.steering.move(everywhere.numpy(), amounts.numpy()))
    return listen(model, moved).reshape(len(settings), len(points), -1)


def spearman(a: Tensor, b: Tensor) -> Tensor:
    """Rank correlation (Spearman 1904) along the last dim of [..., n] and [..., n]; 0 where nothing varies."""
    ranks = [x.argsort(-1).argsort(-1).double() for x in (a, b)]
    x, y = (rank - rank.mean(-1, keepdim=True) for rank in ranks)
    varied = (a.amax(-1) > a.amin(-1)) & (b.amax(-1) > b.amin(-1))
    return torch.where(varied, (x * y).sum(-1) / (x.norm(dim=-1) * y.norm(dim=-1)), 0.0)


def _figures(names: tuple[str, ...], own: int, moves: Tensor) -> AttributeFigures:
    """Of `moves` [points, settings, descriptors]."""
    settings = SETTINGS.expand(moves.shape[:2])
    far = moves.abs().mean((0, 1))
    slope = (moves * SETTINGS[:, None]).sum(1).mean(0) / SETTINGS.square().sum()
    others = [index for index in range(len(names)) if index != own]

    def ratios(values: Tensor) -> dict[str, float]:
        return {names[j]: round(float(values[j].abs() / values[own].abs().clamp_min(1e-6)), 3) for j in others}

    return AttributeFigures(
        name=names[own],
        spearman=round(float(spearman(settings, moves[:, :, own]).mean()), 3),
        pooled=round(float(spearman(settings.flatten(), moves[:, :, own].flatten())), 3),
        gain=round(float(slope[own]), 3),
        leakage=ratios(far),
        drift=ratios(slope),
    )
