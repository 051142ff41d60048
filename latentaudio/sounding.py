"""The pads' sounds: found in memory or asked for when a point moves, and put in the kit as they come. State thread."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound
from latentaudio.events import Rendered
from latentaudio.kit import Kit, Pad, Port, strike_of
from latentaudio.larder import Larder
from latentaudio.parameters import PADS
from latentaudio.voicing import Voicing

LOUDEST, REST = 0, 1  # parts of a change: a pad's loudest sound comes first and plays every hit until the rest is there
Grid = tuple[tuple[Sound, ...], ...]  # [turn][layer]
Request = tuple[int, int, NDArray[np.float32], int, int]  # what `Renders.submit` takes


class Renders(Protocol):
    """What turns points into sounds; `render.Renderer` is one."""

    focus: int

    def submit(self, pad: int, version: int, latents: NDArray[np.float32], arrival_ns: int, part: int = 0) -> None:
        """Ask for the sounds of `latents` [sounds, dims]."""


class Sounding:
    """What each pad plays, and what it waits for."""

    def __init__(self, kit: Kit, port: Port, renderer: Renders, larder: Larder,
                 settings: Callable[[int], Mapping[str, float]]) -> None:  # fmt: skip
        """`settings` gives those of a pad (from 0) by name, natural values."""
        self.renderer, self.larder = renderer, larder
        self._kit, self._port, self._settings = kit, port, settings
        self._wanted: list[Voicing | None] = [None] * PADS
        self._versions = [0] * PADS  # of the latest change
        self._playing = [0] * PADS  # the version whose loudest sound plays
        self._grids: list[Grid | None] = [None] * PADS

    def ask(self, pad: int, wanted: Voicing, arrival_ns: int) -> bool:
        """Have `pad` (from 0) sound as `wanted`; whether it does already."""
        return self.ask_all([(pad, wanted, arrival_ns)])

    def ask_all(self, wishes: Sequence[tuple[int, Voicing, int]]) -> bool:
        """The same of pads, voicings and arrivals; whether all sound so already.

        The renderer hears of all loudest sounds before the rest: pad by pad, it would begin with softer ones.
        """
        for pad, wanted, _ in wishes:
            self._wanted[pad] = wanted
            self._versions[pad] += 1
        known = [[self.larder.get(latent) for latent in wanted.latents] for _, wanted, _ in wishes]
        missing = [each for wish, sounds in zip(wishes, known, strict=True) for each in self._missing(*wish, sounds)]
        for request in sorted(missing, key=lambda request: request[-1]):
            self.renderer.submit(*request)
        return all([self._play_known(*wish[:2], sounds) for wish, sounds in zip(wishes, known, strict=True)])

    def _missing(self, pad: int, wanted: Voicing, arrival_ns: int, known: Sequence[Sound | None]) -> Iterator[Request]:
        """What to ask the renderer for: all that is not `known`."""
        version = self._versions[pad]
        if known[0] is None:
            yield pad + 1, version, wanted.latents[:1], arrival_ns, LOUDEST
        if len(known) > 1 and not all(known):
            yield pad + 1, version, wanted.latents[1:], arrival_ns, REST

    def _play_known(self, pad: int, wanted: Voicing, known: Sequence[Sound | None]) -> bool:
        """Play what is there, if it is the loudest layer; whether it is."""
        first, whole = known[0], [sound for sound in known if sound is not None]
        if first is not None:
            self._play(pad, self._versions[pad], wanted.grid(whole) if len(whole) == len(known) else ((first,),))
        return first is not None

    def wants(self, pad: int, wanted: Voicing) -> bool:
        """Whether that is what `pad` (from 0) was asked to sound as last."""
        now = self._wanted[pad]
        return now is not None and now.turns == wanted.turns and np.array_equal(now.latents, wanted.latents)

    def rendered(self, event: Rendered) -> bool:
        """Take the renderer's answer; whether a pad's loudest sound is new."""
        pad, wanted = event.pad - 1, self._wanted[event.pad - 1]
        latest = event.version == self._versions[pad]
        if event.version <= self._playing[pad] - (event.part == REST) or wanted is None:
            return False  # what plays is newer
        sounds = [Sound(samples) for samples in event.sounds]
        if latest:
            for latent, sound in zip(wanted.latents[event.part :], sounds, strict=False):
                self.larder.put(latent, sound)
        if event.part == LOUDEST:
            self._play(pad, event.version, ((sounds[0],),))
            return True
        grid = self._grids[pad]
        if latest and grid is not None and self._playing[pad] == event.version:
            self._play(pad, event.version, wanted.grid([grid[0][0], *sounds]))
        return False

    def forget(self) -> None:
        """The model is another: what plays goes on, and answers to what was asked so far come to nothing."""
        self.larder.clear()
        self._playing = list(self._versions)
        self._wanted = [None] * PADS

    @property
    def waiting(self) -> int:
        """How many pads do not play all the sounds that they were asked for last: a hit now would be of before."""
        return sum(self._waits(pad) for pad in range(PADS))

    def _waits(self, pad: int) -> bool:
        plays = self._plays(pad)
        if plays is None:
            return True
        wanted, grid = plays
        return (len(grid), len(grid[0])) != (wanted.turns, wanted.layers)

    def _plays(self, pad: int) -> tuple[Voicing, Grid] | None:
        """What `pad` (from 0) was asked for last and what it plays of it; None while that is of before."""
        wanted, grid = self._wanted[pad], self._grids[pad]
        if wanted is None or grid is None or self._playing[pad] != self._versions[pad]:
            return None
        return wanted, grid

    def loudest(self, pad: int) -> tuple[NDArray[np.float32], Sound] | None:
        """The point [dims] and the sound of `pad`'s (from 0) loudest layer, where it plays what was asked for."""
        plays = self._plays(pad)
        return None if plays is None else (plays[0].latents[0], plays[1][0][0])

    def refresh(self, pad: int) -> None:
        """Make what the note path sees of `pad` (from 0) anew, and swap the kit in one step."""
        grid = self._grids[pad]
        if grid is None:
            return
        settings = self._settings(pad)
        strikes = tuple(tuple(strike_of(sound, pad + 1, settings) for sound in turn) for turn in grid)
        self._kit.replace(pad, Pad(strikes, settings["velocity"], bool(settings["gate"])))
        if settings["follow"]:
            self._port.follow(strikes[0][0])

    def load(self, wanted: Sequence[Voicing], sounds: Sequence[NDArray[np.float32] | None]) -> None:
        """Keep what was rendered before, loudest layers from the first pad on, for the points it was rendered from."""
        for each, samples in zip(wanted, sounds, strict=False):
            if samples is not None:
                self.larder.put(each.latents[0], Sound(samples))

    def _play(self, pad: int, version: int, grid: Grid) -> None:
        self._grids[pad], self._playing[pad] = grid, version
        self.refresh(pad)
