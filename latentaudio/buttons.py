"""What actions do to the instrument: draws, undo, stations, variations, attributes to be. The state thread's."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from latentaudio.errors import UsageError, suggest
from latentaudio.events import Act, Order, Set
from latentaudio.kit import Port
from latentaudio.latent.attributes import learn
from latentaudio.latent.library import Point
from latentaudio.names import checked_name
from latentaudio.navigator import store
from latentaudio.parameters import PADS, PARAMETERS

if TYPE_CHECKING:
    from latentaudio.instrument import Instrument

Press = Act | Order
STATION = "morph.station."
WHOLE_MAP = ("map.zoom", "map.pan.x", "map.pan.y")


class Buttons:
    """One method for each action, or for those that are alike."""

    def __init__(self, instrument: "Instrument", port: Port) -> None:
        self._instrument, self._port = instrument, port
        self._examples: tuple[list[Point], list[Point]] = ([], [])  # of an attribute to be, and of its opposite
        self._actions: dict[str, Callable[[Press], None]] = {
            "panic": self._panic,
            "undo": self._undo,
            "redo": self._undo,
            "draw": self._draw,
            "zero": self._zero,
            "map.reset": self._show_whole_map,
            "morph.a": self._store,
            "morph.b": self._store,
            "morph.clear": self._clear_stations,
            "walk.reset": self._reset_walk,
            "variation.make": self._vary,
            "variation.spread": self._spread,
            "attribute.zero": self._zero_attributes,
            "attribute.learn.positive": self._take_example,
            "attribute.learn.negative": self._take_example,
            "attribute.learn.clear": self._clear_examples,
            "attribute.learn.name": self._learn,
            "attribute.forget": self._forget,
            "tap": self._beat,
            "tempo.start": self._beat,
            "tempo.stop": self._beat,
        }

    def press(self, event: Press) -> None:
        """Do an action. Raises LatentAudioError, with the state unchanged, where it cannot be done."""
        do = self._store if event.name.startswith(STATION) else self._actions.get(event.name)
        if do is None:
            raise UsageError(f"no action '{event.name}'{suggest(event.name, self._actions)}")
        do(event)

    def forget(self) -> None:
        """Another model is played: examples were points of the old one."""
        self._examples = ([], [])

    @property
    def _here(self) -> Point:
        point: Point = self._instrument.state.points[self._instrument.focus]
        return point

    def _panic(self, event: Press) -> None:
        self._port.silence()

    def _undo(self, event: Press) -> None:
        instrument = self._instrument
        way = instrument.journal.undo if event.name == "undo" else instrument.journal.redo
        step = way(instrument.state)
        if step is None:
            raise UsageError(f"nothing to {event.name}")
        instrument.adopt(step, event.origin, event.arrival_ns)
        if instrument.value("walk.run") and not instrument.journal.is_running("walk"):  # it was taken back
            instrument.perform(Set("daemon", "walk.run", 0.0, arrival_ns=event.arrival_ns))

    def _draw(self, event: Press) -> None:
        instrument = self._instrument
        instrument.move(instrument.navigator.draw(instrument.state, self._here), event)

    def _zero(self, event: Press) -> None:
        self._instrument.move(self._instrument.navigator.zero(self._here), event)

    def _show_whole_map(self, event: Press) -> None:
        for name in WHOLE_MAP:
            self._instrument.set_quietly(Set(event.origin, name, PARAMETERS[name].default, arrival_ns=event.arrival_ns))

    def _store(self, event: Press) -> None:
        last = event.name.rpartition(".")[2]
        number = {"a": 1, "b": 0}.get(last)
        self._instrument.note_down(event.name, event)
        store(self._instrument.state, int(last) if number is None else number, self._here)

    def _clear_stations(self, event: Press) -> None:
        self._instrument.note_down(event.name, event)
        self._instrument.state.stations.clear()

    def _reset_walk(self, event: Press) -> None:
        instrument = self._instrument
        instrument.navigator.walk.reset(int(instrument.state.values["walk.seed"]))

    def _vary(self, event: Press) -> None:
        self._instrument.navigator.vary(self._instrument.state, self._here)

    def _spread(self, event: Press) -> None:
        """The focused pad gets the centre, those after it the others, around the kit."""
        instrument = self._instrument
        points = instrument.navigator.spread()
        instrument.note_down(event.name, event)
        for number, point in enumerate(points):
            instrument.place((instrument.focus + number) % PADS, point, event)

    def _zero_attributes(self, event: Press) -> None:
        instrument = self._instrument
        instrument.note_down(event.name, event)
        instrument.state.attributes[instrument.focus] = 0.0
        instrument.report_pad(event.origin)
        instrument.request(instrument.focus, event.arrival_ns)

    def _take_example(self, event: Press) -> None:
        self._examples[event.name.endswith("negative")].append(self._here.copy())

    def _clear_examples(self, event: Press) -> None:
        self.forget()

    def _learn(self, event: Press) -> None:
        """Under the name that an order gives."""
        instrument, name = self._instrument, getattr(event, "text", "")
        dims = instrument.library.dims
        positive, negative = (np.array(each, np.float32).reshape(len(each), dims) for each in self._examples)
        way = learn(positive, negative, instrument.navigator.posterior)
        instrument.all_attributes().plus(name, way)  # refuses a name that is built in
        instrument.note_down(event.name, event)
        instrument.state.learn(checked_name(name), way)
        self.forget()
        instrument.rework_attributes(event)

    def _forget(self, event: Press) -> None:
        instrument, name = self._instrument, getattr(event, "text", "")
        if name not in instrument.state.learned:
            raise UsageError(f"no attribute '{name}' is learned{suggest(name, instrument.state.learned)}")
        instrument.note_down(event.name, event)
        instrument.state.unlearn(name)
        instrument.rework_attributes(event)

    def _beat(self, event: Press) -> None:
        instrument, now = self._instrument, event.arrival_ns / 1e9
        tempo = instrument.navigator.tempo
        {"tap": tempo.tap, "tempo.start": tempo.start, "tempo.stop": tempo.stop}[event.name](now)
        instrument.report_tempo(event.origin)
