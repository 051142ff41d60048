"""Even out a map, so that a pad's whole surface holds sounds. Offline, once per model; numpy alone.

Density flows like heat (Gastner & Newman 2004, "Diffusion-based method for producing density-equalizing maps"): what
is crowded expands into what is empty, alike in all directions and without tearing, so neighbours stay neighbours.
It stops as soon as enough of the surface is in use. Measured on the 518 factory sounds, from 16 % of the cells to
64 %, it costs 0.01 of trustworthiness; ranks of each axis reach 45 % at the same cost, an assignment of all sounds
to a grid blended in by half costs 0.02.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

GRID = 16  # cells a side, of the surface that shall be used
USED = 0.6  # of its cells hold a sound, or half as many as there are sounds
MARGIN = 0.04  # further the flow goes, for what the last step may take back
FIELD = 64  # cells a side of the density
STEPS = 64
BLUR = (0.02, 1.0)  # of the first and the last step: standard deviations in parts of the surface's side
SHARES = (0.02, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # of the even grid. The first sets apart what lies on one place


def even_out(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions [n, 2] in 0..1 from `positions` [n, 2] in 0..1, spread as little as uses the surface.

    Afterwards `wanted(n)` cells hold a sound, and no two sounds lie on one place. Always the same for the same input.
    """
    goal = wanted(len(positions))
    more = goal + round(MARGIN * GRID**2) if goal >= USED * GRID**2 else goal
    spread = positions
    for spread in _flow(positions):
        if occupied(spread) >= more:
            break
    even = _halve(spread)
    for share in SHARES:
        mixed = spread + share * (even - spread)
        if occupied(mixed) >= goal:
            break
    return mixed


def wanted(count: int) -> int:
    """How many of the surface's cells `count` sounds must hold."""
    return min(math.ceil(USED * GRID**2), count // 2)


def occupied(positions: NDArray[np.floating]) -> int:
    """How many of the surface's cells hold one of `positions` [n, 2] in 0..1."""
    column, row = np.minimum((positions * GRID).astype(int), GRID - 1).T
    return len(np.unique(column * GRID + row))


def _flow(positions: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """`positions` [n, 2] again and again, ever more even: each carried by the heat flow of all.

    The density is a sum of cosines, which nothing leaves at the edges, so a blur is a factor for each of them.
    """
    yield positions
    wave = np.arange(FIELD)
    angle = np.pi * np.outer(wave, (wave + 0.5) / FIELD)
    cosine, slope = np.cos(angle), -np.sin(angle) * np.pi * wave[:, None]
    density = (
        np.histogram2d(positions[:, 0], positions[:, 1], bins=FIELD, range=[[0, 1], [0, 1]])[0]
        * FIELD**2
        / len(positions)
    )
    forward = cosine * np.where(wave, 2.0, 1.0)[:, None] / FIELD
    spectrum = forward @ density @ forward.T
    squares = (np.pi * wave[:, None]) ** 2 + (np.pi * wave) ** 2
    times = np.geomspace(BLUR[0] ** 2 / 2.0, BLUR[1] ** 2 / 2.0, STEPS)
    for now, then in pairwise(times.tolist()):
        blurred = spectrum * np.exp(-squares * math.sqrt(now * then))
        level = np.maximum(cosine.T @ blurred @ cosine, 1e-3)  # a floor, for the ripples of a sum of cosines
        speed = np.stack([slope.T @ blurred @ cosine, cosine.T @ blurred @ slope], axis=2) / -level[..., None]
        positions = np.clip(positions + (then - now) * _sample(speed, positions), 0.0, 1.0)
        yield positions


def _sample(field: NDArray[np.float64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """`field` [FIELD, FIELD, 2], between its cells' centres, at `positions` [n, 2]: [n, 2]."""
    place = np.clip(positions * FIELD - 0.5, 0.0, FIELD - 1.0)
    x, y = np.minimum(place.astype(int), FIELD - 2).T
    right, up = (place - np.stack([x, y], axis=1)).T[..., None]
    lower = field[x, y] * (1.0 - right) + field[x + 1, y] * right
    upper = field[x, y + 1] * (1.0 - right) + field[x + 1, y + 1] * right
    return np.asarray(lower * (1.0 - up) + upper * up)


def _halve(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each of `positions` [n, 2] at the middle of its own n-th of the surface: halved until each part holds one.

    Orders are kept in every cut, so a mix of old and new positions puts no two sounds on one place.
    """
    even = np.empty_like(positions)
    parts = [(np.arange(len(positions)), np.zeros(2), np.ones(2))]
    while parts:
        inside, low, high = parts.pop()
        if len(inside) == 1:
            even[inside] = (low + high) / 2.0
            continue
        axis = int(np.argmax(high - low))
        inside = inside[np.argsort(positions[inside, axis], kind="stable")]
        half = len(inside) // 2
        first_high, second_low = high.copy(), low.copy()
        first_high[axis] = second_low[axis] = low[axis] + (high - low)[axis] * half / len(inside)
        parts += [(inside[:half], low, first_high), (inside[half:], second_low, high)]
    return even
