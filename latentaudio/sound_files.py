"""Sound files that performers name while they play: into a pad, onto the map, or recorded. The state thread's.

A name means something inside the folder of sounds or of recordings, and nothing anywhere else.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from latentaudio.engine.engine import Engine
from latentaudio.engine.recorder import Recorder
from latentaudio.errands import Sends
from latentaudio.errors import AudioError, LatentAudioError, UsageError, suggest
from latentaudio.events import Act, Encoded, Event, Failed, Matched, Order, Working
from latentaudio.files import SOUND_SUFFIXES, unused
from latentaudio.instrument import Instrument
from latentaudio.latent.library import Point
from latentaudio.names import checked_name
from latentaudio.repertoire import Replies

COMPARED = 1000  # names that one which is not there is compared with: more would hold the performance up


@dataclass(frozen=True)
class Asked:
    """What was ordered, and the pad (from 0) that had the focus then: it may be elsewhere when the answer comes."""

    order: Order
    pad: int

    @property
    def origin(self) -> str:
        """Who hears what comes of it."""
        return self.order.origin


class Renders(Protocol):
    """What encodes and matches; `render.Renderer` is one."""

    def encode_files(self, key: str, paths: list[Path]) -> None:
        """Ask where the sounds of files lie in the space."""

    def match(self, key: str, path: Path) -> None:
        """Ask for the point that sounds closest to a file."""

    def stop(self, key: str) -> None:
        """Give a task up."""


class SoundFiles:
    """One task of each kind at a time: a new one takes the place of the last."""

    def __init__(self, folder: Path, recordings: Path, instrument: Instrument, engine: Engine,
                 renderer: Callable[[], Renders], replies: Replies, listing: Sends) -> None:  # fmt: skip
        """`folder` holds what may be read, and `recordings` what is written.

        `listing` looks into folders: one of 100,000 sounds takes it seconds.
        """
        self._folder, self._recordings = folder, recordings
        self._instrument, self._engine = instrument, engine
        self._renderer, self._replies = renderer, replies
        self._listing = listing
        self._looks_for: Order | None = None  # the sounds of the folder that this order names
        self._asked: dict[str, Asked] = {}  # by kind of task
        self.recorder: Recorder | None = None

    def close(self) -> None:
        """End the recording; look no further into a folder."""
        self._looks_for = None
        if self.recorder:
            self.recorder.stop()

    def record(self, path: Path) -> None:
        """Record what is heard from here on. Raises UsageError where that cannot be."""
        if self.recorder:
            raise UsageError(f"{self.recorder.path.name} is being recorded: stop it first (/la/record/stop)")
        if path.is_dir() or not path.parent.is_dir():
            why = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
            raise UsageError(f"cannot record to {path}: {why}")
        recorder = Recorder(self._engine, unused(path))
        recorder.start()
        self.recorder = recorder

    def perform(self, event: Event) -> bool:
        """Do what is ours; whether it was. Raises LatentAudioError."""
        match event:
            case Order(name="reconstruct" | "match" | "map.load"):
                self._begin(event)
            case Order(name="record.start", text=text):
                self._make_room()
                self.record(self._recordings / f"{checked_name(text or 'take')}.wav")
                self._replies.done(event.origin, event.name, self.recorder.path.name if self.recorder else "")
            case Act(name="record.stop"):
                self._stop_recording(event)
            case Act(name="stop"):
                self._give_up(event)
            case Working(key=key) if key in self._asked:
                self._replies.progress(self._asked[key].origin, key, event.done, event.of)
            case Failed(key=key) if key in self._asked:
                self._replies.fail(self._asked.pop(key).origin, key, event.why)
            case Encoded(key=key) if key in self._asked:
                self._answer(event, self._encoded)
            case Matched(key=key) if key in self._asked:
                self._answer(event, self._matched)
            case _:
                return False
        return True

    def _make_room(self) -> None:
        try:
            self._recordings.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot record to {self._recordings}: {error.strerror}") from error

    def _begin(self, order: Order) -> None:
        path = self.find(order.text, folder=order.name == "map.load")
        if order.name == "map.load":
            self._looks_for = order
            self._listing.send(partial(self._sounds_in, path, order), partial(self._found, order))
            return
        self._asked[order.name] = Asked(order, self._instrument.focus)
        if order.name == "match":
            self._renderer().match("match", path)
        else:
            self._renderer().encode_files(order.name, [path])

    def _sounds_in(self, folder: Path, order: Order) -> list[Path]:
        """All that a folder holds, but for links that lead elsewhere; any part of it once `order` is given up.

        The thread's that lists.
        """
        inside, found = self._folder.resolve(), []
        for each in folder.rglob("*"):
            if self._looks_for is not order:
                break
            if each.suffix.lower() in SOUND_SUFFIXES and each.is_file():
                found.append(each)
        return sorted(each for each in found if not each.is_symlink() or each.resolve().is_relative_to(inside))

    def _found(self, order: Order, listed: Future[list[Path]]) -> None:
        """Have what a folder holds encoded, unless that was given up, or another folder ordered."""
        if self._looks_for is not order:
            return
        self._looks_for = None
        try:
            paths = listed.result()
        except OSError as error:
            self._replies.fail(order.origin, order.name, f"{order.text} cannot be read: {error.strerror}")
            return
        if not paths:
            self._replies.fail(order.origin, order.name, f"no sound files in {order.text}")
            return
        self._asked[order.name] = Asked(order, self._instrument.focus)
        self._renderer().encode_files(order.name, paths)

    def find(self, name: str, folder: bool = False) -> Path:
        """The file, or folder, that a name means, its ending left out or not. Raises UsageError, naming the nearest."""
        parts = [part for part in name.split("/") if part]
        wanted = self._folder.joinpath(*map(checked_name, parts)) if parts else self._folder
        there = [wanted, *(wanted.with_name(wanted.name + suffix) for suffix in sorted(SOUND_SUFFIXES))]
        inside = self._folder.resolve()
        for path in there[:1] if folder else there:
            if (path.is_dir() if folder else path.is_file()) and path.resolve().is_relative_to(inside):
                return path
        what = "folder" if folder else "sound file"
        kind = (each for each in self._folder.glob("*") if each.is_dir() == folder) if self._folder.is_dir() else ()
        names = [each.name for each in islice(kind, COMPARED)]
        raise UsageError(f"no {what} '{name}' in {self._folder}{suggest(name, names)}")

    def _answer(self, event: Encoded | Matched, use: Callable[[Any, Asked], None]) -> None:
        """Whoever ordered it hears, too, that what came cannot be used."""
        asked = self._asked[event.key]
        if not isinstance(event, Matched) or event.done:
            del self._asked[event.key]
        try:
            use(event, asked)
        except LatentAudioError as error:
            self._replies.fail(asked.origin, event.key, str(error))

    def _encoded(self, event: Encoded, asked: Asked) -> None:
        if event.key == "map.load":
            names = tuple(Path(name).stem for name in event.names)
            self._instrument.navigator.load_data(event.latents, names)
            self._replies.done(asked.origin, "map.load", asked.order.text, len(names), len(event.skipped))
        else:
            self._put(event.latents[0], asked, event)
            self._replies.done(asked.origin, "reconstruct", asked.order.text)

    def _matched(self, event: Matched, asked: Asked) -> None:
        self._put(event.latent, asked, event)
        if event.done:
            self._replies.done(asked.origin, "match", asked.order.text, round(event.loss, 4))

    def _put(self, latent: Point, asked: Asked, event: Event) -> None:
        """One step to undo for each order; freshness counts from the answer, which took as long as it took."""
        self._instrument.note_down(asked.order.name, asked.order)
        moved = replace(asked.order, arrival_ns=event.arrival_ns)
        self._instrument.place(asked.pad, np.asarray(latent, np.float32), moved)

    def _stop_recording(self, event: Event) -> None:
        if not self.recorder:
            raise UsageError("nothing is being recorded")
        recorder, self.recorder = self.recorder, None
        recorder.stop()
        if recorder.error:
            raise AudioError(recorder.error)
        self._replies.done(event.origin, "record.stop", recorder.path.name, recorder.lost)

    def forget(self, why: str = "another model plays now") -> None:
        """Give up what was ordered; whoever did so hears `why`."""
        if self._looks_for:
            self._replies.fail(self._looks_for.origin, self._looks_for.name, why)
            self._looks_for = None
        for key in list(self._asked):
            self._renderer().stop(key)
            self._replies.fail(self._asked.pop(key).origin, key, why)

    def _give_up(self, event: Event) -> None:
        self.forget("given up")
        self._replies.done(event.origin, "stop")
