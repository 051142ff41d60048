"""What a finished network says of its training sounds: latents, map, descriptors, posterior, kit, attributes."""

from collections import Counter

import numpy as np
import torch
from torch import Tensor

from latentaudio.core.attributes import add_attributes
from latentaudio.core.checkpoint import Model
from latentaudio.core.dataset import Dataset
from latentaudio.core.descriptors import DESCRIPTORS, describe_sounds
from latentaudio.core.layout import lay_out
from latentaudio.core.vae import Vae

BATCH = 32
KIT = 16  # sounds


@torch.inference_mode()
def build_model(vae: Vae, train: Dataset, name: str, provenance: dict[str, object]) -> Model:
    """The model of a trained network and the sounds it was trained on."""
    device = next(vae.parameters()).device
    count, weights = len(train.sounds), torch.from_numpy(train.weights())
    # Filled in place: small results kept between the large ones of each batch would keep those from being reused.
    points, described = torch.zeros(count, vae.config.dims), torch.zeros(count, len(DESCRIPTORS))
    for start, audio in zip(range(0, count, BATCH), train.batches(BATCH, device), strict=True):
        points[start : start + BATCH] = vae.encode(audio)[0]
        described[start : start + BATCH] = describe_sounds(audio, vae.config.sample_rate)
    mean, scale = fit_posterior(points, weights)
    model = Model(
        name=name,
        vae=vae,
        latents=points,
        map=lay_out(points),
        descriptors=described,
        mean=mean,
        scale=scale,
        kit=points[choose_kit(points, KIT)],
        names=tuple(sound.file for sound in train.sounds),
        descriptor_names=tuple(DESCRIPTORS),
        provenance=provenance,
        credits=credit(train),
    )
    return add_attributes(model)


def fit_posterior(points: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [dims] and lower Cholesky factor [dims, dims] of a normal distribution over `points` [n, dims].

    `weights` [n] sum to 1. The covariance is shrunk towards a multiple of the identity by the oracle
    approximating formula (Chen et al. 2010, equation 23), with the weights' effective number of sounds.
    """
    points, weights = points.double(), weights.double()
    mean = weights @ points
    centred = points - mean
    covariance = (centred * weights.unsqueeze(1)).T @ centred
    dims, count = len(mean), 1.0 / float(weights.square().sum())
    trace, squared = covariance.trace(), covariance.square().sum()
    above = (1.0 - 2.0 / dims) * squared + trace**2
    below = (count + 1.0 - 2.0 / dims) * (squared - trace**2 / dims)
    shrinkage = (above / below.clamp_min(1e-12)).clamp_max(1.0)
    identity = torch.eye(dims, dtype=torch.float64)
    shrunk = (1.0 - shrinkage) * covariance + (shrinkage * trace / dims + 1e-6) * identity
    return mean.float(), torch.linalg.cholesky(shrunk).float()


def choose_kit(points: Tensor, count: int) -> list[int]:
    """Indices of `count` sounds that stand for all: the nearest to each centre of k-means, once each.

    The centres begin far apart (k-means++, Arthur & Vassilvitskii 2007), always the same for the same points.
    """
    generator = np.random.default_rng(0)
    count = min(count, len(points))
    centres = points.mean(0, keepdim=True)
    for _ in range(count):
        chance = torch.cdist(points, centres).amin(1).square().double().numpy() + 1e-12
        centres = torch.cat([centres, points[generator.choice(len(points), p=chance / chance.sum())][None]])
    centres = centres[1:]
    for _ in range(20):
        nearest = torch.cdist(points, centres).argmin(1)
        for index in range(count):
            members = points[nearest == index]
            if len(members):
                centres[index] = members.mean(0)
    distance = torch.cdist(centres, points)
    chosen: list[int] = []
    for row in distance:
        row[chosen] = torch.inf
        chosen.append(int(row.argmin()))
    return chosen


def credit(dataset: Dataset) -> dict[str, object]:
    """Source: licence and number of sounds, for every source that a manifest names."""
    counts = Counter((sound.source, sound.licence) for sound in dataset.sounds if sound.source)
    return {source: {"licence": licence, "count": n} for (source, licence), n in sorted(counts.items())}
