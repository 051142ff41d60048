"""The performer's controllers: the mapping that says what they play, MIDI as it comes in, and lights that show it."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from latentaudio.control.mapping import Mapping
from latentaudio.control.midi import MidiInput
from latentaudio.control.midi_feedback import MidiFeedback
from latentaudio.control.osc import OscServer
from latentaudio.control.recognise import ports_now
from latentaudio.control.reload import MappingFiles
from latentaudio.events import Event
from latentaudio.instrument import Instrument
from latentaudio.kit import Hits
from latentaudio.settings import Settings


class Controllers:
    """The mapping's files are there from the first, for OSC plays by them too; the rest comes with `start`.

    Its methods are the state thread's, but for the two that are marked.
    """

    def __init__(self, settings: Settings) -> None:
        """Nothing is loaded yet: `mappings.load` does that."""
        self._settings = settings
        # What was named; else the default, and over it those made for the controllers that are plugged in.
        ports = partial(ports_now, settings.midi_api) if self._wants_midi else tuple
        self.mappings = MappingFiles(settings.mappings, ports, self._take, self._refuse, settings.osc_root)

    @property
    def _wants_midi(self) -> bool:
        return "none" not in self._settings.midi

    def start(self, parts: ExitStack, osc: OscServer, instrument: Instrument, hits: Hits,
              post: Callable[[Event], bool]) -> None:  # fmt: skip
        """Start lights, MIDI, then the looks at the mapping's files; `parts` stops them, last started first.

        `hits` is the MIDI thread's own note path, `post` queues an event to the state thread.
        """
        self._osc, self._instrument, self._hits, self._post = osc, instrument, hits, post
        self._feedback = MidiFeedback(instrument.value)
        osc.feedback.onlookers.append(self._feedback)
        parts.callback(self._feedback.close)
        self._feedback.start()
        self.midi = self._new_midi()
        parts.callback(self._close_midi)
        self.midi.start()
        if self._wants_midi:
            self.mappings.ports = lambda: self.midi.there
        parts.callback(self.mappings.close)
        self.mappings.start()

    def revive(self) -> None:
        """Open MIDI anew: under JACK its ports died with the server."""
        self.midi.close()
        self.midi = self._new_midi()
        self.midi.messages.mapping = self.mappings.mapping  # one that was taken meanwhile went to the old one
        self.midi.start()

    def _new_midi(self) -> MidiInput:
        """An input that plays by the mapping of now; not yet started."""
        instrument = self._instrument
        return MidiInput(
            self.mappings.mapping, self._hits, self._post, self._hits.kit.focused, self._osc.monitored,
            self._settings.midi, self._settings.midi_api,
            lambda: bool(instrument.state.values["tempo.clock"]), instrument.value, self._feedback,
        )  # fmt: skip

    def _close_midi(self) -> None:
        self.midi.close()  # that of the end, which need not be that of the start

    def _take(self, mapping: Mapping) -> None:
        """Play by another mapping from the next message on. The thread of the mapping files."""
        self._osc.take(mapping)
        self.midi.messages.mapping = mapping

    def _refuse(self, problem: str) -> None:
        """Say it to everyone who might have saved the file. The thread of the mapping files."""
        for client in self._osc.clients:
            self._osc.feedback.answer(f"osc:{client}", "/la/error", "/la/mapping", problem)
