"""The daemon: starts the parts bottom up, runs the state thread's loop, stops them top down."""

import gc
import logging
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from latentaudio.answers import reply
from latentaudio.backstage import Backstage
from latentaudio.config import (
    FACTORY_MODEL,
    models_folder,
    state_folder,
)
from latentaudio.control.demo import Demo
from latentaudio.control.midi import MidiInput
from latentaudio.control.network import found_by_others, network_status
from latentaudio.control.osc import OscServer
from latentaudio.controllers import Controllers
from latentaudio.engine.recorder import Recorder
from latentaudio.events import Ask, Event, Order, Rendered, Sync, Trace, Waiting
from latentaudio.instrument import Instrument
from latentaudio.kit import Hits, Kit
from latentaudio.latent.library import Library, read_library
from latentaudio.modelfile import fingerprint
from latentaudio.models import Models
from latentaudio.output import Output
from latentaudio.render.renderer import Renderer
from latentaudio.session import Session
from latentaudio.settings import Settings
from latentaudio.state import State
from latentaudio.state_thread import StateThread
from latentaudio.status import Floods, Triggers, banner, report

log = logging.getLogger(__name__)

SWITCH_S = 0.0005  # a note waits this long at most for Python code that runs elsewhere; the default is 5 ms
DEMO_RECORDING = Path("latentaudio-demo.wav")


class Daemon:
    """Everything that runs while one plays. Enter it to start, leave it to stop; `run` is the state thread."""

    def __init__(self, settings: Settings) -> None:
        """Nothing starts before the daemon is entered."""
        self.settings = settings
        self._thread = StateThread(self._handle, self._tick, self._watch)
        self._parts = ExitStack()
        self.triggers = Triggers()
        self._floods = Floods()
        self._began = time.monotonic()
        self._told: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        """Start, sound first: each part finds what it needs already there. Raises LatentAudioError."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        sys.setswitchinterval(SWITCH_S)
        with ExitStack() as parts:
            self._start(parts)
            self._parts = parts.pop_all()
        # What has been made so far stays: a full collection would otherwise walk it while holding the interpreter.
        gc.freeze()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the parts, last started first."""
        self._parts.close()

    def _start(self, parts: ExitStack) -> None:
        settings = self.settings
        self.controllers = Controllers(settings)
        mapping = self.controllers.mappings.load()
        self.session = Session(state_folder())
        model = settings.model or (None if settings.fresh else self.session.model()) or FACTORY_MODEL
        library = read_library(model)
        self.output = Output(settings.audio, settings.sample_rate, settings.block_size, settings.outputs)
        engine, self.kit = self.output.engine, Kit()
        renderer = self._new_renderer(library)  # started after the sound: torch's import shall not slow a note down
        parts.callback(renderer.close)
        host = "0.0.0.0" if settings.lan else "127.0.0.1"
        self.osc = OscServer(host, settings.osc_port, mapping, self._hits("osc"), self.post, self.kit.focused,
                             settings.osc_root)  # fmt: skip
        parts.callback(self.osc.close)
        mark = fingerprint(model)
        state, extras = self._restore_session(library, mark)
        self.instrument = Instrument(
            library, self.kit, engine.port("state"), renderer, self.osc.feedback, settings.seed, state,
            settings.sound_memory,
        )  # fmt: skip
        self.instrument.navigator.resume(extras)
        replies = self.osc.feedback
        self.models = Models(_model_folders(library), self.instrument, renderer, mark, self._started_renderer, replies)
        self.backstage = Backstage(parts, settings, self.models, self.instrument, self.output, replies)
        self.backstage.renders.load()
        parts.callback(self.output.close)
        self.output.start()
        self._set_offset()
        self._record()
        self._start_hands(parts)
        renderer.start()
        self.instrument.render_missing()
        self.session.start()
        parts.callback(self._leave)
        known = self.instrument.value
        self.query = parts.enter_context(found_by_others(self.osc, host, settings.oscquery, known))
        if settings.preset:
            self.post(Order(name="preset.load", text=settings.preset))

    def _restore_session(self, library: Library, mark: str) -> tuple[State | None, dict[str, Any]]:
        """What the last session left."""
        problems = list[str]()
        if self.settings.fresh:
            self.session.set_aside()
        restored = self.session.restore(library, mark, problems)
        for problem in problems:
            log.warning("%s", problem)
        return restored or (None, {})

    @property
    def renderer(self) -> Renderer:
        """That of the model that plays."""
        return self.models.renderer

    @property
    def midi(self) -> MidiInput:
        """What MIDI comes in by now."""
        return self.controllers.midi

    @property
    def recorder(self) -> Recorder | None:
        """What records now."""
        return self.backstage.sound_files.recorder

    def _new_renderer(self, library: Library) -> Renderer:
        rate = self.output.sample_rate
        return Renderer(library.path, rate, library.frames_at(rate), self.settings.device, self.post)

    def _started_renderer(self, library: Library) -> Renderer:
        renderer = self._new_renderer(library)
        renderer.start()
        return renderer

    def _record(self) -> None:
        """Record where asked to, and where a demo would otherwise be heard by nobody."""
        path = self.settings.record
        if path is None and self.settings.demo and self.output.is_null and self.settings.audio is None:
            path = DEMO_RECORDING
        if path is not None:
            self.backstage.sound_files.record(path)

    def _leave(self) -> None:
        """Keep what the next start needs."""
        self._offer_session()
        self.session.close()
        self.backstage.renders.keep_all()

    def _start_hands(self, parts: ExitStack) -> None:
        if self.settings.demo:
            demo = Demo(self._hits("demo"), self.post)
            parts.callback(demo.close)
            demo.start()
        self.osc.start()
        self.controllers.start(parts, self.osc, self.instrument, self._hits("midi"), self.post)

    def _hits(self, name: str) -> Hits:
        """A note path for one more thread."""
        return self.kit.hits(self.output.engine.port(name))

    def _set_offset(self) -> None:
        """One block of the stream where the performer wants nothing else: a hit keeps its place in its block."""
        offset_ms = self.settings.trigger_offset_ms
        if offset_ms is None:
            offset_ms = 1e3 * self.output.block_size / self.output.sample_rate
            offset_ms = max(offset_ms, self.kit.offset_ns / 1e6)  # where blocks vary, the longest
        self.kit.offset_ns = round(offset_ms * 1e6)

    def post(self, event: Event) -> bool:
        """Queue an event for the state thread; False, and counted, when too many wait. Any thread.

        Lines for who watches never take the place of what a performer does: they have a queue of their own.
        """
        if isinstance(event, Trace):
            self.osc.feedback.traces.add(event)
            return True
        return self._thread.inbox.put(event)

    def run(self, seconds: float | None = None) -> None:
        """Be the state thread until `seconds` have passed, or SIGINT or SIGTERM comes."""
        self._thread.run(seconds)

    def _stop(self, *_: object) -> None:
        self._thread.stop()

    def _tick(self) -> None:
        self.triggers.add(self.output.engine.collect())
        self.backstage.collect()
        now = time.perf_counter()
        self.instrument.tick(now)
        self.osc.learned = self.instrument.state.learned
        self.osc.feedback.flush(now)
        self._tell_what_stands()

    def _tell_what_stands(self) -> None:
        """The status at once where something of it is another that one waits for, and not only by the clock."""
        if (standing := self._standing()) != self._told:
            self._told = standing
            self.osc.feedback.status(None, self.status())

    def _standing(self) -> tuple[object, ...]:
        return (self.models.mark, self.renderer.state, self.output.name, self.output.why, tuple(self.midi.ports),
                self.instrument.state.preset, self.recorder)  # fmt: skip

    def _handle(self, event: Event) -> None:
        match event:
            case Waiting():
                self.osc.feedback.waiting(event.name, event.away)
            case Sync():
                self.osc.feedback.answer(event.origin, "/la/synced", event.id)
            case Ask(name="status"):
                self.osc.feedback.status(event.origin, self.status())
            case Ask():
                reply(event, self.instrument, self.osc.feedback)
            case Rendered():
                self.instrument.perform(event)
                self.backstage.renders.keep(event)
            case _:
                self._perform(event)

    def _perform(self, event: Event) -> None:
        """Have whoever's it is do it; what takes files or time is answered."""
        if not self.backstage.perform(event) and self.instrument.perform(event) and isinstance(event, Order):
            self.osc.learned = self.instrument.state.learned  # its address is there when its sender hears so
            self.osc.feedback.done(event.origin, event.name, event.text)

    def _watch(self) -> None:
        self.renderer.watch()
        if self.output.watch() and self.settings.midi_api == "jack":
            self.controllers.revive()
        self._set_offset()
        self._floods.tell(self._thread.inbox.refused + self.osc.counts()["kernel_dropped"], time.monotonic())
        self.backstage.watch(time.monotonic())
        self._offer_session()
        self.osc.feedback.status(None, self.status())
        if self.osc.monitored():
            self.osc.feedback.traces.stand(self.midi.standing())

    def _offer_session(self) -> None:
        if self.settings.demo:  # its groove draws pads anew and leads the focus away: the last set is kept from it
            return
        instrument = self.instrument
        self.session.offer(instrument.state, instrument.library, self.models.mark, instrument.navigator.extras())

    def status(self) -> dict[str, Any]:
        """How everything is. The state thread."""
        return report(self) | {
            "mapping": self.controllers.mappings.report(),
            "oscquery": network_status(self.query),
            "uptime_s": round(time.monotonic() - self._began, 1),
            "events_refused": self._thread.inbox.refused,
            "events_overtaken": self._thread.inbox.overtaken,
        }

    def banner(self) -> str:
        """What a performer wants to read at the start."""
        return banner(self)


def _model_folders(library: Library) -> list[Path]:
    """Where models are found by their names: the user's, and that of the one that plays first."""
    here = library.path
    return [models_folder()] if here == FACTORY_MODEL else [models_folder(), here.parent]
