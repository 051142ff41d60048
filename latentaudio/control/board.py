"""All lights of one controller that is plugged in, and what each of them shows. The feedback thread's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from latentaudio.control.lamp import Lamp
from latentaudio.control.loop_guard import LoopGuard, Touch
from latentaudio.control.midi_ports import MIDI, let_go
from latentaudio.control.patience import Patience

_HELD_NS = 500_000_000  # a hand that has rested so long has let go
_ECHO_HELD_NS = 500_000_000  # so long may what was sent come back, where hands move by degrees
_ECHO_NS = 80_000_000  # and where a press may be the same message: nobody taps a key so soon again
_ANSWERS_HELD, _ANSWERS = 8, 64  # sends in a row that may be answered: once in two seconds, and in one


class _Light:
    """One lamp as it is now."""

    def __init__(self, lamp: Lamp) -> None:
        self.lamp = lamp
        self.is_due = True
        self.value: int | None = None  # that was sent
        self.sent_ns = 0
        self.patience = Patience(_ANSWERS_HELD if lamp.is_held else _ANSWERS)


class Board:
    """The output that belongs to an input, by their names."""

    def __init__(self, input: str, name: str, output: Any, lamps: Sequence[Lamp]) -> None:
        """`output` is an open rtmidi.MidiOut. Everything is due: it may have been unplugged."""
        self.input, self.name, self._output = input, name, output
        self.failed = False  # and that was said
        self._lights = [_Light(lamp) for lamp in lamps]

    @property
    def origin(self) -> str:
        """As events name the controller."""
        return MIDI + self.input

    def with_lamps(self, lamps: Sequence[Lamp]) -> "Board":
        """The same output, by another mapping."""
        return Board(self.input, self.name, self._output, lamps)

    def note(self, moves: Mapping[str, int]) -> None:
        """These parameters have changed; when MIDI last moved each, `perf_counter_ns`, 0 for never."""
        for light in self._lights:
            if (moved_ns := moves.get(light.lamp.binding.to)) is not None:
                light.is_due = True
                light.patience.moved(moved_ns)

    def show(self, value: Callable[[str], float | None], guard: LoopGuard, now_ns: int) -> bool:
        """Send what is due, but for what a hand holds; whether some of it has to wait. Raises OSError."""
        for light in self._lights:
            if light.is_due:
                lamp = light.lamp
                touch = guard.touched(self.origin, lamp.kind, lamp.number)
                is_in_hand = lamp.is_held and now_ns - touch.at_ns < _HELD_NS
                if not is_in_hand and light.patience.is_over(now_ns):
                    light.is_due = False
                    natural = None if lamp.binding.is_action else value(lamp.binding.to)
                    self._show(light, natural, touch, guard, now_ns)
        return any(light.is_due for light in self._lights)

    def close(self) -> None:
        """Close it."""
        let_go(self._output)

    def _show(self, light: _Light, natural: float | None, touch: Touch, guard: LoopGuard, now_ns: int) -> None:
        lamp, wanted = light.lamp, light.lamp.value(natural)
        is_touched = touch.at_ns > light.sent_ns  # so that it stands where the hand left it
        stands = lamp.stands(touch.position, natural) if is_touched and lamp.is_held else False
        if wanted is None or stands or (wanted == light.value and not is_touched):
            return
        channel = touch.channel if lamp.is_anywhere and touch.at_ns else lamp.channel
        for message in lamp.messages(channel, wanted):
            guard.sent(self.origin, message, now_ns + (_ECHO_HELD_NS if lamp.is_held else _ECHO_NS))
            self._output.send_message(message)
        light.value, light.sent_ns = wanted, now_ns
        light.patience.sent(now_ns)
