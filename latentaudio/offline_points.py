"""Points to render, all of a command's at once: draws, a morph, a walk, variations. Pure functions: any thread's."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import UsageError, suggest
from latentaudio.latent.library import Library, Point
from latentaudio.latent.morph import Chain, Method
from latentaudio.latent.posterior import Posterior
from latentaudio.latent.variations import vary
from latentaudio.latent.walk import Walk
from latentaudio.latent.walk_settings import WalkSettings

Points = NDArray[np.float32]  # [sounds, dims]


def draws(library: Library, count: int, temperature: float = 1.0, seed: int = 0) -> Points:
    """`count` draws as the instrument makes them. The same seed gives the same draws."""
    generator = np.random.default_rng(seed)
    return np.stack([library.draw(generator, temperature) for _ in range(count)])


def morph(library: Library, stations: Sequence[Point], steps: int, method: Method) -> Points:
    """`steps` points from the first of `stations` to the last, both among them. Raises UsageError."""
    if len(stations) < 2:
        raise UsageError("a morph needs two stations or more")
    chain = Chain(stations, method, library.mean, library.latents)
    return np.stack([chain.at(number / (steps - 1)) for number in range(steps)])


def walk(library: Library, start: Point, count: int, seconds: float, settings: WalkSettings, seed: int) -> Points:
    """`start` and where a walk is every `seconds` after, `count` points in all. The same seed walks the same walk."""
    walker, points = Walk(Posterior(library.mean, library.scale), seed, settings), [start]
    for _ in range(count - 1):
        points.append(walker.advance(seconds, points[-1]))
    return np.stack(points)


def variations(library: Library, centre: Point, count: int, intensity: float, seed: int) -> Points:
    """`centre` and others around it: 9 as 3 x 3 with the centre in the middle, 16 with the centre first."""
    return vary(centre, intensity, count, np.random.default_rng(seed), Posterior(library.mean, library.scale))


def modified(library: Library, points: Points, amounts: Iterable[tuple[str, float]]) -> Points:
    """`points` with more or less of the model's attributes, in standard deviations; amounts of one name add up.

    Raises UsageError, naming the nearest, for what is no attribute.
    """
    names = library.attributes.names
    row = np.zeros(len(names), np.float32)
    for name, amount in amounts:
        if not names:
            raise UsageError(f"{library.name} has no attributes: it was made before there were any")
        if name not in names:
            raise UsageError(f"no attribute '{name}'{suggest(name, names)} (there are: {', '.join(names)})")
        row[names.index(name)] += amount
    return library.attributes.apply(points, row)
