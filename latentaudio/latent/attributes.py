"""What a sound is like, as controls: built in, or learned from examples. Pure functions: any thread's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import UsageError
from latentaudio.steering import Steering

if TYPE_CHECKING:  # it knows the library, which holds our attributes
    from latentaudio.latent.posterior import Posterior
from latentaudio.parameters import LEARNED

Floats = NDArray[np.float32]

FARTHEST_UNIT = 4.0  # standard deviations of the posterior: at the end of the range, 3 units, there still are sounds
SAME = 1e-3  # standard deviations: nearer, two means are one


@dataclass(frozen=True)
class Attributes:
    """The built-in attributes, then the learned ones, each a number of units with 0 as it is. Immutable."""

    built_in: dict[str, str] = field(default_factory=dict)  # name: what it does; a row of `steering` each
    steering: Steering | None = None
    learned: dict[str, Floats] = field(default_factory=dict)  # name: the way [dims] of one unit

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in the order of `apply`'s amounts."""
        return (*self.built_in, *self.learned)

    def apply(self, points: Floats, amounts: Floats) -> Floats:
        """`points` [..., dims] moved by `amounts` [..., n], in units; themselves where all are 0.

        A unit of a built-in attribute is one standard deviation of its descriptor over the library. Six of them cost
        one point 110 µs.
        """
        if not np.any(amounts):
            return points
        flat = points.reshape(-1, points.shape[-1])
        rows = np.broadcast_to(amounts, (*points.shape[:-1], len(self.names))).reshape(len(flat), -1)
        count = len(self.built_in)
        if self.steering is not None:
            flat = self.steering.move(flat, rows[:, :count])
        if self.learned:
            flat = flat + rows[:, count:] @ np.stack(list(self.learned.values()))
        return flat.astype(np.float32).reshape(points.shape)

    def plus(self, name: str, way: Floats) -> Attributes:
        """These and a learned one, [dims] per unit; one of that name is replaced. UsageError where that cannot be."""
        if name in self.built_in:
            raise UsageError(f"attribute '{name}' is built in: choose another name")
        if name not in self.learned and len(self.learned) == LEARNED:
            raise UsageError(f"{LEARNED} attributes are learned already: forget one before '{name}'")
        return replace(self, learned=self.learned | {name: way})

    def without(self, name: str) -> Attributes:
        """These without a learned one; all of these where there is none of that name."""
        return replace(self, learned={each: way for each, way in self.learned.items() if each != name})


def learn(positive: Floats, negative: Floats, posterior: Posterior) -> Floats:
    """The way [dims] of one unit from examples `positive` [p, dims] and `negative` [q, dims].

    One of each is enough; without a negative one the posterior's mean stands in. The way is the difference of the two
    means, which is where the linear discriminant between them (Fisher 1936, with the posterior's covariance for both
    sides) grows most per standard deviation. One unit is half of it: between the two means, -1 and 1 are they; but at
    most 4 standard deviations, since few examples differ in much that is not meant. Raises UsageError for none
    positive, for examples that are alike, and for numbers that are not finite.
    """
    if not len(positive):
        raise UsageError("an attribute needs at least one positive example")
    if not (np.isfinite(positive).all() and np.isfinite(negative).all()):
        raise UsageError("an example of the attribute is damaged: not all of its numbers are finite")
    other = negative.mean(0, dtype=np.float64) if len(negative) else posterior.mean
    half = (positive.mean(0, dtype=np.float64) - other) / 2.0
    length = float(np.linalg.norm(posterior.steps(half)))
    if length < SAME:
        raise UsageError(
            "the positive and the negative examples of the attribute are alike" if len(negative)
            else "the positive example of the attribute is the mean of all sounds: give a negative one"
        )  # fmt: skip
    way: Floats = (half * min(1.0, FARTHEST_UNIT / length)).astype(np.float32)
    return way
