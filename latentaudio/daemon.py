"""The daemon: starts the parts bottom up, runs the state thread's loop, stops them top down."""

import gc
import logging
import queue
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from latentaudio.config import FACTORY_MODEL, find_mapping, shipped_mappings
from latentaudio.control.demo import Demo
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.midi import MidiInput
from latentaudio.control.osc import OscServer
from latentaudio.control.recognise import fitting
from latentaudio.engine.recorder import Recorder
from latentaudio.errors import UsageError
from latentaudio.events import Ask, Event, Hit, Rendered, Sync, Trace
from latentaudio.files import unused
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.latent.library import Library, read_library
from latentaudio.output import Output
from latentaudio.parameters import PARAMETERS, address
from latentaudio.render.cache import RenderCache, shipped_kit
from latentaudio.render.renderer import Renderer
from latentaudio.settings import Settings
from latentaudio.status import Floods, Triggers, report

log = logging.getLogger(__name__)

INBOX = 8192  # events that may wait: some seconds of a flood that nobody plays on purpose
TICK_S = 1 / 120  # between looks at what is due: feedback goes out at 60 Hz, sounds that ended are let go
WATCH_S = 0.5  # between looks at what may have failed, and reports of the status
SWITCH_S = 0.0005  # a note waits this long at most for Python code that runs elsewhere; the default is 5 ms
DEMO_RECORDING = Path("latentaudio-demo.wav")


class Daemon:
    """Everything that runs while one plays. Enter it to start, leave it to stop; `run` is the state thread."""

    def __init__(self, settings: Settings) -> None:
        """Nothing starts before the daemon is entered."""
        self.settings = settings
        self._inbox: queue.Queue[Event] = queue.Queue(INBOX)
        self._refused_events = 0
        self._parts = ExitStack()
        self.triggers = Triggers()
        self._floods = Floods()
        self._began = time.monotonic()
        self._stopping = False

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
        mapping = self._load_mapping()
        library = read_library(settings.model)
        self.output = Output(settings.audio, settings.sample_rate, settings.block_size, settings.outputs)
        engine, self.kit = self.output.engine, Kit()
        self._start_renderer(parts, library)
        host = "0.0.0.0" if settings.lan else "127.0.0.1"
        self.osc = OscServer(host, settings.osc_port, mapping, self._hits("osc"), self.post, self.kit.focused)
        parts.callback(self.osc.close)
        self.instrument = Instrument(
            library, self.kit, engine.port("state"), self.renderer, self.osc.feedback, settings.seed
        )
        self._load_kit(library)
        parts.callback(self.output.close)
        self.output.start()
        self._set_offset()
        self.recorder = self._record(parts)
        self._start_hands(parts, mapping)
        self.renderer.start()
        self.instrument.render_missing()

    def _load_mapping(self) -> Mapping:
        """What was named; else the default, and over it those made for the controllers that are plugged in."""
        if self.settings.mappings:
            return load_mapping([find_mapping(name) for name in self.settings.mappings])
        made_for_one = sorted(shipped_mappings().glob("*.yaml"))
        return load_mapping([find_mapping("default")], fitting(made_for_one, self.settings.midi_api))

    def _start_renderer(self, parts: ExitStack, library: Library) -> None:
        """Made before the sound, started after it: torch's import shall not slow the first note down."""
        rate = self.output.sample_rate
        self.renderer = Renderer(library.path, rate, library.frames_at(rate), self.settings.device, self.post)
        parts.callback(self.renderer.close)

    def _load_kit(self, library: Library) -> None:
        rate = self.output.sample_rate
        self.cache = RenderCache(library.path, rate)
        shipped = library.path == FACTORY_MODEL
        self.instrument.load(shipped_kit(rate) if shipped else [self.cache.get(point) for point in library.kit])

    def _record(self, parts: ExitStack) -> Recorder | None:
        """Record where asked to, and where a demo would otherwise be heard by nobody."""
        path = self.settings.record
        if path is None and self.settings.demo and self.output.is_null and self.settings.audio is None:
            path = DEMO_RECORDING
        if path is None:
            return None
        if path.is_dir() or not path.parent.is_dir():
            why = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
            raise UsageError(f"cannot record to {path}: {why}")
        recorder = Recorder(self.output.engine, unused(path))
        recorder.start()
        parts.callback(recorder.stop)
        return recorder

    def _start_hands(self, parts: ExitStack, mapping: Mapping) -> None:
        if self.settings.demo:
            demo = Demo(self._hits("demo"), self.post)
            parts.callback(demo.close)
            demo.start()
        self.osc.start()
        self._open_midi = partial(
            MidiInput, mapping, self._hits("midi"), self.post, self.kit.focused, self.osc.monitored,
            self.settings.midi, self.settings.midi_api,
        )  # fmt: skip
        self.midi = self._open_midi()
        parts.callback(self._close_midi)
        self.midi.start()

    def _close_midi(self) -> None:
        self.midi.close()

    def _hits(self, name: str) -> Hit:
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
        """Queue an event for the state thread; False, and counted, when too many wait. Any thread."""
        try:
            self._inbox.put_nowait(event)
        except queue.Full:
            self._refused_events += 1
            return False
        return True

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
        try:
            event = self._inbox.get(timeout=max(patience, 0.0001))
        except queue.Empty:
            return
        self._guarded(partial(self._handle, event))

    def _guarded(self, do: Callable[[], None]) -> None:
        """A fault of ours, or of what is outside, costs one gesture or one look, never the set."""
        try:
            do()
        except Exception:
            log.exception("the performance goes on after")

    def _tick(self) -> None:
        self.triggers.add(self.output.engine.collect())
        self.osc.feedback.flush(time.perf_counter())

    def _handle(self, event: Event) -> None:
        match event:
            case Trace():
                self.osc.feedback.trace(event)
            case Sync():
                self.osc.feedback.answer(event.origin, "/la/synced", event.id)
            case Ask(name="status"):
                self.osc.feedback.status(event.origin, self.status())
            case Ask(name="dump"):
                self.osc.feedback.dump(event.origin, self._values())
            case Ask(name="latent.all"):
                self.osc.feedback.answer(event.origin, address("latent.all"), *self.instrument.positions())
            case Ask():
                self._answer(event)
            case Rendered():
                self.instrument.perform(event)
                self._keep(event)
            case _:
                self.instrument.perform(event)

    def _answer(self, event: Ask) -> None:
        value = self.instrument.value(event.name)
        if value is None:
            why = f"{self.instrument.library.name} has {self.instrument.library.dims} dims"
            self.osc.feedback.error(event.origin, event.name, why)
        else:
            self.osc.feedback.tell(event.origin, event.name, value)

    def _values(self) -> dict[str, float]:
        every = ((name, self.instrument.value(name)) for name in PARAMETERS)
        return {name: value for name, value in every if value is not None}

    def _watch(self) -> None:
        self.renderer.watch()
        if self.output.watch() and self.settings.midi_api == "jack":  # its MIDI ports died with the server
            self.midi.close()
            self.midi = self._open_midi()
            self.midi.start()
        self._set_offset()
        self._floods.tell(self._refused_events + self.osc.counts()["kernel_dropped"], time.monotonic())
        self.osc.feedback.status(None, self.status())

    def _keep(self, event: Rendered) -> None:
        """Keep the first render of each pad, which is that of the default kit: the next start plays it at once."""
        if event.version == 1 and event.arrival_ns == 0:
            self.cache.put(self.instrument.library.kit[event.pad - 1], event.sounds[0])

    def status(self) -> dict[str, Any]:
        """How everything is. The state thread."""
        return report(self) | {
            "uptime_s": round(time.monotonic() - self._began, 1),
            "events_refused": self._refused_events,
        }

    def banner(self) -> str:
        """What a performer wants to read at the start."""
        output, library = self.output, self.instrument.library
        lines = [
            f"LatentAudio plays {library.name} ({library.dims} dims) on {output.name} ({output.driver}, "
            f"{output.sample_rate} Hz); OSC at UDP port {self.osc.port}; MIDI: {', '.join(self.midi.ports) or 'none'}"
        ]
        if self.recorder:
            lines.append(f"recording to {self.recorder.path}")
        return "\n".join([*lines, "Ctrl-C stops"])
