"""Another model while one plays: the old one plays on until the new one is warm. The state thread's."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from latentaudio.config import FACTORY_MODEL
from latentaudio.errors import ModelError, UsageError, suggest
from latentaudio.events import Act, Event, Order
from latentaudio.instrument import Instrument
from latentaudio.latent.library import Library, read_library
from latentaudio.modelfile import fingerprint
from latentaudio.names import checked_name
from latentaudio.render.renderer import Renderer
from latentaudio.repertoire import Replies

WARM_S = 120.0  # a renderer that takes longer to start never will


@dataclass
class Coming:
    """A model on its way."""

    event: Order
    read: Future[tuple[Library, str]]
    renderer: Renderer | None = None
    began: float = 0.0


class Models:
    """Which model plays, and which one is coming."""

    def __init__(self, folders: list[Path], instrument: Instrument, renderer: Renderer, mark: str,
                 start: Callable[[Library], Renderer], replies: Replies) -> None:  # fmt: skip
        """`start` makes a renderer for a library and starts it; `mark` is the fingerprint of the model that plays."""
        self._folders, self._instrument, self._replies = folders, instrument, replies
        self._start = start
        self.renderer, self.mark = renderer, mark
        self._coming: Coming | None = None
        self._reader = ThreadPoolExecutor(1, "models")

    def close(self) -> None:
        """End the renderers."""
        self._reader.shutdown(cancel_futures=True)
        if self._coming and self._coming.renderer:
            self._coming.renderer.close()
        self.renderer.close()

    def names(self) -> dict[str, Path]:
        """The models that can be loaded, by name."""
        found = {path.stem: path for folder in reversed(self._folders) for path in sorted(folder.glob("*.safetensors"))}
        return {FACTORY_MODEL.stem: FACTORY_MODEL} | found

    def perform(self, event: Event) -> bool:
        """Do what is ours; whether it was. Raises LatentAudioError."""
        match event:
            case Order(name="model.load", text=name):
                self._load(name, event)
            case Act(name="model.list"):
                self._replies.done(event.origin, "model.list", *self.names())
            case Act(name="model.unload"):
                self.renderer.unload()
                self._replies.done(event.origin, "model.unload")
            case _:
                return False
        return True

    def _load(self, name: str, event: Order) -> None:
        known = self.names()
        path = known.get(checked_name(name))
        if path is None:
            raise UsageError(f"no model '{name}'{suggest(name, known)}")
        if self._coming:
            raise UsageError(f"the model {self._coming.event.text} is being loaded already")
        self._coming = Coming(event, self._reader.submit(lambda: (read_library(path), fingerprint(path))))

    def watch(self, now: float) -> None:
        """Go on with the model that is coming; called now and then, `now` in seconds."""
        coming = self._coming
        if coming is None or not coming.read.done():
            return
        try:
            library, mark = coming.read.result()
            if coming.renderer is None:
                coming.renderer, coming.began = self._start(library), now
            self._wait(coming, coming.renderer, library, mark, now)
        except (ModelError, OSError) as error:
            self._give_up(coming, str(error))

    def _wait(self, coming: Coming, renderer: Renderer, library: Library, mark: str, now: float) -> None:
        if renderer.state == "ready":
            old, self.renderer, self.mark, self._coming = self.renderer, renderer, mark, None
            self._instrument.swap(library, renderer)
            old.close()
            self._replies.done(coming.event.origin, "model.load", library.name)
        elif renderer.restarts or now - coming.began > WARM_S:
            self._give_up(coming, renderer.why or "its renderer does not start")

    def _give_up(self, coming: Coming, why: str) -> None:
        self._coming = None
        if coming.renderer:
            coming.renderer.close()
        self._replies.fail(coming.event.origin, "model.load", f"{coming.event.text}: {why}; the old one plays on")
