"""Presets while one plays: recalled, saved, stepped through, and rendered ahead. The state thread's."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound
from latentaudio.errands import Sends
from latentaudio.errors import LatentAudioError, PresetError, UsageError
from latentaudio.events import Act, Ahead, Encoded, Event, Failed, Order, Program, Samples
from latentaudio.instrument import Instrument
from latentaudio.parameters import PADS
from latentaudio.presets import PresetFolder

log = logging.getLogger(__name__)

AHEAD = "preset.ahead"  # keys of what the renderer is asked for
FOREIGN = "preset.load"
NOTHING = np.zeros(0, np.float32)  # is stored for a pad whose sound is on its way, as in a walk there always is one


class Replies(Protocol):
    """How whoever asked for something slow hears of it; `control.Feedback` is one."""

    def done(self, origin: str, command: str, *values: str | float) -> None:
        """It is done."""

    def fail(self, origin: str, command: str, why: str) -> None:
        """It cannot be done."""

    def progress(self, origin: str, command: str, done: int, of: int) -> None:
        """It goes on."""


class Renders(Protocol):
    """What renders ahead and encodes; `render.Renderer` is one."""

    def submit_ahead(self, key: str, latents: NDArray[np.float32]) -> None:
        """Ask for sounds that no pad plays yet."""

    def encode(self, key: str, sounds: list[Samples], rate: int) -> None:
        """Ask where sounds lie in the space."""

    def stop(self, key: str) -> None:
        """Forget what was asked for under a key."""


class Repertoire:
    """The presets' folder, and what is on its way from it."""

    def __init__(self, folder: PresetFolder, instrument: Instrument, renderer: Callable[[], Renders],
                 fingerprint: Callable[[], str], replies: Replies, sample_rate: int,
                 saving: Sends) -> None:  # fmt: skip
        """`renderer` and `fingerprint` are those of the model that plays when they are called.

        `saving` has the disk synced, which takes some 15 ms.
        """
        self._folder, self._instrument, self._replies = folder, instrument, replies
        self._renderer, self._fingerprint, self._rate = renderer, fingerprint, sample_rate
        self._foreign: tuple[str, str] | None = None  # name and origin of a preset whose sounds are being encoded
        self._ahead: dict[str, NDArray[np.float32]] = {}  # points that are being rendered, by key
        self._keys = (f"{AHEAD} {number}" for number in count())  # an answer that comes late fits no later points
        self._saving = saving

    def perform(self, event: Event) -> bool:
        """Do what is ours; whether it was. Raises LatentAudioError."""
        match event:
            case Order(name="preset.load", text=name):
                self._load(name, event)
            case Order(name=name) if name.startswith("pad.") and name.endswith(".preset"):
                self._take_pad(event)
            case Order(name="preset.save", text=text):
                self._save(text, event)
            case Order(name="preset.search", text=text):
                self._replies.done(event.origin, "preset.search", *self._folder.list.search(text))
            case Act(name="preset.list"):
                self._replies.done(event.origin, "preset.list", *self._folder.list.names())
            case Act(name="preset.next" | "preset.previous" as name):
                step = 1 if name == "preset.next" else -1
                self._load(self._folder.list.beside(self._instrument.state.preset, step), event)
            case Program(number=number):
                self._load(self._folder.list.numbered(number), event)
            case Act(name="stop"):
                self._give_up("given up")
                return False  # others have things to give up, too
            case _:
                return self._hear(event)
        return True

    def _hear(self, event: Event) -> bool:
        """The renderer's answers."""
        match event:
            case Encoded(key=key) if key == FOREIGN:
                self._encoded(event)
            case Failed(key=key, why=why) if key == FOREIGN:
                self._replies.fail(self._foreign[1] if self._foreign else "daemon", "preset.load", why)
            case Ahead(key=key) if key.startswith(AHEAD):
                self._keep(event)
            case Failed(key=key) if key.startswith(AHEAD):
                self._ahead.pop(key, None)
            case _:
                return False
        return True

    def _load(self, name: str, event: Event) -> None:
        preset = self._folder.peek(name)
        if not preset.is_foreign(self._fingerprint()):
            self._give_up("another one was recalled")
            self._recall(name, event.origin, event.arrival_ns)
            return
        try:
            sounds, rate = self._folder.sounds(name)
        except PresetError as error:
            playing = self._instrument.library.name
            raise UsageError(f"preset '{name}' is of the model {preset.model}, not of {playing}: {error}") from error
        self._give_up("another one was recalled")
        self._foreign = (name, event.origin)
        self._renderer().encode(FOREIGN, sounds, rate)

    def _take_pad(self, event: Order) -> None:
        """One pad of a preset, and nothing else of it. Locks hold: they are no part of a pad."""
        instrument, problems = self._instrument, list[str]()
        preset, pad = self._folder.peek(event.text), int(event.name.split(".")[1])
        if preset.is_foreign(self._fingerprint()):
            raise UsageError(f"preset '{event.text}' is of the model {preset.model}: load it whole")
        other = self._folder.load(event.text, instrument.library, self._fingerprint(), problems, instrument.state)
        _warn_of(problems)
        self._give_up("a pad of another one was taken")
        state = instrument.state.copy()
        state.take_pad(pad, other)
        instrument.adopt(state, event.origin, event.arrival_ns, journal=event.name)
        self._replies.done(event.origin, event.name, other.preset, *problems)

    def _encoded(self, event: Encoded) -> None:
        """The sounds of another model's preset have places in this one's space; pads without one keep theirs."""
        if self._foreign is None:
            return
        (name, origin), self._foreign = self._foreign, None
        points = self._instrument.state.points.copy()
        for number, latent in zip(event.names, event.latents, strict=True):
            points[int(number) - 1] = latent
        try:
            self._recall(name, origin, event.arrival_ns, points)
        except LatentAudioError as error:  # which is no answer to the renderer
            self._replies.fail(origin, "preset.load", str(error))

    def forget(self) -> None:
        """Another model plays: what the renderer was asked for comes to nothing."""
        self._give_up("another model plays now")
        self._ahead.clear()

    def _give_up(self, why: str) -> None:
        """Leave the preset whose sounds are being encoded: what is recalled later goes before."""
        if self._foreign:
            name, origin = self._foreign
            self._foreign = None
            self._renderer().stop(FOREIGN)
            self._replies.fail(origin, "preset.load", f"preset '{name}': {why}")

    def _recall(self, name: str, origin: str, arrival_ns: int, points: NDArray[np.float32] | None = None) -> None:
        instrument, problems = self._instrument, list[str]()
        state = self._folder.load(name, instrument.library, self._fingerprint(), problems, instrument.state, points)
        _warn_of(problems)
        instrument.adopt(state, origin, arrival_ns, journal="preset.load")
        self._replies.done(origin, "preset.load", state.preset, *problems)
        self.render_ahead()

    def render_ahead(self) -> None:
        """Have the sounds of the presets on either side ready, and of no others that were passed by.

        What is damaged is found out when it is recalled.
        """
        for key in self._ahead:
            self._renderer().stop(key)
        self._ahead.clear()
        names = self._folder.list.names()
        here = self._instrument.state.preset
        if here not in names or len(names) < 2:
            return
        for step in (1, -1):
            try:
                self._render_ahead(self._folder.list.beside(here, step))
            except LatentAudioError as error:
                log.info("not rendered ahead: %s", error)

    def _render_ahead(self, name: str) -> None:
        instrument = self._instrument
        library, larder = instrument.library, instrument.sounding.larder
        if self._folder.peek(name).is_foreign(self._fingerprint()):
            return
        state = self._folder.load(name, library, self._fingerprint(), [], instrument.state)
        for voiced in instrument.voicings(state):
            missing = np.array([latent for latent in voiced.latents if larder.get(latent) is None], np.float32)
            if len(missing):
                key = next(self._keys)
                self._ahead[key] = missing
                self._renderer().submit_ahead(key, missing)

    def _keep(self, event: Ahead) -> None:
        for latent, samples in zip(self._ahead.pop(event.key, ()), event.sounds, strict=False):
            self._instrument.sounding.larder.put(latent, Sound(samples))

    def _save(self, text: str, event: Event) -> None:
        """Words that begin with # are tags: `Deep #sub #clean`."""
        words = text.split()
        tags = [word[1:] for word in words if word.startswith("#") and len(word) > 1]
        name = self._folder.list.spelling(" ".join(word for word in words if not word.startswith("#")))
        instrument = self._instrument
        played = [instrument.sounding.loudest(pad) for pad in range(PADS)]
        sounds = [NOTHING if each is None else each[1].samples for each in played]
        sounds = sounds if any(map(len, sounds)) else []
        playing, library, fingerprint = instrument.state, instrument.library, self._fingerprint()
        state, now = playing.copy(), datetime.now(UTC)

        def saved(done: Future[str]) -> None:
            try:
                written = done.result()
            except LatentAudioError as error:
                self._replies.fail(event.origin, "preset.save", str(error))
                return
            playing.preset = written  # another may have been recalled meanwhile
            self._replies.done(event.origin, "preset.save", written)

        self._saving.send(
            lambda: self._folder.save(name, state, library, fingerprint, now, tags or None, sounds, self._rate), saved
        )


def _warn_of(problems: list[str]) -> None:
    for problem in problems:
        log.warning("%s", problem)
