"""MIDI clock ticks, heard with jitter and gaps, as a steady line. The state thread's."""

from collections import deque
from dataclasses import dataclass
from statistics import linear_regression

PPQN = 24  # ticks in a beat, by the MIDI standard
HEARD = 2 * PPQN  # ticks that the line is laid through: 5 ms of jitter leave 0.8 ms (rms) and 0.14 % at 120 bpm
LOST = 0.5  # seconds without a tick after which the clock has stopped: six ticks at 30 bpm
JITTER = 0.005  # seconds that a tick may be late
LATE = 0.25  # ticks behind the line, beside the jitter, from which one is missing: what the line may be wrong
JUMP = 1.0  # ticks off the line, without a gap, from which the tempo has jumped


@dataclass(frozen=True, slots=True)
class Line:
    """Ticks over time: `tick` at `time` seconds, and `rate` ticks a second."""

    time: float
    tick: float
    rate: float

    def at(self, now: float) -> float:
        """How many ticks there were at `now`, with fractions."""
        return self.tick + (now - self.time) * self.rate


class Ticks:
    """Counts ticks, puts in those that a cable dropped, and lays a line through the latest two beats of them.

    A tick far behind the line after a gap of more than 1.5 ticks means that others are missing. Three such within a
    beat, or any tick far off the line without a gap, mean that the tempo has jumped: what was put in during the latest
    beat is taken back. The line is there after one beat, and anew after a jump.
    """

    def __init__(self) -> None:
        """Nothing heard yet: the first tick is number 0."""
        self.number = -1  # of the latest tick
        self.line: Line | None = None
        self._heard: deque[tuple[float, int]] = deque(maxlen=HEARD + 1)
        self._added: list[tuple[int, int]] = []  # during the latest beat: the number after it, and how many were put in

    def present(self, now: float) -> bool:
        """A tick was heard less than half a second ago."""
        return bool(self._heard) and 0.0 <= now - self._heard[-1][0] <= LOST

    def hear(self, now: float) -> None:
        """A tick came in at `now` seconds."""
        if not self.present(now):
            self._forget()
        self.number += 1
        if self.line is not None:
            self._judge(now, self.line)
        self._heard.append((now, self.number))
        self._lay(now)

    def _judge(self, now: float, line: Line) -> None:
        self._added = [(number, missing) for number, missing in self._added if self.number - number <= PPQN]
        behind = line.at(now) - self.number
        gap = (now - self._heard[-1][0]) * line.rate
        if behind > LATE + JITTER * line.rate and gap > 1.5:
            missing = max(round(gap) - 1, 1)
            self.number += missing
            self._added.append((self.number, missing))
            jumped = len(self._added) == 3
        else:
            jumped = abs(behind) > JUMP
        if jumped:
            self.number -= sum(missing for _, missing in self._added)
            self._forget()

    def _forget(self) -> None:
        self._heard.clear()
        self._added.clear()
        self.line = None

    def _lay(self, now: float) -> None:
        if len(self._heard) <= PPQN or self._heard[-1][0] - self._heard[0][0] <= 0.0:
            return
        times, numbers = zip(*self._heard, strict=True)
        rate, start = linear_regression([time - now for time in times], numbers)
        self.line = Line(now, start, rate)
