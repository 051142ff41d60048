"""Turns parameters as the bindings of MIDI controls say: pickup, encoders, buttons that are held. The MIDI thread's."""

from latentaudio.control.binding import Binding
from latentaudio.control.hands import PRESSED, RELEASE, Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_control import Control
from latentaudio.control.midi_ports import MIDI
from latentaudio.control.pickup import Grip
from latentaudio.events import Waiting
from latentaudio.parameters import PARAMETERS

Held = tuple[str, Control, Binding]  # a binding of a control of a port


class Knobs:
    """What hands have hold of, by port and control."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._grips: dict[Held, Grip] = {}
        self._pressed: set[Held] = set()  # momentary ones

    def turn(self, origin: str, control: Control, binding: Binding, position: float, arrival_ns: int) -> str:
        """A control stands at `position`, 0..1; what that did."""
        if binding.momentary:
            (self._pressed.add if position >= PRESSED else self._pressed.discard)((origin, control, binding))
        if binding.is_button or binding.pickup == "jump":
            return self._hands.turn(origin, binding, position, arrival_ns)
        actual = self._hands.value(binding.to)
        if actual is None:
            return f"nothing: no {binding.to} here"
        row, value = PARAMETERS[binding.to], binding.value(position)
        wanted, there, grip = row.position(value), row.position(actual), self._grip(origin, control, binding)
        waited = grip.waits
        goes = grip.take(wanted, there, arrival_ns)
        if goes is None and binding.pickup != "pickup":
            return "nothing: its first value only says where it stands"
        if goes is None:
            away = there - wanted
            self._hands.post(Waiting(origin, binding.to, away, arrival_ns=arrival_ns))
            return f"nothing: waiting for pickup, {abs(away):.2f} away"
        if waited:
            self._hands.post(Waiting(origin, binding.to, 0.0, arrival_ns=arrival_ns))
        grip.give(goes, there, arrival_ns)
        value = value if goes == wanted else binding.stepped(row.natural(goes))
        return self._hands.set(origin, binding.to, value, arrival_ns)

    def move(self, origin: str, control: Control, binding: Binding, ticks: int, arrival_ns: int) -> str:
        """An encoder was turned so many ticks; what that did."""
        if binding.is_button:
            up = ticks < 0 if binding.invert else ticks > 0
            return self._hands.press(origin, binding.to, 1.0, arrival_ns) if binding.is_action and up else RELEASE
        actual = self._hands.value(binding.to)
        if actual is None:
            return f"nothing: no {binding.to} here"
        row, grip = PARAMETERS[binding.to], self._grip(origin, control, binding)
        there = row.position(actual)
        value = binding.moved(row.natural(grip.now(there, arrival_ns)), ticks)
        grip.give(row.position(value), there, arrival_ns)
        return self._hands.set(origin, binding.to, value, arrival_ns)

    def let_go(self, origin: str, arrival_ns: int) -> None:
        """A port is gone: release what was pressed on it, and forget it."""
        for held in [held for held in self._pressed if held[0] == origin]:
            self.turn(*held, 0.0, arrival_ns)
        self._grips = {held: grip for held, grip in self._grips.items() if held[0] != origin}

    def change(self, mapping: Mapping, arrival_ns: int) -> None:
        """There is another mapping: release what was pressed and is not in it, and let all be picked up anew."""
        for origin, control, binding in list(self._pressed):
            if binding not in mapping.of(origin.removeprefix(MIDI)).controls.get(control, ()):
                self.turn(origin, control, binding, 0.0, arrival_ns)
        self._grips.clear()

    def _grip(self, origin: str, control: Control, binding: Binding) -> Grip:
        held = origin, control, binding
        if held not in self._grips:
            bottom, top = sorted((binding.low, binding.high))
            self._grips[held] = Grip(binding.pickup, bottom, top)
        return self._grips[held]
