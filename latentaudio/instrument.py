"""The state of the performance and the only place where it changes. The state thread's."""

import logging
from collections import deque
from collections.abc import Sequence
from time import perf_counter_ns
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound
from latentaudio.errors import suggest
from latentaudio.events import Act, Event, Played, Refused, Rendered, Samples, Set, SetLatents
from latentaudio.kit import Kit, Pad, Port, strike_of
from latentaudio.latent.library import Library
from latentaudio.parameters import PAD_SETTINGS, PADS, PARAMETERS, latent_name, pad_name
from latentaudio.units import gain_from_db

log = logging.getLogger(__name__)

FRESHNESS_KEPT = 1000  # latest moves that the status speaks of


class Renders(Protocol):
    """What turns points into sounds; `render.Renderer` is one."""

    focus: int

    def submit(self, pad: int, version: int, latents: NDArray[np.float32], arrival_ns: int) -> None:
        """Ask for the sounds of `latents` [sounds, dims]."""


class Listener(Protocol):
    """Who wants to hear of every change; `control.Feedback` is one."""

    def changed(self, name: str, value: float, origin: str, adjusted: bool) -> None:
        """A parameter has a new value; `adjusted` when it is not quite what was asked for."""

    def played(self, pad: int, velocity: float, origin: str) -> None:
        """A pad was hit."""

    def error(self, origin: str, name: str, why: str) -> None:
        """Something could not be done."""


class Instrument:
    """Pads, focus and points, moved by events; renders are asked for when a point moves, never by a hit."""

    def __init__(self, library: Library, kit: Kit, port: Port, renderer: Renders, listener: Listener,
                 seed: int | None = None) -> None:  # fmt: skip
        """Start with the library's kit, silent until `load` or a render gives the pads sounds."""
        self.library = library
        self.kit, self._port, self._renderer, self._listener = kit, port, renderer, listener
        self._random = np.random.default_rng(seed)
        self._values = {name: row.default for name, row in PARAMETERS.items() if not _is_latent(name)}
        self._points = library.kit.copy()
        self._versions = [0] * PADS  # of the latest request
        self._published = [0] * PADS  # of the sound that plays
        self._sounds: list[Sound | None] = [None] * PADS
        self.freshness_ms: deque[float] = deque(maxlen=FRESHNESS_KEPT)
        self.refused = 0

    def load(self, sounds: Sequence[Samples | None]) -> None:
        """Give the pads, from the first on, sounds that were rendered before; they play at once."""
        for index, samples in enumerate(sounds[:PADS]):
            if samples is not None:
                self._sounds[index] = Sound(samples)
                self._refresh(index)

    def render_missing(self) -> None:
        """Ask for the sounds of pads that have none: at start, where nothing was kept from before."""
        for index, sound in enumerate(self._sounds):
            if sound is None:
                self._request(index, 0)

    def value(self, name: str) -> float | None:
        """A parameter's natural value, or None for a latent dim that the model does not have."""
        if not _is_latent(name):
            return self._values[name]
        dim = _dim(name)
        return float(self._points[self.focus, dim]) if dim < self.library.dims else None

    @property
    def focus(self) -> int:
        """Index of the focused pad, from 0."""
        return int(self._values["focus"]) - 1

    def point(self, pad: int) -> NDArray[np.float32]:
        """A copy of a pad's point [dims]."""
        point: NDArray[np.float32] = self._points[pad - 1].copy()
        return point

    def positions(self) -> list[float]:
        """The focused pad's dims, each 0..1 of its range."""
        return [PARAMETERS[latent_name(dim)].position(float(z)) for dim, z in enumerate(self._points[self.focus], 1)]

    def perform(self, event: Event) -> None:
        """Make `event` happen. Raises nothing for what a performer can send."""
        match event:
            case Set(name=name) if _is_latent(name):
                self._set_latent(event)
            case Set():
                self._set(event)
            case SetLatents():
                self._set_latents(event)
            case Act():
                self._act(event)
            case Played():
                self._listener.played(event.pad, event.velocity, event.origin)
            case Rendered():
                self._publish(event)
            case Refused():
                self.refused += 1
                log.warning("a render of pad %d was refused (%s); its old sound stays", event.pad, event.why)
                self._listener.error(event.origin, pad_name(event.pad, "render"), event.why)

    def _set(self, event: Set) -> None:
        row = PARAMETERS.get(event.name)
        if row is None:
            why = f"no parameter '{event.name}'{suggest(event.name, PARAMETERS)}"
            self._listener.error(event.origin, event.name, why)
            return
        value = row.clip(event.value)
        self._values[row.name] = value
        self._listener.changed(row.name, value, event.origin, value != event.value)
        if row.name == "master.level":
            self._port.master(gain_from_db(value))
        elif row.name == "focus":
            self.kit.focus = self._renderer.focus = int(value)
            self._report_point("daemon")
        elif row.name.startswith("pad."):
            self._refresh(int(row.name.split(".")[1]) - 1)

    def _set_latent(self, event: Set) -> None:
        dim = _dim(event.name)
        if not 0 <= dim < self.library.dims:
            why = f"{self.library.name} has latent.1 to latent.{self.library.dims}"
            self._listener.error(event.origin, event.name, why)
            return
        value = PARAMETERS[event.name].clip(event.value)
        self._points[self.focus, dim] = value
        self._listener.changed(event.name, value, event.origin, value != event.value)
        self._request(self.focus, event.arrival_ns)

    def _set_latents(self, event: SetLatents) -> None:
        count = min(len(event.values), self.library.dims)
        point = self._points[self.focus].copy()
        point[:count] = np.clip(event.values[:count], -3.0, 3.0)
        self._move(point, event)

    def _act(self, event: Act) -> None:
        match event.name:
            case "draw":
                self._move(self.library.draw(self._random, self._values["temperature"]), event)
            case "zero":
                self._move(np.zeros(self.library.dims, np.float32), event)
            case "panic":
                self._port.silence()
            case _:
                self._listener.error(event.origin, event.name, f"no action '{event.name}'")

    def _move(self, point: NDArray[np.float32], event: Event) -> None:
        self._points[self.focus] = point
        self._report_point(event.origin)
        self._request(self.focus, event.arrival_ns)

    def _report_point(self, origin: str) -> None:
        for dim, value in enumerate(self._points[self.focus], 1):
            self._listener.changed(latent_name(dim), float(value), origin, True)

    def _request(self, index: int, arrival_ns: int) -> None:
        self._versions[index] += 1
        latents = self._points[index : index + 1].copy()
        self._renderer.submit(index + 1, self._versions[index], latents, arrival_ns)

    def _publish(self, event: Rendered) -> None:
        index = event.pad - 1
        if event.version <= self._published[index]:
            return
        self._published[index] = event.version
        self._sounds[index] = Sound(event.sounds[0])
        self._refresh(index)
        if event.arrival_ns:  # it was a performer who moved
            self.freshness_ms.append((perf_counter_ns() - event.arrival_ns) / 1e6)

    def _refresh(self, index: int) -> None:
        """Make what the note path sees of a pad anew, and swap the kit in one step."""
        sound = self._sounds[index]
        if sound is None:
            return
        settings = {name: self._values[pad_name(index + 1, name)] for name in PAD_SETTINGS}
        self.kit.replace(index, Pad(((strike_of(sound, index + 1, settings),),), settings["velocity"]))


def _is_latent(name: str) -> bool:
    return name.startswith("latent.")


def _dim(name: str) -> int:
    """Index of `latent.N`, from 0; -1 where N is no number."""
    number = name.removeprefix("latent.")
    return int(number) - 1 if number.isdigit() else -1
