"""Which sounds are unlike all others: robust scores and distances to neighbours. numpy only."""

import numpy as np
from numpy.typing import NDArray

from latentaudio.core.descriptors import DESCRIPTORS

Array = NDArray[np.float64]

LOGARITHMIC = np.array([name in {"decay", "pitch", "click"} for name in DESCRIPTORS])  # ratios matter
SMALLEST = 1e-4  # of these
NEIGHBOUR = 3  # the distance to the third: two intruders do not vouch for one another
REFERENCES = 10_000  # neighbours are sought among so many, evenly chosen, so that time grows with the folder alone
BLOCK = 1000


def scores(values: Array) -> Array:
    """Distances of `values` [sounds, ...] from the median in robust standard deviations, signed.

    1.4826 times the median absolute deviation is a normal distribution's standard deviation; a tenth of the real one
    is the least, for folders where more than half the values are equal.
    """
    centred = values - np.median(values, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(centred), axis=0), 0.1 * values.std(axis=0))
    return np.asarray(centred / np.maximum(spread, 1e-9))


def far_from_all(descriptors: Array) -> tuple[Array, NDArray[np.intp]]:
    """How isolated each of `descriptors` [sounds, DESCRIPTORS] is, and the column in which it is most unusual.

    Isolation is the log distance to the third neighbour above the median, where a normal distribution's upper tenth
    begins at 1.28: the upper side's own width, so that a small folder, which is sparse at its edges, finds no more than
    a large one. Unlike a score per descriptor it allows for folders of several kinds of sound.
    """
    logs = np.log2(np.maximum(descriptors, SMALLEST))
    scaled = scores(np.where(LOGARITHMIC, logs, descriptors))
    references = scaled[:: max(1, len(scaled) // REFERENCES)]
    distance = np.concatenate(
        [_to_neighbour(scaled[start : start + BLOCK], references) for start in range(0, len(scaled), BLOCK)]
    )
    logs = np.log(distance)
    middle, edge = np.quantile(logs, [0.5, 0.9])
    return (logs - middle) / max((edge - middle) / 1.2816, 1e-9), np.abs(scaled).argmax(1)


def _to_neighbour(block: Array, references: Array) -> Array:
    squares = (block**2).sum(1, keepdims=True) + (references**2).sum(1) - 2.0 * block @ references.T
    rank = min(NEIGHBOUR, len(references) - 1)
    return np.asarray(np.sqrt(np.partition(squares, rank, axis=1)[:, rank].clip(1e-12)))
