"""What a pad's point becomes when it is rendered: velocity layers, and variations that take turns. The state thread's.

Modifiers are added here, each time anew: the point itself is never changed by them.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from latentaudio.latent.attributes import Attributes
from latentaudio.latent.posterior import Posterior
from latentaudio.parameters import PADS
from latentaudio.state import State

BRIGHTNESS = "brightness"
REMEMBERED = 512  # voicings, of 2 kB each with 128 dims and four layers: 32 kits
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


def voicings(state: State, pads: Sequence[int], attributes: Attributes, posterior: Posterior) -> list[Voicing]:
    """How each of `pads` (from 0) is rendered: as many sounds as differ.

    Turn 0 is the point itself. The others lie `vary` standard deviations from it, each pad's always the same ones: the
    same state is the same sound. A softer layer has less brightness, down to `darken` standard deviations. Attributes
    cost sixteen pads little more than one.
    """
    plans = [_plan(state, pad, attributes, posterior) for pad in pads]
    points, amounts = np.concatenate([plan.points for plan in plans]), np.concatenate([plan.amounts for plan in plans])
    latents = np.ascontiguousarray(attributes.apply(points, amounts), np.float32)
    parts = np.split(latents, np.cumsum([len(plan.points) for plan in plans])[:-1])
    return [Voicing(plan.turns, plan.layers, part) for plan, part in zip(plans, parts, strict=True)]


@dataclass(frozen=True)
class _Plan:
    """What a pad's sounds are made of, before attributes."""

    turns: int
    layers: int
    points: NDArray[np.float32]  # [turns * layers, dims]
    amounts: NDArray[np.float32]  # [turns * layers, attributes]


def _plan(state: State, pad: int, attributes: Attributes, posterior: Posterior) -> _Plan:
    settings = _settings(state.values, pad)
    turns = int(state.values["vary.turns"]) if settings["vary"] else 1
    darkens = settings["darken"] > 0.0 and BRIGHTNESS in attributes.built_in
    layers = int(state.values["velocity.layers"]) if darkens else 1
    points = _turns(state.points[pad], turns, settings["vary"], pad, posterior)
    rows = np.tile(amounts_of(state, pad, attributes), (turns * layers, 1))
    if layers > 1:
        rows[:, attributes.names.index(BRIGHTNESS)] -= np.tile(np.linspace(0.0, settings["darken"], layers), turns)
    return _Plan(turns, layers, np.repeat(points, layers, axis=0), rows)


class Voicer:
    """Voicings in one model's space, with one set of attributes and locks; it remembers the latest.

    A voicing takes 0.2 ms, and undo, presets nearby and all pads that did not move need one that was made before.
    """

    def __init__(self, attributes: Attributes, posterior: Posterior) -> None:
        """Nothing is remembered yet."""
        self.attributes, self.posterior = attributes, posterior
        self._known: OrderedDict[tuple[object, ...], Voicing] = OrderedDict()

    def __call__(self, state: State, pad: int) -> Voicing:
        """How `pad` (from 0) is rendered in `state`."""
        return self.all(state, [pad])[0]

    def all(self, state: State, pads: Sequence[int] = range(PADS)) -> list[Voicing]:
        """How each of `pads` (from 0) is rendered in `state`."""
        keys = [self._key(state, pad) for pad in pads]
        new = [index for index, key in enumerate(keys) if key not in self._known]
        if new:
            made = voicings(state, [pads[index] for index in new], self.attributes, self.posterior)
            self._known |= zip((keys[index] for index in new), made, strict=True)
        for key in keys:
            self._known.move_to_end(key)
        found = [self._known[key] for key in keys]
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _key(self, state: State, pad: int) -> tuple[object, ...]:
        values, amounts = state.values, amounts_of(state, pad, self.attributes)
        return (
            pad, state.points[pad].tobytes(), amounts.tobytes(), values["velocity.layers"], values["vary.turns"],
            *_settings(values, pad).values(),
        )  # fmt: skip


def amounts_of(state: State, pad: int, attributes: Attributes) -> NDArray[np.float32]:
    """The pad's amounts in the order of the model's attributes and the learned ones; 0 where the state has none."""
    known = {name: index for index, name in enumerate(state.attribute_names)}
    row = state.attributes[pad]
    return np.array([row[known[name]] if name in known else 0.0 for name in attributes.names], np.float32)


def _settings(values: Mapping[str, float], pad: int) -> dict[str, float]:
    return {name: values[f"pad.{pad + 1}.{name}"] for name in ("vary", "darken")}


def _turns(point: NDArray[np.float32], turns: int, vary: float, pad: int, posterior: Posterior) -> NDArray[np.float32]:
    if turns == 1:
        return point[None]
    noise = vary * np.random.default_rng(pad).standard_normal((turns, posterior.free))
    noise[0] = 0.0
    return np.asarray(posterior.moved(point, noise), np.float32)
