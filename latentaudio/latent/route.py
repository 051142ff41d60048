"""A way between two points that goes by where sounds are. A pure function: any thread's."""

import numpy as np
from numpy.typing import NDArray

NEAR = 256  # sounds that a route may use; with all 518 of the factory model 40 routes came out the same
POWER = 4.0


def route(a: NDArray[np.float32], b: NDArray[np.float32], sounds: NDArray[np.float32]) -> NDArray[np.float64]:
    """Points [n, dims] from `a` to `b` [dims] by way of some of `sounds` [sounds, dims].

    The way whose sum of step lengths to the fourth power is least (a sample Fermat path: Hwang, Damelin and Hero 2016):
    a detour of short steps, where sounds lie close together, beats a leap over a gap. Where no sound
    lies between, the way is straight.
    """
    off = np.einsum("nd,nd->n", sounds, sounds) - sounds @ (a + b)  # |s - a|^2 + |s - b|^2, halved, but for a constant
    near = sounds[np.argsort(off, kind="stable")[:NEAR]]
    nodes = np.concatenate([a[None], near, b[None]]).astype(np.float64)
    return np.asarray(nodes[_shortest(_squared_distances(nodes) ** (POWER / 2.0))], np.float64)


def _squared_distances(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = np.square(nodes).sum(1)
    squared: NDArray[np.float64] = np.maximum(squares[:, None] + squares - 2.0 * nodes @ nodes.T, 0.0)
    return squared


def _shortest(cost: NDArray[np.float64]) -> list[int]:
    """Indices along the cheapest way from the first node to the last (Dijkstra 1959, on a full matrix)."""
    last = len(cost) - 1
    total, before = cost[0].copy(), np.zeros(len(cost), int)
    open_ = np.ones(len(cost), bool)
    open_[0] = False
    while open_[last]:
        here = int(np.argmin(np.where(open_, total, np.inf)))
        open_[here] = False
        through = total[here] + cost[here]
        better = open_ & (through < total)
        total[better], before[better] = through[better], here
    way = [last]
    while way[-1]:
        way.append(int(before[way[-1]]))
    return way[::-1]
