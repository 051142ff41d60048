"""The daemon: starts the parts bottom up, runs the state thread's loop, stops them top down."""

import gc
import logging
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from latentaudio.answers import answer
from latentaudio.config import (
    FACTORY_MODEL,
    models_folder,
    presets_folder,
    sounds_folder,
    state_folder,
)
from latentaudio.control.demo import Demo
from latentaudio.control.midi import MidiInput
from latentaudio.control.network import found_by_others, network_status
from latentaudio.control.osc import OscServer
from latentaudio.controllers import Controllers
from latentaudio.engine.recorder import Recorder
from latentaudio.errands import Errands
from latentaudio.errors import LatentAudioError
from latentaudio.events import Act, Ask, Event, Order, Rendered, Samples, Sync, Trace, Waiting
from latentaudio.inbox import Inbox
from latentaudio.instrument import Instrument
from latentaudio.kit import Hits, Kit
from latentaudio.latent.library import Library, read_library
from latentaudio.modelfile import fingerprint
from latentaudio.models import Models
from latentaudio.osc_root import ROOT
from latentaudio.output import Output
from latentaudio.parameters import PADS, PARAMETERS
from latentaudio.presets import PresetFolder
from latentaudio.render.cache import RenderCache, shipped_kit
from latentaudio.render.renderer import Renderer
from latentaudio.repertoire import Repertoire
from latentaudio.session import Session
from latentaudio.settings import Settings
from latentaudio.sound_files import SoundFiles
from latentaudio.sounding import LOUDEST
from latentaudio.state import State
from latentaudio.status import Floods, Triggers, report

log = logging.getLogger(__name__)

TICK_S = 1 / 120  # between looks at what is due: feedback goes out at 60 Hz, sounds that ended are let go
WATCH_S = 0.5  # between looks at what may have failed, and reports of the status
SWITCH_S = 0.0005  # a note waits this long at most for Python code that runs elsewhere; the default is 5 ms
DEMO_RECORDING = Path("latentaudio-demo.wav")
GUARDED = ("record.stop", "model.unload", "model.list", "preset.list")  # and every order


class Daemon:
    """Everything that runs while one plays. Enter it to start, leave it to stop; `run` is the state thread."""

    def __init__(self, settings: Settings) -> None:
        """Nothing starts before the daemon is entered."""
        self.settings = settings
        self._inbox = Inbox()
        self._parts = ExitStack()
        self.triggers = Triggers()
        self._floods = Floods()
        self._began = time.monotonic()
        self._stopping = False
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
        self._open_backstage(parts, renderer, mark)
        self._load_kit(parts, library)
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

    def _open_backstage(self, parts: ExitStack, renderer: Renderer, mark: str) -> None:
        """Those who do what takes files or time."""
        settings, replies = self.settings, self.osc.feedback
        here = self.instrument.library.path
        folders = [models_folder()] if here == FACTORY_MODEL else [models_folder(), here.parent]
        self.models = Models(folders, self.instrument, renderer, mark, self._started_renderer, replies)
        parts.callback(self.models.close)
        self._saving, self._listing = Errands("presets"), Errands("sounds")
        self.repertoire = Repertoire(
            PresetFolder(presets_folder()), self.instrument, lambda: self.renderer, lambda: self.models.mark, replies,
            self.output.sample_rate, self._saving,
        )  # fmt: skip
        parts.callback(self._saving.close)
        parts.callback(self._listing.close)
        sounds = settings.sounds or sounds_folder()
        self.sound_files = SoundFiles(
            sounds, sounds / "recordings", self.instrument, self.output.engine, lambda: self.renderer, replies,
            self._listing,
        )  # fmt: skip
        parts.callback(self.sound_files.close)

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
        return self.sound_files.recorder

    def _new_renderer(self, library: Library) -> Renderer:
        rate = self.output.sample_rate
        return Renderer(library.path, rate, library.frames_at(rate), self.settings.device, self.post)

    def _started_renderer(self, library: Library) -> Renderer:
        renderer = self._new_renderer(library)
        renderer.start()
        return renderer

    def _load_kit(self, parts: ExitStack, library: Library) -> None:
        """Give pads what was rendered in an earlier session or shipped, so that they sound at once."""
        self._keeping = ThreadPoolExecutor(1, "renders")
        parts.callback(self._keeping.shutdown)
        rate = self.output.sample_rate
        self.cache = RenderCache(self.models.mark, rate)
        shipped: dict[bytes, Samples] = {}
        if library.path == FACTORY_MODEL:
            shipped = {point.tobytes(): samples for point, samples in zip(library.kit, shipped_kit(rate), strict=True)}
        latents = [each.latents[0] for each in self.instrument.voicings()]
        self.instrument.load(
            [shipped.get(z.tobytes()) if z.tobytes() in shipped else self.cache.get(z) for z in latents]
        )

    def _record(self) -> None:
        """Record where asked to, and where a demo would otherwise be heard by nobody."""
        path = self.settings.record
        if path is None and self.settings.demo and self.output.is_null and self.settings.audio is None:
            path = DEMO_RECORDING
        if path is not None:
            self.sound_files.record(path)

    def _leave(self) -> None:
        """Keep what the next start needs."""
        self._offer_session()
        self.session.close()
        for pad in range(PADS):
            if kept := self.instrument.sounding.loudest(pad):
                self.cache.put(kept[0], kept[1].samples)

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
        return self._inbox.put(event)

    def run(self, seconds: float | None = None) -> None:
        """Be the state thread until `seconds` have passed, or SIGINT or SIGTERM comes."""
        ends = time.monotonic() + seconds if seconds is not None else float("inf")
        watch_at = tick_at = 0.0
        while not self._stopping and (now := time.monotonic()) < ends:
            if now >= tick_at:
                tick_at = now + TICK_S
                self._guarded(self._tick)
            if now >= watch_at:
                watch_at = now + WATCH_S
                self._guarded(self._watch)
            self._perform_next(tick_at - now)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _perform_next(self, patience: float) -> None:
        """Wait for an event at most `patience` seconds, and make it happen."""
        if (event := self._inbox.take(patience)) is not None:
            self._guarded(partial(self._handle, event))

    def _guarded(self, do: Callable[[], None]) -> None:
        """A fault of ours, or of what is outside, costs one gesture or one look, never the set."""
        try:
            do()
        except Exception:
            log.exception("the performance goes on after")

    def _tick(self) -> None:
        self.triggers.add(self.output.engine.collect())
        self._saving.collect()
        self._listing.collect()
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
            case Ask(name="dump"):
                self.osc.feedback.dump(event.origin, self._values())
            case Ask():
                self._answer(event)
            case Rendered():
                self.instrument.perform(event)
                self._keep(event)
            case _:
                self._perform(event)

    def _perform(self, event: Event) -> None:
        """Have whoever's it is do it; what takes files or time is answered."""
        command = getattr(event, "name", "") or getattr(event, "key", "") or "preset.number"
        if self._is_barred(event):
            self.osc.feedback.fail(event.origin, command, "others on the network may not: start it with --lan-full")
            return
        try:
            if any(each.perform(event) for each in (self.models, self.repertoire, self.sound_files)):
                return
            if self.instrument.perform(event) and isinstance(event, Order):
                self.osc.learned = self.instrument.state.learned  # its address is there when its sender hears so
                self.osc.feedback.done(event.origin, event.name, event.text)
        except LatentAudioError as error:
            self.osc.feedback.fail(event.origin, command, str(error))

    def _is_barred(self, event: Event) -> bool:
        """Whether someone elsewhere on the network asks for what --lan alone does not allow."""
        distant = event.origin.startswith("osc:") and not event.origin.startswith("osc:127.")
        if self.settings.lan_full or not distant:
            return False
        return isinstance(event, Order) or (isinstance(event, Act) and event.name in GUARDED)

    def _answer(self, event: Ask) -> None:
        feedback = self.osc.feedback
        try:
            if answer(event, self.instrument, partial(feedback.answer, event.origin)):
                return
        except LatentAudioError as error:
            feedback.error(event.origin, event.name.split()[0], str(error))
            return
        value = self.instrument.value(event.name)
        if value is None:
            feedback.error(event.origin, event.name, f"{self.instrument.library.name} has no {event.name}")
        else:
            feedback.tell(event.origin, event.name, value)

    def _values(self) -> dict[str, float]:
        every = ((name, self.instrument.value(name)) for name in PARAMETERS)
        return {name: value for name, value in every if value is not None}

    def _watch(self) -> None:
        self.renderer.watch()
        if self.output.watch() and self.settings.midi_api == "jack":
            self.controllers.revive()
        self._set_offset()
        self._floods.tell(self._inbox.refused + self.osc.counts()["kernel_dropped"], time.monotonic())
        self._watch_models()
        self._offer_session()
        self.osc.feedback.status(None, self.status())
        if self.osc.monitored():
            self.osc.feedback.traces.stand(self.midi.standing())

    def _watch_models(self) -> None:
        """Where another model has begun to play, what was wanted or kept of the old one's space means nothing."""
        renderer = self.renderer
        self.models.watch(time.monotonic())
        if self.renderer is not renderer:
            self.cache = RenderCache(self.models.mark, self.output.sample_rate)
            self.repertoire.forget()
            self.sound_files.forget()

    def _keep(self, event: Rendered) -> None:
        """Keep what is rendered at the start, and with a preset: the next start plays it at once.

        On a thread of its own: each takes the disk 3 ms and more, and a preset has 16.
        """
        kept = self.instrument.sounding.loudest(event.pad - 1)
        if kept and event.part == LOUDEST and event.arrival_ns == 0:
            self._keeping.submit(self.cache.put, kept[0], kept[1].samples)

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
            "events_refused": self._inbox.refused,
            "events_overtaken": self._inbox.overtaken,
        }

    def banner(self) -> str:
        """What a performer wants to read at the start."""
        output, library = self.output, self.instrument.library
        query = f", OSCQuery at TCP port {self.query.port}" if self.query else ""
        under = f" under {self.osc.root}" if self.osc.root != ROOT else ""
        lines = [
            f"LatentAudio plays {library.name} ({library.dims} dims) on {output.name} ({output.driver}, "
            f"{output.sample_rate} Hz); OSC at UDP port {self.osc.port}{under}{query}; "
            f"MIDI: {', '.join(self.midi.ports) or 'none'}"
        ]
        if self.recorder:
            lines.append(f"recording to {self.recorder.path}")
        return "\n".join([*lines, "Ctrl-C stops"])
