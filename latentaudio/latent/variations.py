"""New points near one or anywhere, locked dims kept: variations, draws, zero. Pure functions: any thread's."""

import math

import numpy as np
from numpy.typing import NDArray

from latentaudio.latent.library import Point
from latentaudio.latent.posterior import Posterior

REACH = 1.5  # cells of the grid over which two variations stay alike


def vary(centre: Point, intensity: float, count: int, generator: np.random.Generator,
         posterior: Posterior) -> NDArray[np.float32]:  # fmt: skip
    """`count` points [count, dims]: `centre` [dims] itself and others around it, laid out on a square grid by rows.

    Nine are 3 x 3 with the centre in the middle (row 4); any other count begins with the centre (16: pad 1).
    Every other point is `intensity` (0.01..1) standard deviations of the sounds away, root mean square over the free
    dims and on average; two of them are the more alike the nearer their cells (a Gaussian process on the grid with an
    exponential kernel).
    """
    intensity = min(max(intensity, 0.01), 1.0)
    noise = intensity * (_grid(count) @ generator.standard_normal((count, posterior.free)))
    noise[centre_of(count)] = 0.0
    return posterior.moved(posterior.sane(centre), noise)


def centre_of(count: int) -> int:
    """Which of `count` variations is the centre itself, from 0."""
    return 4 if count == 9 else 0


def _grid(count: int) -> NDArray[np.float64]:
    """Lower factor [count, count] of how alike the cells of a square grid are."""
    columns = math.ceil(math.sqrt(count))
    cells = np.stack(np.divmod(np.arange(count), columns), 1)
    distance = np.linalg.norm(cells[:, None] - cells, axis=2)
    return np.linalg.cholesky(np.exp(-distance / REACH))


def draw_unlocked(point: Point, temperature: float, generator: np.random.Generator, posterior: Posterior) -> Point:
    """A draw [dims] that keeps the locked dims of `point`: the others come from the posterior given those.

    With no locks it has the distribution of `Library.draw`: N(mean, temperature^2 covariance).
    """
    point = posterior.sane(point)
    u = temperature * generator.standard_normal(posterior.free)
    return posterior.moved(point, u - posterior.whitened(point))


def zero_unlocked(point: Point, posterior: Posterior) -> Point:
    """The origin of the space, but `point` in the locked dims."""
    return posterior.onto(point, np.zeros_like(point))
