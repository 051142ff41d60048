"""How a point moves so that one thing about its sound changes and the others stay. Pure functions: any thread's.

The network's side fits and calibrates what the player moves by, so both read it from here.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentaudio.modelfile import ModelFile

Floats = NDArray[np.float32]

STEPS = 4  # of a move: the way turns with the place. Two move the others up to a tenth more, for half the time
RIDGE = 0.02  # of the mean steepness: what hardly changes anywhere is not chased
FARTHEST = 3.0  # standard deviations of the posterior that one step goes


@dataclass(frozen=True)
class Steering:
    """Where each of `n` descriptors grows, as a function of the place. Immutable.

    At a point z descriptor i grows along `slopes[i] + bends[i] @ (z - mean)`, in its standard deviations per standard
    deviation of the posterior: the gradient of a quadratic, where a straight direction would hold near one sound only.
    """

    mean: Floats  # [dims], of the posterior
    scale: Floats  # [dims, dims], lower Cholesky factor of its covariance
    slopes: Floats  # [n, dims]
    bends: Floats  # [n, dims, dims]

    def gradients(self, points: Floats) -> Floats:
        """Where the descriptors grow at `points` [batch, dims]: [batch, n, dims]."""
        bent = (points - self.mean) @ self._across
        return np.asarray(self.slopes + bent.reshape(-1, *self.slopes.shape), np.float32)

    @cached_property
    def _across(self) -> Floats:
        """`bends` as [dims, n * dims] row by row: four points times it take a fifth of the time of its transpose."""
        count, dims = self.slopes.shape
        return np.ascontiguousarray(self.bends.reshape(count * dims, dims).T)

    def move(self, points: Floats, amounts: Floats) -> Floats:
        """`points` [batch, dims], their descriptors changed by `amounts` [batch, n] standard deviations.

        A step is the shortest, in standard deviations of the posterior, that does so by the gradients where it begins.
        """
        count = len(self.slopes)
        part = (amounts / STEPS).astype(np.float32)[:, :, None]
        for _ in range(STEPS):
            gradients = self.gradients(points)
            turned = gradients.swapaxes(1, 2)
            crossed = gradients @ turned
            diagonal = crossed.reshape(-1, count * count)[:, :: count + 1]
            diagonal += diagonal.sum(1, keepdims=True) * (RIDGE / count) + 1e-6
            way = (turned @ np.linalg.solve(crossed, part))[:, :, 0]
            length = np.sqrt(np.einsum("bd,bd->b", way, way))[:, None]
            points = points + (way / np.maximum(1.0, length / FARTHEST)) @ self.scale.T
        return points


def read_steering(model: ModelFile) -> Steering | None:
    """What a model file holds, as numpy whatever it was opened for; None where it has no attributes.

    Raises ValueError where it does not fit the model's dims or is not finite.
    """
    if "attributes/slopes" not in model.names:
        return None
    names = ("posterior/mean", "posterior/scale", "attributes/slopes", "attributes/bends")
    mean, scale, slopes, bends = (np.ascontiguousarray(model.tensor(name), np.float32) for name in names)
    dims = len(mean)
    if slopes.shape[1:] != (dims,) or bends.shape != (len(slopes), dims, dims) or not len(slopes):
        raise ValueError(f"its attributes do not fit its {dims} dims")
    if not (np.isfinite(slopes).all() and np.isfinite(bends).all()):
        raise ValueError("its attributes are damaged")
    return Steering(mean, scale, slopes, bends)
