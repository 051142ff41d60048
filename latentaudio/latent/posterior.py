"""Where sounds lie, as a normal distribution: what walks, draws and variations measure distance by. Any thread's."""

import numpy as np
from numpy.typing import NDArray

from latentaudio.latent.library import Point

LARGEST = 1e6  # of a coordinate; anything farther cannot be told from infinity in float32


class Posterior:
    """The distribution fitted to a library, with some dims locked: the others follow given those. Immutable.

    Coordinates u [free] are standard normal: a step of 1 is one standard deviation of the sounds.
    """

    def __init__(self, mean: Point, scale: NDArray[np.float32], locked: NDArray[np.bool_] | None = None) -> None:
        """`mean` [dims], `scale` [dims, dims] lower Cholesky factor of the covariance, `locked` [dims] or none.

        With the locked dims first the factor is [[A, 0], [B, C]]: C is the factor of the free dims given the locked
        ones, and B A^-1 tells how their mean follows them. Made by QR, which never squares a small spread away.
        """
        self.mean = np.asarray(mean, np.float64)
        self.locked = np.zeros(len(self.mean), bool) if locked is None else np.array(locked, bool)
        held, free = np.flatnonzero(self.locked), np.flatnonzero(~self.locked)
        ordered = np.asarray(scale, np.float64)[np.concatenate([held, free])]
        factor = np.asarray(np.linalg.qr(ordered.T, mode="r")).T
        inner = factor[len(held) :, len(held) :]
        towards = np.zeros((len(free), self.dims))
        towards[:, free] = np.eye(len(free))
        towards[:, held] = -factor[len(held) :, : len(held)] @ _inverse(factor[: len(held), : len(held)])
        self._whiten = _inverse(inner) @ towards  # [free, dims]
        self._scale = np.zeros((self.dims, len(free)))
        self._scale[free] = inner

    @property
    def dims(self) -> int:
        """Dims of a point."""
        return len(self.mean)

    @property
    def free(self) -> int:
        """Dims that are not locked."""
        return len(self._whiten)

    def sane(self, point: Point) -> Point:
        """`point` with a finite number everywhere: the mean where there is none."""
        whole = np.where(np.isnan(point), self.mean, point)
        sane: Point = np.clip(whole, -LARGEST, LARGEST).astype(np.float32)
        return sane

    def whitened(self, point: Point) -> NDArray[np.float64]:
        """The coordinates u [free] of a point, seen from where its locked dims put the mean."""
        u: NDArray[np.float64] = self._whiten @ (point - self.mean)
        return u

    def steps(self, way: NDArray[np.float64]) -> NDArray[np.float64]:
        """The change of u [free] that moves a point by `way` [dims]; what leads along locked dims is left out."""
        u: NDArray[np.float64] = self._whiten @ np.where(self.locked, 0.0, way)
        return u

    def way(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """The way [..., dims] that a change of u by `steps` [..., free] moves a point; 0 in locked dims."""
        moved: NDArray[np.float64] = steps @ self._scale.T
        return moved

    def onto(self, point: Point, target: Point) -> Point:
        """`target`, but `point` in the locked dims."""
        there: Point = np.where(self.locked, point, target)
        return there

    def moved(self, point: Point, steps: NDArray[np.float64]) -> Point:
        """`point` after its u changed by `steps` [..., free]; locked dims keep their very bits."""
        moved: Point = (point + self.way(steps)).astype(np.float32)
        return moved


def _inverse(factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of a triangular factor; a direction without spread (one-point libraries) stays where it is."""
    return np.asarray(np.linalg.pinv(factor, rcond=1e-9), np.float64)
