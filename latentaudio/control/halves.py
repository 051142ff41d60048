"""Values of 14 bits, which come as two messages of 7: one for each control of a port. The MIDI thread's."""

from latentaudio.control.curve import midi_position
from latentaudio.control.midi_control import Control


class Halves:
    """The upper half comes first and clears the lower; a control that sends it alone has 7 bits."""

    def __init__(self) -> None:
        self._upper: dict[tuple[str, Control], int] = {}
        self._fine: set[tuple[str, Control]] = set()  # those that have sent a lower half

    def upper(self, origin: str, control: Control, value: int) -> float:
        """Where the control of a port stands, 0..1, by a new upper half 0..127."""
        self._upper[origin, control] = value
        return midi_position(value << 7, 14) if (origin, control) in self._fine else midi_position(value)

    def lower(self, origin: str, control: Control, value: int) -> float:
        """Where it stands, 0..1, by a new lower half 0..127."""
        self._fine.add((origin, control))
        return midi_position(self._upper.get((origin, control), 0) << 7 | value, 14)

    def forget(self, origin: str) -> None:
        """A port is gone."""
        self._upper = {key: value for key, value in self._upper.items() if key[0] != origin}
        self._fine = {key for key in self._fine if key[0] != origin}
