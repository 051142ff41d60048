"""How close a cloud of drawn sounds lies to a cloud of real ones. On the caller's thread.

Statistics of a hundred sounds are noisy and biased: every distance therefore comes with the same distance between the
training sounds and the held-out ones, taken over as many sounds. A model cannot be expected to beat it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from latentaudio.core.descriptors import describe_sounds
from latentaudio.core.evaluate_sounds import log_mel

COMPONENTS = 8
BOOTSTRAPS = 200
FEWEST = COMPONENTS + 1  # sounds of a side, for its covariance to have full rank
INTERVAL = (0.5, 0.05, 0.95)  # the median and what 90 % of the bootstraps lie between


@dataclass(frozen=True)
class Spread:
    """A distribution in three numbers."""

    median: float
    low: float  # 5th percentile
    high: float  # 95th percentile


@dataclass(frozen=True)
class Draws:
    """How draws compare with held-out sounds; `floor` is the training sounds in the place of the draws."""

    frechet: Spread  # squared, as FID is; over bootstraps
    frechet_floor: Spread
    frechet_ratio: Spread  # of the two, each pair from one bootstrap of the held-out sounds
    mmd: float  # squared and unbiased: about 0, and below it by chance, where the clouds are alike
    mmd_floor: float
    nearest_db: Spread  # mel dB from a draw to its nearest training sound
    nearest_floor_db: Spread  # from a held-out sound: draws that lie much closer are memorised


def spread(values: Tensor) -> Spread:
    """Median, 5th and 95th percentile of `values` [n]."""
    levels = torch.tensor(INTERVAL, dtype=torch.float64)
    return Spread(*(round(float(value), 4) for value in values.double().cpu().quantile(levels)))


def features(audio: Tensor, rate: int) -> Tensor:
    """What a sound is like, [batch, 86]: its mean log-mel (80 bands, dB) and its descriptors."""
    return torch.cat([log_mel(audio, rate).mean(1), describe_sounds(audio, rate)], 1)


@dataclass(frozen=True)
class Components:
    """The principal components of the training sounds' standardised features."""

    mean: Tensor  # [features]
    scale: Tensor  # [features]
    axes: Tensor  # [features, 8]

    def __call__(self, rows: Tensor) -> Tensor:
        """Features [n, features] as [n, 8]."""
        return (rows.double() - self.mean) / self.scale @ self.axes


def fit_components(rows: Tensor) -> Components:
    """Fit on `rows` [n, features]; each feature counts alike, whatever its unit."""
    rows = rows.double()
    mean, scale = rows.mean(0), rows.std(0).clamp_min(1e-6)
    axes = torch.linalg.svd((rows - mean) / scale, full_matrices=False).Vh[:COMPONENTS].T
    return Components(mean, scale, axes)


def frechet(a: Tensor, b: Tensor) -> Tensor:
    """Squared Fréchet distance of normal distributions fitted to clouds [..., n, dims], [...].

    Dowson & Landau 1982; used as FID by Heusel et al. 2017.
    """
    mean = (a.mean(-2) - b.mean(-2)).square().sum(-1)
    first, second = _covariance(a), _covariance(b)
    values, vectors = torch.linalg.eigh(first)
    root = vectors * values.clamp_min(0.0).sqrt().unsqueeze(-2) @ vectors.mT
    cross = torch.linalg.eigvalsh(root @ second @ root).clamp_min(0.0).sqrt().sum(-1)
    distance: Tensor = mean + _trace(first) + _trace(second) - 2.0 * cross
    return distance


def mmd(a: Tensor, b: Tensor, bandwidth: Tensor) -> float:
    """Squared maximum mean discrepancy of [n, dims] and [m, dims], unbiased (Gretton et al. 2012, equation 3).

    The kernel is exp(-d² / (2 bandwidth²)).
    """

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return torch.exp(-torch.cdist(x, y).square() / (2.0 * bandwidth**2))

    def within(x: Tensor) -> Tensor:
        return (kernel(x, x).sum() - len(x)) / (len(x) * (len(x) - 1))

    return round(float(within(a) + within(b) - 2.0 * kernel(a, b).mean()), 4)


def nearest_mel_db(audio: Tensor, others: Iterable[Tensor], rate: int) -> Tensor:
    """Mean log-mel difference of each sound to the nearest of `others` (batches of audio), dB, [n], on the CPU."""
    own = log_mel(audio, rate).flatten(1).cpu()
    nearest = torch.full((len(own),), torch.inf)
    for batch in others:
        distance = torch.cdist(own, log_mel(batch, rate).flatten(1).cpu(), p=1.0)
        nearest = torch.minimum(nearest, distance.amin(1) / own.shape[1])
    return nearest


def compare(drawn: Tensor, train: Tensor, held_out: Tensor) -> tuple[Spread, Spread, Spread, float, float]:
    """Fréchet distances (draws, floor, ratio) and MMD (draws, floor) of features [n, features] of each.

    Every bootstrap takes as many sounds of each as there are held out. Those of the training set come from a random
    subset as large as the draws, so that repeats are as frequent. Raises ValueError for fewer than `FEWEST` sounds.
    """
    if min(map(len, (drawn, train, held_out))) < FEWEST:
        raise ValueError(f"too few sounds to compare: {FEWEST} of each are needed")
    components = fit_components(train)
    drawn, train, held_out = (components(rows) for rows in (drawn, train, held_out))
    generator = torch.Generator().manual_seed(0)

    def resample(rows: Tensor, subset: int) -> Tensor:
        count = min(subset, len(rows))
        order = torch.rand(BOOTSTRAPS, len(rows), generator=generator).argsort(1)[:, :count]
        return rows[order.gather(1, torch.randint(count, (BOOTSTRAPS, len(held_out)), generator=generator))]

    real = resample(held_out, len(held_out))
    distance = frechet(resample(drawn, len(drawn)), real)
    floor = frechet(resample(train, len(drawn)), real)
    bandwidth = torch.pdist(torch.cat([train[:1000], held_out])).median()  # of all pairs (Gretton's heuristic)
    return (
        spread(distance), spread(floor), spread(distance / floor),
        mmd(drawn, held_out, bandwidth), mmd(train, held_out, bandwidth),
    )  # fmt: skip


def _covariance(x: Tensor) -> Tensor:
    centred = x - x.mean(-2, keepdim=True)
    return centred.mT @ centred / (x.shape[-2] - 1)


def _trace(matrix: Tensor) -> Tensor:
    return matrix.diagonal(dim1=-2, dim2=-1).sum(-1)
