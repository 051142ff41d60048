"""A controller on a mapping's text, in front of a stage that takes up every change as the state thread does."""

from pathlib import Path

from latentaudio.control.loop_guard import LoopGuard
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.midi_messages import MidiMessages
from latentaudio.events import Set, Trace, Waiting
from latentaudio.parameters import PARAMETERS
from tests.control.conftest import Stage

ORIGIN = "midi:desk"
SECOND_NS = 1_000_000_000


def mapping_of(folder: Path, text: str) -> Mapping:
    """What a file says whose part `midi:` is `text`, for channel 1."""
    path = folder / "mine.yaml"
    path.write_text(f"midi: {{channel: 1, {text}}}")
    return load_mapping([path])


class Desk:
    """Sends bytes on channel 1; values stand where the last change or `values` put them."""

    def __init__(self, mapping: Mapping) -> None:
        self.stage = Stage(values={name: row.default for name, row in PARAMETERS.items()})
        self.guard = LoopGuard()
        self.midi = MidiMessages(mapping, self.stage.hands(), lambda: True, self.guard)
        self.now_ns = SECOND_NS
        self._taken = 0  # events that it has taken up
        self.is_busy = False  # the state thread takes up nothing for now

    @property
    def values(self) -> dict[str, float]:
        return self.stage.values

    def send(self, *messages: list[int], after_s: float = 1.0, origin: str = ORIGIN) -> str:
        """Messages one after the other, each so long after the one before; what the last did."""
        for message in messages:
            self.now_ns += round(after_s * SECOND_NS)
            self.midi.receive(origin, message, self.now_ns)
            self.catch_up()
        effect = next(event.effect for event in reversed(self.stage.events) if isinstance(event, Trace))
        assert isinstance(effect, str)
        return effect

    def turn(self, *values: int, cc: int = 1, after_s: float = 1.0) -> str:
        return self.send(*([0xB0, cc, value] for value in values), after_s=after_s)

    def catch_up(self) -> None:
        if not self.is_busy:
            new, self._taken = self.stage.events[self._taken :], len(self.stage.events)
            self.values.update({change.name: change.value for change in new if isinstance(change, Set)})

    def elsewhere(self, name: str, value: float) -> None:
        """Someone else gives a parameter a value."""
        self.stage.events.append(Set("osc:somebody", name, value))
        self.catch_up()

    def set(self, name: str) -> list[float]:
        """Every value that the desk gave a parameter."""
        return [change.value for change in self.stage.of(Set) if change.name == name and change.origin == ORIGIN]

    @property
    def distances(self) -> list[float]:
        return [round(waiting.away, 3) for waiting in self.stage.of(Waiting)]
