"""Where the focused pad goes: map, morph, walk, variations, draws. The state thread's.

It reads the state and answers with points; the instrument alone writes them.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError, UsageError
from latentaudio.latent.library import Library, Point
from latentaudio.latent.map import SoundMap
from latentaudio.latent.map_layers import data_layer, model_layer, synth_layer
from latentaudio.latent.map_window import Window
from latentaudio.latent.morph import METHODS, Chain
from latentaudio.latent.posterior import Posterior
from latentaudio.latent.sweep import SHAPES, Sweep
from latentaudio.latent.tempo import Tempo
from latentaudio.latent.variations import centre_of, draw_unlocked, vary, zero_unlocked
from latentaudio.latent.walk import Walk
from latentaudio.latent.walk_settings import WalkSettings
from latentaudio.parameters import DIVISIONS, STATIONS
from latentaudio.state import State

LAYERS = ("model", "data", "synth")
BEATS = tuple(DIVISIONS.values())
LONGEST_STEP = 1.0  # seconds or beats of a walk at once: after a pause of the machine it goes on, it does not leap


class Navigator:
    """All that moves points in one model's space."""

    def __init__(self, library: Library, seed: int | None) -> None:
        """`seed` makes draws and variations the same again."""
        self.library = library
        self.generator = np.random.default_rng(seed)
        self._posterior = Posterior(library.mean, library.scale)
        self._locks = self._posterior.locked
        self._walk = Walk(self._posterior, 0)
        self.tempo = Tempo()
        self.grid: NDArray[np.float32] | None = None  # [count, dims], the last variations
        self._maps: dict[str, SoundMap] = {}
        self._held: int | None = None  # the sound that the map has snapped to
        self._chain: tuple[object, Chain] | None = None  # with what it was made of
        self._sweep = Sweep()
        self._swept = 0.0  # beats: when the sweep was looked at last
        self._walked = 0.0  # seconds or beats: when the walk went last
        self._by_beats = False

    def lock(self, state: State) -> None:
        """Heed the state's locks from here on."""
        self._locks = state.locks.copy()

    @property
    def posterior(self) -> Posterior:
        """Of the model's sounds, given the locks."""
        self._heed()
        return self._posterior

    @property
    def walk(self) -> Walk:
        """It goes where the locks let it."""
        self._heed()
        return self._walk

    def _heed(self) -> None:
        """Made when it is needed: 128 dims take 40 ms, and locks may come by the hundred."""
        if not np.array_equal(self._locks, self._posterior.locked):
            self._posterior = Posterior(self.library.mean, self.library.scale, self._locks)
            self._walk.fit(self._posterior)

    def posterior_of(self, state: State) -> Posterior:
        """The same with the locks of another state."""
        here = self.posterior
        same = np.array_equal(state.locks, here.locked)
        return here if same else Posterior(self.library.mean, self.library.scale, state.locks)

    def extras(self) -> dict[str, Any]:
        """What a session keeps beside the state, in words that JSON knows."""
        return {"walk": self.walk.state()}

    def resume(self, extras: dict[str, Any]) -> None:
        """Go on from what `extras` gave; what does not fit is left."""
        if walk := extras.get("walk"):
            with suppress(DataError):
                self.walk.restore(walk)

    # Places that are asked for.

    def draw(self, state: State, point: Point) -> Point:
        """Anywhere that the sounds of the model might be."""
        return draw_unlocked(point, state.values["temperature"], self.generator, self.posterior)

    def zero(self, point: Point) -> Point:
        """The origin."""
        return zero_unlocked(point, self.posterior)

    def has(self, layer: str) -> bool:
        """Whether a layer of the map holds sounds, or will when it is looked at."""
        return layer != "data" or layer in self._maps

    def map(self, layer: str) -> SoundMap:
        """A layer of the map, made when it is first looked at. Raises UsageError, ModelError."""
        if layer not in self._maps:
            if not self.has(layer):
                raise UsageError("the map's layer data is empty: load a folder first (/la/map/load)")
            model = self._maps.get("model") or model_layer(self.library)
            self._maps["model"] = model
            if layer == "synth":
                self._maps["synth"] = synth_layer(model, self.library)
        return self._maps[layer]

    def load_data(self, latents: NDArray[np.float32], names: tuple[str, ...]) -> None:
        """Make encoded sounds the layer data. Raises DataError."""
        self._maps["data"] = data_layer(self.map("model"), latents, names)
        self._held = None

    def on_map(self, state: State) -> Point:
        """The point under the place that the state names. Raises UsageError, ModelError."""
        values = state.values
        layer = self.map(LAYERS[int(values["map.layer"])])
        window = Window(values["map.zoom"], values["map.pan.x"], values["map.pan.y"])
        x, y = window.inside(values["map.x"], values["map.y"])
        if not values["map.snap"]:
            return layer.blend(x, y)
        self._held = layer.snap(x, y, self._held)
        return np.asarray(layer.latents[self._held], np.float32)

    def nearest(self, state: State) -> tuple[str, float, float]:
        """Name and place on the surface of the sound nearest to the state's place on the map."""
        values = state.values
        layer = self.map(LAYERS[int(values["map.layer"])])
        window = Window(values["map.zoom"], values["map.pan.x"], values["map.pan.y"])
        index = layer.nearest(*window.inside(values["map.x"], values["map.y"]))
        name = layer.names[index] if layer.names else f"sound {index + 1}"
        return (name, *window.outside(*map(float, layer.positions[index])))

    def on_morph(self, state: State) -> Point:
        """The point on the way through the state's stations. Raises UsageError where there is none."""
        if not state.stations:
            raise UsageError("the morph has no stations yet: store A and B first (/la/morph/a, /la/morph/b)")
        method = METHODS[int(state.values["morph.method"])]
        parts = (method, *(station.tobytes() for station in state.stations))
        if self._chain is None or self._chain[0] != parts:
            chain = Chain(state.stations, method, self.library.mean, self.library.latents)
            self._chain = (parts, chain)
        return self._chain[1].at(state.values["morph.amount"])

    def vary(self, state: State, point: Point) -> None:
        """Make a new grid of variations of `point`."""
        count = 9 if state.values["variation.grid"] == 0 else 16
        self.grid = vary(point, state.values["variation.intensity"], count, self.generator, self.posterior)

    def picked(self, state: State) -> Point:
        """A variation of the grid. Raises UsageError where there is none of that number."""
        number = int(state.values["variation.pick"])
        if self.grid is None:
            raise UsageError("there are no variations yet: make some first (/la/variation/make)")
        if number > len(self.grid):
            raise UsageError(f"there are {len(self.grid)} variations, and no number {number}")
        return np.asarray(self.grid[number - 1], np.float32)

    def spread(self) -> NDArray[np.float32]:
        """The grid, its centre first. Raises UsageError where there is none."""
        if self.grid is None:
            raise UsageError("there are no variations yet: make some first (/la/variation/make)")
        centre = centre_of(len(self.grid))
        return np.concatenate([self.grid[centre : centre + 1], np.delete(self.grid, centre, axis=0)])

    # What moves by itself.

    def go_on(self, state: State, now: float) -> None:
        """Take up, at `now` seconds, the walk and the sweep that a state speaks of."""
        self.settle(state)
        self._walked = self._clock(state, now)
        self.sweep_from(state, now)

    def set_out(self, state: State, point: Point, now: float) -> None:
        """Begin to walk, or go on, at `now` seconds."""
        self.settle(state)
        self._walked = self._clock(state, now)
        self.guide(state, point)

    def settle(self, state: State) -> None:
        """Heed what the state says of the walk."""
        values = state.values
        self.walk.settings = WalkSettings(
            values["walk.step"], values["walk.momentum"], values["walk.pull"], values["temperature"]
        )
        self.walk.frozen = bool(values["walk.freeze"])

    def guide(self, state: State, point: Point) -> None:
        """Lead the walk to the station that the state names. Raises UsageError where there is none of that number."""
        number = int(state.values["walk.guide"])
        if not number:
            self.walk.release()
            return
        if number > len(state.stations):
            raise UsageError(f"the morph has {len(state.stations)} stations, and no number {number}")
        self.walk.guide(state.stations[number - 1], point)

    def step(self, state: State, point: Point, now: float) -> Point | None:
        """Where the walk is at `now` seconds; None while it is not its time.

        Every step is as long as it shall be, however late it is taken: the same seed is the same walk.
        """
        division = int(state.values["walk.division"])
        each = BEATS[division - 1] if division else 1.0 / state.values["walk.rate"]
        steps = self._due(self._clock(state, now), each, on_grid=division > 0)
        if not steps or self.walk.frozen or self.walk.arrived:
            return None
        for _ in range(steps):
            point = self.walk.advance(each, point)
        return point

    def _due(self, here: float, each: float, on_grid: bool) -> int:
        """How many steps there were since the last time, but for those that a pause of the machine swallowed."""
        if here < self._walked:  # the song was started again
            self._walked = here
        if on_grid:
            steps, self._walked = int(here // each - self._walked // each), here
        else:
            steps = int((here - self._walked) // each)
            self._walked += steps * each
        return min(steps, max(1, round(LONGEST_STEP / each)))

    def _clock(self, state: State, now: float) -> float:
        """Seconds, or beats where the walk goes by them."""
        by_beats = state.values["walk.division"] > 0
        here = self.tempo.beats(now) if by_beats else now
        if by_beats != self._by_beats:
            self._by_beats, self._walked = by_beats, here
        return here

    def sweep_from(self, state: State, now: float) -> None:
        """Begin a sweep at the amount's present place, as far as its shape goes there."""
        beats, amount = self.tempo.beats(now), state.values["morph.amount"]
        shape = SHAPES[int(state.values["morph.shape"])]
        phase = {"up": amount, "down": 1.0 - amount, "up-down": amount / 2.0}[shape]
        self._sweep, self._swept = Sweep(state.values["morph.beats"], shape, beats, phase % 1.0), beats

    def swept(self, state: State, now: float) -> float:
        """The morph's amount 0..1 at `now` seconds."""
        beats, period = self.tempo.beats(now), state.values["morph.beats"]
        if beats < self._swept:  # the song was started again: its first beat is the sweep's
            self._sweep = replace(self._sweep, since=0.0, phase=0.0)
        self._swept = beats
        if period != self._sweep.period:
            self._sweep = self._sweep.retimed(beats, period)
        shape = SHAPES[int(state.values["morph.shape"])]
        if shape != self._sweep.shape:
            self.sweep_from(state, now)
        return self._sweep.at(beats)


def store(state: State, number: int, point: Point) -> None:
    """Make `point` station `number` 1..8; 0 is the last, but never the first.

    Raises UsageError where one before it would be missing.
    """
    count = len(state.stations)
    number = number or max(2, count)
    if number > min(count + 1, STATIONS):
        raise UsageError(f"station {number} has none before it: store station {count + 1} first")
    state.stations[number - 1 : number] = [point.copy()]
