"""What knobs, wheels and pedals do: their messages become controls, and controls turn. The MIDI thread's."""

from typing import NamedTuple

from latentaudio.control.binding import Binding
from latentaudio.control.curve import midi_position
from latentaudio.control.encoder import ticks
from latentaudio.control.halves import Halves
from latentaudio.control.hands import BESIDE, Hands
from latentaudio.control.knobs import Knobs
from latentaudio.control.loop_guard import LoopGuard
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_control import PAIRED, Control, Kind
from latentaudio.control.registered import CHOOSERS, DATA, ENTRY, STEPS, Registered

# What a reset of all controllers means for each, as a position: RP-015 of the MIDI Manufacturers Association. Volume,
# pan, banks, sound controllers and what registered parameters were set to stay as they are.
RESET: dict[tuple[Kind, int], float] = {
    ("cc", 1): 0.0,  # modulation
    ("cc", 11): 1.0,  # expression
    ("cc", 64): 0.0,  # pedals: sustain, portamento, sostenuto, soft
    ("cc", 65): 0.0,
    ("cc", 66): 0.0,
    ("cc", 67): 0.0,
    ("bend", 0): 0.5,
    ("pressure", 0): 0.0,
}


class Call(NamedTuple):
    """Where a message came from, when, and what the mapping was then."""

    mapping: Mapping
    origin: str
    channel: int  # 0..15
    arrival_ns: int


class MidiControls:
    """Finds what a message's control is bound to, and turns it. Its methods say what that did; None: it is unbound."""

    def __init__(self, hands: Hands, guard: LoopGuard) -> None:
        self.knobs = Knobs(hands)
        self._hands, self._guard = hands, guard
        self._halves, self._registered = Halves(), Registered()

    def simple(self, call: Call, kind: Kind, number: int, value: int, bits: int = 7) -> str | None:
        """A control whose value is one message: the wheel, both aftertouches, a program, a key."""
        control = Control(kind, call.channel, number)
        return self._turn(call, control, call.mapping.controls.get(control, ()), midi_position(value, bits))

    def controller(self, call: Call, number: int, value: int) -> str | None:
        """A control change 0..119."""
        if number in CHOOSERS:
            chosen = self._registered.choose(call.origin, call.channel, number, value)
            return self._plain(call, number, value) or (chosen and f"chooses {chosen.kind} {chosen.number}")
        if number in ENTRY:
            chosen = self._registered.chosen(call.origin, call.channel)
            if chosen and (bindings := call.mapping.controls.get(chosen)):
                return self._entered(call, chosen, bindings, number, value)
        return self._plain(call, number, value)

    def reset(self, call: Call) -> str:
        """Set back what RP-015 says, as far as it is bound."""
        self._registered.reset(call.origin, call.channel)
        effects = [
            self._hands.turn(call.origin, binding, place, call.arrival_ns)
            for control, bindings in call.mapping.controls.items()
            if control.channel == call.channel and (place := _resting(control)) is not None
            for binding in bindings
            if not binding.relative
        ]
        return BESIDE.join(effects) or "nothing: no controller that a reset sets back is in the mapping"

    def forget(self, origin: str) -> None:
        """A port is gone."""
        self._guard.forget(origin)
        self._halves.forget(origin)
        self._registered.forget(origin)

    def _plain(self, call: Call, number: int, value: int) -> str | None:
        """A controller by its own number, or the lower half of another."""
        if PAIRED <= number < 2 * PAIRED:
            upper = Control("cc", call.channel, number - PAIRED)
            if fine := _of(call.mapping.controls.get(upper, ()), 14):
                return self._turn(call, upper, fine, self._halves.lower(call.origin, upper, value))
        control = Control("cc", call.channel, number)
        bindings = call.mapping.controls.get(control, ())
        if encoders := [binding for binding in bindings if binding.relative]:
            return self._moved(call, control, encoders, value)
        return self._upper(call, control, bindings, value)

    def _entered(self, call: Call, chosen: Control, bindings: tuple[Binding, ...], number: int, value: int) -> str:
        """Data entry, increment or decrement of a numbered parameter that is bound."""
        if number in STEPS:
            move = self.knobs.move
            return BESIDE.join(move(call.origin, chosen, each, STEPS[number], call.arrival_ns) for each in bindings)
        if number == DATA:
            return self._upper(call, chosen, bindings, value) or ""
        fine = _of(bindings, 14)
        place = self._halves.lower(call.origin, chosen, value)
        return self._turn(call, chosen, fine, place) or f"nothing: {chosen.kind} {chosen.number} is bound with 7 bits"

    def _upper(self, call: Call, control: Control, bindings: tuple[Binding, ...], value: int) -> str | None:
        """A value of 7 bits, which is the upper half where 14 are bound."""
        place, fine = midi_position(value), _of(bindings, 14)
        if not fine:
            return self._turn(call, control, bindings, place)
        effects = [
            self._turn(call, control, fine, self._halves.upper(call.origin, control, value)),
            self._turn(call, control, _of(bindings, 7), place),
        ]
        return BESIDE.join(filter(None, effects))

    def _turn(self, call: Call, control: Control, bindings: tuple[Binding, ...], position: float) -> str | None:
        if not bindings:
            return None
        self._guard.touch(call.origin, control, position, call.arrival_ns)
        turn = self.knobs.turn
        return BESIDE.join([turn(call.origin, control, each, position, call.arrival_ns) for each in bindings])

    def _moved(self, call: Call, control: Control, encoders: list[Binding], value: int) -> str:
        self._guard.touch(call.origin, control, 0.0, call.arrival_ns)
        return BESIDE.join(
            self.knobs.move(call.origin, control, each, ticks(value, each.relative), call.arrival_ns)
            for each in encoders
            if each.relative
        )


def _of(bindings: tuple[Binding, ...], bits: int) -> tuple[Binding, ...]:
    return tuple(binding for binding in bindings if binding.bits == bits)


def _resting(control: Control) -> float | None:
    return 0.0 if control.kind == "aftertouch" else RESET.get((control.kind, control.number))
