"""What keeps feedback from coming back as a move: who touched what, and what was sent. Written by two threads.

The MIDI thread tells what hands do, the feedback thread what it sent; each step is one of the interpreter's own, so
that neither waits for the other.
"""

from collections import deque
from dataclasses import dataclass

from latentaudio.control.midi_control import Control, Kind

_REMEMBERED = 8  # equal messages sent in a row, each of which may come back
_MESSAGES = 4096  # different ones remembered; one motor fader of 14 bits has 16,384, each kept in 0.9 KB


@dataclass(frozen=True, slots=True)
class Touch:
    """The last that a control of a port did."""

    at_ns: int = 0
    channel: int = 0
    position: float = 0.0  # 0..1 of its travel


class LoopGuard:
    """One for all ports; a port's origin tells its controls from those of others."""

    def __init__(self) -> None:
        self._touches: dict[tuple[str, Kind, int], Touch] = {}
        self._sent: dict[tuple[str, bytes], deque[int]] = {}  # until when each may come back, `perf_counter_ns`

    def touch(self, origin: str, control: Control, position: float, at_ns: int) -> None:
        """A hand moved a control. The MIDI thread."""
        self._touches[origin, control.kind, control.number] = Touch(at_ns, control.channel, position)

    def forget(self, origin: str) -> None:
        """A port is gone, and nobody knows how its controls stand when it comes back. The MIDI thread."""
        self._touches = {key: touch for key, touch in self._touches.items() if key[0] != origin}

    def touched(self, origin: str, kind: Kind, number: int) -> Touch:
        """When a hand last moved a control, on whichever channel. The feedback thread."""
        return self._touches.get((origin, kind, number), Touch())

    def sent(self, origin: str, data: list[int], until_ns: int) -> None:
        """A message went out, and may come back until then. The feedback thread, before it goes."""
        message = origin, bytes(data)
        if len(self._sent) >= _MESSAGES and message not in self._sent:
            del self._sent[next(iter(self._sent))]  # the first that was sent, long ago
        self._sent.setdefault(message, deque(maxlen=_REMEMBERED)).append(until_ns)

    def is_echo(self, origin: str, data: list[int], at_ns: int) -> bool:
        """Whether a message that came in is one that went out; each counts once. The MIDI thread."""
        if not self._sent:
            return False
        waiting = self._sent.get((origin, bytes(data)))
        while waiting:
            if waiting.popleft() >= at_ns:
                return True
        return False
