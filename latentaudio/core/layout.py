"""Where a model's sounds lie on its map: alike sounds near each other, the whole surface in use. Offline, once.

UMAP (McInnes et al. 2018) where the package umap-learn is installed and there are sounds enough for it; the two
principal components otherwise.
"""

import importlib.util
import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.core.layout_even import even_out

FEW = 16  # sounds: below, neighbourhoods say nothing
NEIGHBOURS = 15
# Four fits of the 518 factory sounds, evened out: trustworthiness 0.842..0.856 with UMAP's defaults, 0.862..0.870 with
# a spread of 2 and ten negative samples instead of five.
SPREAD = 2.0
NEGATIVE = 10
SMALL = 1000  # sounds: up to here both ways and several seeds are tried, a second or so each, and the best is kept
SEEDS = 4
TRUSTED = 10  # neighbours that trustworthiness looks at


def lay_out(points: Tensor) -> Tensor:
    """Map positions [n, 2] in 0..1 of `points` [n, dims]: no two on one place, never NaN, `even_out`'s surface in use.

    Always the same on one machine for the same points.
    """
    latents = np.nan_to_num(points.detach().cpu().double().numpy())
    distinct, twins = _distinct(latents)  # a neighbourhood of nothing but twins would tear UMAP's map
    if len(distinct) < FEW or not importlib.util.find_spec("umap"):
        flat = [_components(distinct)]
    elif len(latents) > SMALL:
        flat = [_umap(distinct, 0)]
    else:
        flat = [_components(distinct), *(_umap(distinct, seed) for seed in range(SEEDS))]
    tried = [even_out(_fit(each)[twins]) for each in flat]
    positions = max(tried, key=lambda each: trustworthiness(latents, each)) if len(tried) > 1 else tried[0]
    return torch.from_numpy(positions.astype(np.float32))


def trustworthiness(latents: NDArray[np.float64], positions: NDArray[np.floating]) -> float:
    """How far neighbours on the map are neighbours in the latent space too, 0..1 (Venna & Kaski 2001), at k = 10."""
    from sklearn.manifold import trustworthiness as measure

    return float(measure(latents, positions, n_neighbors=min(TRUSTED, (len(latents) - 1) // 2)))


def _distinct(latents: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The different rows of `latents`, in order, and which of them each row is, [n]."""
    _, first, twins = np.unique(latents, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return latents[first[order]], np.argsort(order)[twins.ravel()]


def _umap(latents: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Two dims [n, 2] of `latents` [n, dims], all different."""
    with warnings.catch_warnings(action="ignore"):  # of TensorFlow, which it can do without, and of its one thread
        from umap import UMAP

        reducer = UMAP(
            n_neighbors=NEIGHBOURS, min_dist=0.1, spread=SPREAD, negative_sample_rate=NEGATIVE, random_state=seed
        )
        return np.nan_to_num(np.asarray(reducer.fit_transform(latents.astype(np.float32)), np.float64))


def _components(latents: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two principal components [n, 2] of `latents` [n, dims]; signs fixed, so that a model's map never flips."""
    centred = latents - latents.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    axes *= np.sign(np.take_along_axis(axes, np.abs(axes).argmax(1, keepdims=True), axis=1))
    flat = np.zeros((len(latents), 2))
    flat[:, : len(axes)] = centred @ axes.T
    return flat


def _fit(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """`flat` [n, 2] within 0..1, both axes scaled alike."""
    low, high = flat.min(0), flat.max(0)
    return np.asarray((flat - (low + high) / 2.0) / max(float((high - low).max()), 1e-9) + 0.5)
