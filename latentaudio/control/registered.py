"""Registered and unregistered parameters: which one each port and channel has chosen. The MIDI thread's."""

from latentaudio.control.midi_control import Control, Kind

DATA, DATA_LOWER = 6, 38
STEPS = {96: 1, 97: -1}  # data increment and decrement; what they carry is not heeded
CHOOSING: dict[Kind, tuple[int, int]] = {"nrpn": (99, 98), "rpn": (101, 100)}  # controllers, the upper half first
CHOOSERS: dict[int, tuple[Kind, bool]] = {  # controller: which kind it chooses, and whether by the upper half
    controller: (kind, controller == halves[0]) for kind, halves in CHOOSING.items() for controller in halves
}
ENTRY = (DATA, DATA_LOWER, *STEPS)  # what acts on the parameter that was chosen

_NONE = 127  # of both halves: no parameter


class Registered:
    """At first, and after 127 in both halves, none is chosen."""

    def __init__(self) -> None:
        self._halves: dict[tuple[str, int, Kind], tuple[int, int]] = {}  # by port, channel and kind: upper, lower
        self._kinds: dict[tuple[str, int], Kind] = {}  # that was spoken of last

    def choose(self, origin: str, channel: int, controller: int, value: int) -> Control | None:
        """Heed one of CHOOSERS; what is chosen now."""
        kind, is_upper = CHOOSERS[controller]
        upper, lower = self._halves.get((origin, channel, kind), (_NONE, _NONE))
        self._halves[origin, channel, kind] = (value, lower) if is_upper else (upper, value)
        self._kinds[origin, channel] = kind
        return self.chosen(origin, channel)

    def chosen(self, origin: str, channel: int) -> Control | None:
        """The parameter that data entry means."""
        kind = self._kinds.get((origin, channel))
        if kind is None or (halves := self._halves[origin, channel, kind]) == (_NONE, _NONE):
            return None
        return Control(kind, channel, halves[0] << 7 | halves[1])

    def reset(self, origin: str, channel: int) -> None:
        """None is chosen."""
        self._kinds.pop((origin, channel), None)
        for kind in CHOOSING:
            self._halves.pop((origin, channel, kind), None)

    def forget(self, origin: str) -> None:
        """A port is gone."""
        for channel in range(16):
            self.reset(origin, channel)
