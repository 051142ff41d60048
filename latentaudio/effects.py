"""What follows when a parameter has a new value. The state thread's."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, cast

from latentaudio.events import Event
from latentaudio.kit import Mode, Port
from latentaudio.parameters import PADS, PARAMETERS
from latentaudio.units import gain_from_db

if TYPE_CHECKING:
    from latentaudio.instrument import Instrument

VOICED = ("darken", "vary")  # a pad's settings that its sounds are rendered from
PLACED = ("map.x", "map.y", "map.snap", "map.layer")


class Effects:
    """One method for the parameters of each kind; what none is named for is only kept."""

    def __init__(self, instrument: "Instrument", port: Port) -> None:
        self._instrument, self._port = instrument, port
        self._of: dict[str, Callable[[str, Event], None]] = {
            "master.level": self._level,
            "focus": self._focus,
            "notes": self._notes,
            "pad": self._pad,
            "velocity": self._voices,
            "vary": self._voices,
            "latent": self._point,
            "attribute": self._point,
            "lock": self._lock,
            "tempo": self._tempo,
            "map": self._map,
            "morph": self._morph,
            "walk": self._walk,
            "temperature": self._walk,
            "variation": self._variation,
        }

    def of(self, name: str, event: Event) -> None:
        """Do what follows from the new value of parameter `name`. Raises LatentAudioError where it cannot be done."""
        do = self._of.get(name) or self._of.get(name.partition(".")[0])
        if do:
            do(name, event)

    def go_on(self) -> None:
        """Take up what moved by itself in the session before, or with the model before."""
        self._instrument.navigator.go_on(self._instrument.state, perf_counter())
        self._run("walk", "walk.run")
        self._run("morph", "morph.sweep")

    def _level(self, name: str, event: Event) -> None:
        self._port.master(gain_from_db(self._instrument.state.values[name]))

    def _focus(self, name: str, event: Event) -> None:
        self._instrument.kit.focus = self._instrument.renderer.focus = self._instrument.focus + 1
        self._instrument.report_pad("daemon")

    def _notes(self, name: str, event: Event) -> None:
        values = self._instrument.state.values
        self._instrument.kit.mode = cast(Mode, PARAMETERS["notes.mode"].choices[int(values["notes.mode"])])
        self._instrument.kit.root = int(values["notes.root"])

    def _pad(self, name: str, event: Event) -> None:
        _, number, setting = name.split(".")
        if setting in VOICED:
            self._instrument.request(int(number) - 1, event.arrival_ns)
        else:
            self._instrument.sounding.refresh(int(number) - 1)

    def _voices(self, name: str, event: Event) -> None:
        for pad in range(PADS):
            self._instrument.request(pad, event.arrival_ns)

    def _point(self, name: str, event: Event) -> None:
        self._instrument.request(self._instrument.focus, event.arrival_ns)

    def _lock(self, name: str, event: Event) -> None:
        self._instrument.heed_locks()

    def _tempo(self, name: str, event: Event) -> None:
        values, tempo, now = self._instrument.state.values, self._instrument.navigator.tempo, event.arrival_ns / 1e9
        if name == "tempo.clock" and not values[name]:
            tempo.leave_clock(now)
        tempo.set(values["tempo"], now)

    def _map(self, name: str, event: Event) -> None:
        if name in PLACED:  # zoom and pan move the map under the finger, not the finger
            self._instrument.move(self._instrument.navigator.on_map(self._instrument.state), event)

    def _morph(self, name: str, event: Event) -> None:
        if name == "morph.sweep":
            self._run("morph", name)
            self._instrument.navigator.sweep_from(self._instrument.state, event.arrival_ns / 1e9)
        elif name == "morph.amount" or (name == "morph.method" and self._instrument.state.stations):
            self._instrument.move(self._instrument.navigator.on_morph(self._instrument.state), event)

    def _walk(self, name: str, event: Event) -> None:
        here = self._instrument.state.points[self._instrument.focus]
        self._instrument.navigator.settle(self._instrument.state)
        if name == "walk.run":
            if self._instrument.state.values[name]:  # the station that a walk is guided to may be gone when it ends
                self._instrument.navigator.set_out(self._instrument.state, here, event.arrival_ns / 1e9)
            self._run("walk", name)
        elif name == "walk.guide":
            self._instrument.navigator.guide(self._instrument.state, here)
        elif name == "walk.seed":
            self._instrument.navigator.walk.reset(int(self._instrument.state.values[name]))

    def _variation(self, name: str, event: Event) -> None:
        if name == "variation.pick":  # which is of the evening, but what it does to the pad can be undone
            instrument, point = self._instrument, self._instrument.navigator.picked(self._instrument.state)
            instrument.note_down("variation", event)
            instrument.place(instrument.focus, point, event)

    def _run(self, gesture: str, switch: str) -> None:
        """While a switch is on, all that its gesture moves is one step to undo."""
        journal = self._instrument.journal
        if self._instrument.state.values[switch]:
            journal.open_run(gesture, begun=PARAMETERS[switch].kept)  # the switch's own step
        else:
            journal.close_run(gesture)
