"""One layer of the sound map: sounds on a surface, the one under a finger, and what lies between them.

Immutable and without threads: built once, read by whoever moves a point. numpy alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError
from latentaudio.latent.library import Point
from latentaudio.latent.map_tree import Tree

CLEARLY = 0.8  # another sound is taken once it is this much nearer than the one held
NEIGHBOURS = 4  # decide how far a blend reaches ...
REACH = 1.5  # ... as many times the distance of the last of them
MOST = 16  # sounds in a blend
LEAST = 1e-9  # a distance that counts as none, in parts of the surface's side
SHORTEST = 0.25  # of the wanted norm: what 16 sounds at right angles leave. Opposite sounds may leave nothing


class SoundMap:
    """`positions` [n, 2] in 0..1 of sounds at `latents` [n, dims], in the space of one model.

    `mean` [dims] and `scale` [dims, dims], lower Cholesky factor, are the model's posterior: what "far out" means.
    `names` and `descriptors` [n, measures], called `descriptor_names`, may be left out. Raises DataError where there
    is no sound. Coordinates are clipped to 0..1; NaN counts as 0.
    """

    def __init__(
        self,
        positions: NDArray[np.float32],
        latents: NDArray[np.float32],
        mean: Point,
        scale: NDArray[np.float32],
        names: Sequence[str] = (),
        descriptors: NDArray[np.float32] | None = None,
        descriptor_names: Sequence[str] = (),
    ) -> None:
        if not len(positions):
            raise DataError("a map needs at least one sound")
        self.positions = np.clip(np.nan_to_num(positions), 0.0, 1.0).astype(np.float32)
        self.latents = latents
        self.mean, self.scale = mean, scale
        self.names = tuple(names)
        self.descriptors = np.empty((len(positions), 0), np.float32) if descriptors is None else descriptors
        self.descriptor_names = tuple(descriptor_names)
        self._tree = Tree(self.positions)
        self._whiten = np.linalg.inv(scale.astype(np.float64)).astype(np.float32)
        self._norms = np.concatenate([
            np.linalg.norm((some - mean) @ self._whiten.T, axis=1)
            for some in np.array_split(latents, -(-len(latents) // 4096))
        ])  # fmt: skip

    def __len__(self) -> int:
        return len(self.positions)

    def nearest(self, x: float, y: float) -> int:
        """The sound nearest to a place; of several on one place, always the same one."""
        return int(self._tree.nearest(_clip(x), _clip(y), 1)[0][0])

    def snap(self, x: float, y: float, held: int | None) -> int:
        """The sound nearest to a place, or the one `held` until another is clearly nearer: `CLEARLY` its distance.

        So a finger that rests between two sounds does not flutter.
        """
        found, apart = self._tree.nearest(_clip(x), _clip(y), 1)
        if held is None or not 0 <= held < len(self):
            return int(found[0])
        from_held = np.hypot(*(self.positions[held] - (_clip(x), _clip(y))))
        return int(found[0]) if apart[0] < CLEARLY * from_held else held

    def blend(self, x: float, y: float) -> Point:
        """The point [dims] at a place: its sound's own on a sound, elsewhere a blend of those around.

        Nothing jumps where sounds come and go (`fade`). A mean of points far apart is nearer to the middle than any of
        them, where sounds are dull: the norm, in standard deviations of the posterior (Mahalanobis 1936), is brought
        back to the mean of the norms blended.
        """
        found, apart = self._tree.nearest(_clip(x), _clip(y), MOST + 1)
        weights = fade(apart, NEIGHBOURS, MOST).astype(np.float32)
        offset = weights @ self.latents[found] - self.mean
        norm, wanted = np.linalg.norm(self._whiten @ offset), weights @ self._norms[found]
        return np.asarray(self.mean + offset * (wanted / max(norm, SHORTEST * wanted, LEAST)), np.float32)


def fade(apart: NDArray[np.float64], neighbours: int, most: int) -> NDArray[np.float64]:
    """Weights [..., n] of sums 1 for sounds at distances `apart` [..., n], nearest first.

    Those of Franke & Nielson 1980 (modified Shepard): endless on a sound and nothing at a reach, which here is `REACH`
    times the distance of the last of `neighbours` but not past the one after `most`, so all change without a jump.
    """
    apart = np.maximum(apart, LEAST)
    count = apart.shape[-1]
    reach = REACH * apart[..., min(neighbours, count) - 1, None]
    if count > most:  # all of them may be equally far: on one place, or on a circle
        reach = np.maximum(np.minimum(reach, apart[..., most, None]), apart[..., :1] * (1.0 + LEAST))
    weights = (np.maximum(1.0 - apart / reach, 0.0) * (apart[..., :1] / apart)) ** 2
    return np.asarray(weights / weights.sum(-1, keepdims=True))


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))
