"""What a pad's point becomes when it is rendered: velocity layers, and variations that take turns. The state thread's.

Modifiers are added here, each time anew: the point itself is never changed by them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from latentaudio.latent.attributes import Attributes
from latentaudio.latent.posterior import Posterior
from latentaudio.state import State

BRIGHTNESS = "brightness"
T = TypeVar("T")


@dataclass(frozen=True)
class Voicing:
    """The points of a pad's sounds: `latents[turn * layers + layer]`, the loudest layer of the first turn first."""

    turns: int
    layers: int
    latents: NDArray[np.float32]  # [turns * layers, dims]

    def grid(self, sounds: Sequence[T]) -> tuple[tuple[T, ...], ...]:
        """One thing for each latent, as `[turn][layer]`."""
        return tuple(tuple(sounds[turn * self.layers : (turn + 1) * self.layers]) for turn in range(self.turns))


def voicing(state: State, pad: int, attributes: Attributes, posterior: Posterior) -> Voicing:
    """How `pad` (from 0) is rendered: as many sounds as differ.

    Turn 0 is the point itself. The others lie `vary` standard deviations from it, each pad's always the same ones: the
    same state is the same sound. A softer layer has less brightness, down to `darken` standard deviations.
    """
    settings = _settings(state.values, pad)
    amounts = amounts_of(state, pad, attributes)
    turns = int(state.values["vary.turns"]) if settings["vary"] else 1
    darkens = settings["darken"] > 0.0 and BRIGHTNESS in attributes.built_in
    layers = int(state.values["velocity.layers"]) if darkens else 1
    points = _turns(state.points[pad], turns, settings["vary"], pad, posterior)
    every = np.repeat(points, layers, axis=0)
    rows = np.tile(amounts, (turns * layers, 1))
    if layers > 1:
        rows[:, attributes.names.index(BRIGHTNESS)] -= np.tile(np.linspace(0.0, settings["darken"], layers), turns)
    return Voicing(turns, layers, np.ascontiguousarray(attributes.apply(every, rows), np.float32))


def amounts_of(state: State, pad: int, attributes: Attributes) -> NDArray[np.float32]:
    """The pad's amounts in the order of the model's attributes and the learned ones; 0 where the state has none."""
    known = {name: index for index, name in enumerate(state.attribute_names)}
    row = state.attributes[pad]
    return np.array([row[known[name]] if name in known else 0.0 for name in attributes.names], np.float32)


def _settings(values: Mapping[str, float], pad: int) -> dict[str, float]:
    return {name: values[f"pad.{pad + 1}.{name}"] for name in ("vary", "darken")}


def _turns(point: NDArray[np.float32], turns: int, vary: float, pad: int, posterior: Posterior) -> NDArray[np.float32]:
    noise = vary * np.random.default_rng(pad).standard_normal((turns, posterior.free))
    noise[0] = 0.0
    return np.asarray(posterior.moved(point, noise), np.float32)
