"""The state of the performance and the only place where it changes. The state thread's."""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from typing import Protocol

import numpy as np

from latentaudio.buttons import Buttons
from latentaudio.effects import Effects
from latentaudio.errors import LatentAudioError, UsageError, suggest
from latentaudio.events import (
    Act,
    Clock,
    Event,
    Order,
    Played,
    Refused,
    Rendered,
    Samples,
    Set,
    SetLatents,
    SetTogether,
)
from latentaudio.journal import Journal
from latentaudio.kit import Kit, Port
from latentaudio.larder import Larder
from latentaudio.latent.attributes import Attributes
from latentaudio.latent.library import Library, Point
from latentaudio.latent.tempo import Tempo
from latentaudio.navigator import LAYERS, Navigator
from latentaudio.parameters import PAD_SETTINGS, PADS, PARAMETERS, latent_name, pad_name
from latentaudio.sounding import Renders, Sounding
from latentaudio.state import State
from latentaudio.voicing import Voicer, Voicing

log = logging.getLogger(__name__)

FRESHNESS_KEPT = 1000  # latest moves that the status speaks of
LOCKS_REST = 2  # ticks without a lock after which what varies is rendered anew: they come by the hundred, 40 ms each
SOUND_MEMORY = 256.0  # MB of sounds that are kept for when their points come back
# What a state that is adopted has already brought about, or asked the renderer for; a sweep alone begins anew.
ADOPTED = ("pad.", "velocity.", "vary.", "latent.", "attribute.", "lock.", "map.", "morph.", "variation.")
# By name and in order: what a move reports is looked up some hundred times a second.
LATENTS = tuple(name for name in PARAMETERS if name.startswith("latent."))
LOCKS = tuple(name for name in PARAMETERS if name.startswith("lock."))
ATTRIBUTES = tuple(name for name in PARAMETERS if name.startswith("attribute."))


class Listener(Protocol):
    """Who wants to hear of every change; `control.Feedback` is one."""

    def changed(self, name: str, value: float, origin: str, adjusted: bool) -> None:
        """A parameter has a new value; `adjusted` when it is not quite what was asked for."""

    def moved(self, latents: Mapping[str, float], origin: str) -> None:
        """All dims of the focused pad's point have new values: by name, not asked for one by one."""

    def played(self, pad: int, velocity: float, origin: str) -> None:
        """A pad was hit."""

    def error(self, origin: str, name: str, why: str) -> None:
        """Something could not be done."""


class Instrument:
    """Pads, focus and points, moved by events; renders are asked for when a point moves, never by a hit."""

    _voicer: Voicer

    def __init__(self, library: Library, kit: Kit, port: Port, renderer: Renders, listener: Listener,
                 seed: int | None = None, state: State | None = None,
                 megabytes: float = SOUND_MEMORY) -> None:  # fmt: skip
        """Start with `state`, or the library's kit; silent until `load` or a render gives the pads sounds."""
        self.kit, self._port, self._listener, self._seed = kit, port, listener, seed
        self.state = state or State.of(library)
        self.sounding = Sounding(kit, port, renderer, Larder(megabytes), self._pad_settings)
        self.journal = Journal()
        self.freshness_ms: deque[float] = deque(maxlen=FRESHNESS_KEPT)
        self.refused = 0
        self._locks_wait = 0  # ticks until what varies follows the locks
        self._effects = Effects(self, port)
        self._buttons = Buttons(self, port)
        self._take_up(library, Tempo())
        self._leave_empty_layer()
        for name in ("master.level", "focus", "notes.mode", "notes.root", "tempo"):
            self._effects.of(name, Set(name=name, value=self.state.values[name]))
        self._effects.go_on()

    # What others ask.

    @property
    def focus(self) -> int:
        """Index of the focused pad, from 0."""
        return int(self.state.values["focus"]) - 1

    @property
    def renderer(self) -> Renders:
        """Who is asked for sounds."""
        return self.sounding.renderer

    def value(self, name: str) -> float | None:
        """A parameter's natural value, or None for a dim or an attribute that there is not. Input threads ask, too."""
        state = self.state  # another one may be adopted meanwhile
        if name in state.values:
            return state.values[name]
        kind, _, rest = name.partition(".")
        if kind == "attribute":
            column = self._column(name)
            return None if column is None else float(state.attributes[self.focus, column])
        dim = int(rest) - 1
        if dim >= len(state.locks):
            return None
        return float(state.locks[dim] if kind == "lock" else state.points[self.focus, dim])

    def values(self) -> dict[str, float]:
        """Natural values of all parameters that there are, by name."""
        amounts = ((name, self.value(name)) for name in ATTRIBUTES)
        return {
            **self.state.values,
            **dict(zip(LATENTS, self.state.points[self.focus].tolist(), strict=False)),
            **dict(zip(LOCKS, self.state.locks.astype(float).tolist(), strict=False)),
            **{name: amount for name, amount in amounts if amount is not None},
        }

    def point(self, pad: int) -> Point:
        """A copy of a pad's point [dims], pads counted from 1."""
        point: Point = self.state.points[pad - 1].copy()
        return point

    def positions(self) -> list[float]:
        """The focused pad's dims, each 0..1 of its range."""
        here = self.state.points[self.focus]
        return [PARAMETERS[latent_name(dim)].position(float(z)) for dim, z in enumerate(here, 1)]

    def voicings(self, state: State | None = None) -> list[Voicing]:
        """How each pad is rendered in `state`, or as it is now."""
        return self.voicer(state).all(state or self.state)

    def voicer(self, state: State | None = None) -> Voicer:
        """What knows how pads are rendered in `state`, or now; the one of now where its attributes and locks are so."""
        attributes, posterior = self.attributes, self.navigator.posterior
        if state is not None:
            attributes, posterior = self.all_attributes(state), self.navigator.posterior_of(state)
        if attributes is not self._voicer.attributes or posterior is not self._voicer.posterior:
            fresh = Voicer(attributes, posterior)
            if state is not None:
                return fresh
            self._voicer = fresh
        return self._voicer

    def load(self, sounds: Sequence[Samples | None]) -> None:
        """Give the pads, from the first on, loudest layers that were rendered before; they play at once."""
        wanted = self.voicings()
        self.sounding.load(wanted, sounds)
        there = [pad for pad, samples in enumerate(sounds[:PADS]) if samples is not None]
        self.sounding.ask_all([(pad, wanted[pad], 0) for pad in there])

    def render_missing(self, arrival_ns: int = 0) -> None:
        """Ask for the sounds of the pads that do not sound, or were not asked to, as the state says."""
        wishes = [(pad, wanted, arrival_ns) for pad, wanted in enumerate(self.voicings())]
        self.sounding.ask_all([wish for wish in wishes if not self.sounding.wants(*wish[:2])])

    # What performers do.

    def perform(self, event: Event) -> bool:
        """Make `event` happen; whether it could be done. Raises nothing for what a performer can send."""
        try:
            self._perform(event)
        except LatentAudioError as error:
            name = event.values[0][0] if isinstance(event, SetTogether) else getattr(event, "name", "")
            self._listener.error(event.origin, name, str(error))
            return False
        return True

    def _perform(self, event: Event) -> None:
        match event:
            case Set():
                self._set(event)
            case SetTogether():
                self._set_together(event)
            case SetLatents():
                self._set_latents(event)
            case Act() | Order():
                self._buttons.press(event)
            case Clock():
                self._clock(event)
            case Played():
                self._listener.played(event.pad, event.velocity, event.origin)
            case Rendered():
                self._publish(event)
            case Refused():
                self._refuse(event)

    def _refuse(self, event: Refused) -> None:
        self.refused += 1
        log.warning("a render of pad %d was refused (%s); its old sound stays", event.pad, event.why)
        self._listener.error(event.origin, pad_name(event.pad, "render"), event.why)

    def tick(self, now: float) -> None:
        """Move what moves by itself: `now` is `time.perf_counter()`. Called some hundred times a second."""
        values = self.state.values
        if self._locks_wait:
            self._locks_wait -= 1
            if not self._locks_wait:
                self.render_missing()
        if values["walk.run"]:
            point = self.navigator.step(self.state, self.state.points[self.focus], now)
            if point is not None:
                self.move(point, Act("walk", "walk"))
        if values["morph.sweep"] and self.state.stations:
            amount = self.navigator.swept(self.state, now)
            if amount != values["morph.amount"]:
                self.perform(Set("morph", "morph.amount", amount))

    def adopt(self, state: State, origin: str, arrival_ns: int, journal: str = "") -> None:
        """Be `state` from here on; pads that sound otherwise go on with their old sound until the new one is there.

        `journal` names the action that can be undone.
        """
        if journal:
            self.note_down(journal)
        before, settings = self.values(), [self._pad_settings(pad) for pad in range(PADS)]
        self.state = state
        self._leave_empty_layer()
        self.attributes = self.all_attributes()
        self.navigator.lock(state)
        wishes = []
        for pad, wanted in enumerate(self.voicings()):
            if not self.sounding.wants(pad, wanted):
                wishes.append((pad, wanted, arrival_ns if pad == self.focus else 0))
            elif self._pad_settings(pad) != settings[pad]:
                self.sounding.refresh(pad)
        self.sounding.ask_all(wishes)
        for name, value in self.values().items():
            if value != before.get(name):
                self._listener.changed(name, value, origin, True)
                if name == "morph.sweep" or not name.startswith(ADOPTED):
                    self._effects.of(name, Set(origin, name, value))

    def swap(self, library: Library, renderer: Renders) -> None:
        """Play another model from here on; what plays sounds until the new one's sounds are there."""
        place = ("map.", "walk.guide")  # means nothing without the old model's sounds and stations
        kept = {name: value for name, value in self.state.values.items() if not name.startswith(place)}
        self.sounding.renderer = renderer
        self.sounding.forget()
        self.state = State.of(library)
        self.state.values |= kept
        self.journal = Journal()
        self._buttons.forget()
        self._take_up(library, self.navigator.tempo)
        renderer.focus = self.focus + 1
        self._effects.go_on()
        self.render_missing()
        for name, value in self.values().items():
            self._listener.changed(name, value, "daemon", True)

    def _leave_empty_layer(self) -> None:
        """A session or a preset may show the sounds of a folder that is not loaded now: show the model's."""
        values = self.state.values
        if not self.navigator.has(LAYERS[int(values["map.layer"])]):
            values["map.layer"] = PARAMETERS["map.layer"].default
            log.warning("the map shows the model's sounds: those of the folder are not loaded (/la/map/load)")

    def _take_up(self, library: Library, tempo: Tempo) -> None:
        self.library, self.navigator = library, Navigator(library, self._seed)
        self.navigator.tempo = tempo
        self.navigator.lock(self.state)
        self.attributes = library.attributes
        self.attributes = self.all_attributes()
        self._voicer = Voicer(self.attributes, self.navigator.posterior)

    def all_attributes(self, state: State | None = None) -> Attributes:
        """The model's and those learned in `state`, or now; the very ones of now where they are the same."""
        known, learned = self.attributes.learned, (state or self.state).learned
        if list(known) == list(learned) and all(np.array_equal(known[name], way) for name, way in learned.items()):
            return self.attributes
        attributes = self.library.attributes
        for name, way in learned.items():
            attributes = attributes.plus(name, way)
        return attributes

    def heed_locks(self) -> None:
        """Have what moves keep to the locks from here on, and soon what pads that vary sound like."""
        self.navigator.lock(self.state)
        if any(self.state.values[pad_name(pad, "vary")] for pad in range(1, PADS + 1)):
            self._locks_wait = LOCKS_REST

    def rework_attributes(self, event: Event) -> None:
        """An attribute was learned or forgotten: tell of it, and render what it had moved."""
        self.attributes = self.all_attributes()
        self.report_pad(event.origin)
        self.render_missing(event.arrival_ns)

    # Parameters.

    def _set(self, event: Set, effect: bool = True) -> None:
        row = PARAMETERS.get(event.name)
        if row is None:
            raise UsageError(f"no parameter '{event.name}'{suggest(event.name, PARAMETERS)}")
        value, old = row.clip(event.value), self.value(row.name)
        self._write(row.name, value, event.arrival_ns / 1e9)
        try:
            if effect:
                self._effects.of(row.name, event)
        except LatentAudioError:
            if old is not None:
                self._write(row.name, old, event.arrival_ns / 1e9)
                self._listener.changed(row.name, old, event.origin, True)
            raise
        self._listener.changed(row.name, value, event.origin, value != event.value)

    def _write(self, name: str, value: float, now: float) -> None:
        """Give a parameter a value from which nothing follows yet."""
        kind, _, rest = name.partition(".")
        if kind in ("latent", "lock"):
            self._set_dim(kind, int(rest) - 1, value, now)
        elif kind == "attribute":
            self._set_attribute(name, value, now)
        else:
            self.journal.before(self.state, name, now)
            self.state.values[name] = value

    def set_quietly(self, event: Set) -> None:
        """Give a parameter a value from which nothing follows yet."""
        self._set(event, effect=False)

    def _set_together(self, event: SetTogether) -> None:
        before = [(name, self.value(name)) for name, _ in event.values]
        *others, (name, value) = event.values
        for each in others:
            self.set_quietly(Set(event.origin, *each, arrival_ns=event.arrival_ns))
        try:
            self._set(Set(event.origin, name, value, arrival_ns=event.arrival_ns))
        except LatentAudioError:
            for other, old in before[:-1]:
                self.set_quietly(Set("daemon", other, old or 0.0, arrival_ns=event.arrival_ns))
            raise

    def _set_dim(self, kind: str, dim: int, value: float, now: float) -> None:
        if dim >= self.library.dims:
            raise UsageError(f"{self.library.name} has {kind}.1 to {kind}.{self.library.dims}")
        self.journal.before(self.state, f"{kind}.{dim + 1}", now)
        if kind == "lock":
            self.state.locks[dim] = bool(value)
        else:
            self.state.points[self.focus, dim] = value

    def _set_attribute(self, name: str, value: float, now: float) -> None:
        column = self._column(name)
        if column is None:
            what = name.removeprefix("attribute.")
            raise UsageError(f"no attribute '{what}' is learned" if "learned" in name
                             else f"{self.library.name} has no attribute '{what}'")  # fmt: skip
        self.journal.before(self.state, name, now)
        self.state.attributes[self.focus, column] = value

    def _column(self, name: str) -> int | None:
        """Of an attribute's parameter in the state's amounts; None where neither model nor performer has it."""
        what = name.removeprefix("attribute.")
        if what.startswith("learned."):
            number = int(what.removeprefix("learned.")) - 1
            learned = list(self.state.learned)
            what = learned[number] if number < len(learned) else ""
        known = what in self.attributes.names and what in self.state.attribute_names
        return self.state.attribute_names.index(what) if known else None

    # Points.

    def _set_latents(self, event: SetLatents) -> None:
        count = min(len(event.values), self.library.dims)
        point = self.state.points[self.focus].copy()
        point[:count] = np.clip(event.values[:count], -3.0, 3.0)
        self.note_down("latent.all", event)
        self.place(self.focus, point, event)

    def move(self, point: Point, event: Event) -> None:
        """Put the focused pad at `point`, but for what is locked."""
        self.note_down(getattr(event, "name", "") or "map", event)
        self.place(self.focus, point, event)

    def place(self, pad: int, point: Point, event: Event) -> None:
        """Put a pad (from 0) at `point`, but for what is locked, as part of a gesture that is noted down already."""
        here = self.state.points[pad]
        self.state.points[pad] = np.where(self.state.locks, here, point)
        if pad == self.focus:
            self._report_point(event.origin)
        self.request(pad, event.arrival_ns)

    def note_down(self, control: str, event: Event | None = None) -> None:
        """Tell the journal that a control is about to change the state."""
        now = (event.arrival_ns if event else perf_counter_ns()) / 1e9
        self.journal.before(self.state, control, now)

    def report_pad(self, origin: str) -> None:
        """What is the focused pad's own."""
        self._report_point(origin)
        for name in ATTRIBUTES:
            if (amount := self.value(name)) is not None:
                self._listener.changed(name, amount, origin, True)

    def _report_point(self, origin: str) -> None:
        self._listener.moved(dict(zip(LATENTS, self.state.points[self.focus].tolist(), strict=False)), origin)

    def request(self, pad: int, arrival_ns: int) -> None:
        """Have a pad (from 0) sound as the state says."""
        wanted = self.voicer()(self.state, pad)
        if self.sounding.ask(pad, wanted, arrival_ns):
            self._count_freshness(arrival_ns)

    def _publish(self, event: Rendered) -> None:
        if self.sounding.rendered(event):
            self._count_freshness(event.arrival_ns)

    def _count_freshness(self, arrival_ns: int) -> None:
        if arrival_ns:  # it was a performer who moved
            self.freshness_ms.append((perf_counter_ns() - arrival_ns) / 1e6)

    def _pad_settings(self, pad: int) -> dict[str, float]:
        return {name: self.state.values[pad_name(pad + 1, name)] for name in PAD_SETTINGS}

    # Beats.

    def _clock(self, event: Clock) -> None:
        """Heed a MIDI clock where the performer wants it."""
        if not self.state.values["tempo.clock"]:
            return
        tempo, now = self.navigator.tempo, event.arrival_ns / 1e9
        match event.kind:
            case "tick":
                tempo.clock(now)
            case "start":
                tempo.start(now)
            case "stop":
                tempo.stop(now)
            case "continue":
                tempo.resume(now)
            case "position":
                tempo.song_position(event.sixteenths, now)
        self.report_tempo(event.origin)

    def report_tempo(self, origin: str) -> None:
        """Say what the tempo has become."""
        bpm = round(self.navigator.tempo.bpm, 2)
        if bpm != self.state.values["tempo"]:
            self.state.values["tempo"] = bpm
            self._listener.changed("tempo", bpm, origin, True)
