"""Where in the music we are: beats from taps, from a MIDI clock, or from the last tempo. The state thread's."""

import math
from collections import deque
from itertools import pairwise
from statistics import median
from typing import Literal

from latentaudio.latent.ticks import PPQN, Ticks

SLOWEST, FASTEST = 30.0, 300.0  # bpm
PAUSE = 60.0 / SLOWEST * 1.01  # seconds between taps after which counting begins anew
BOUNCE = 0.1  # seconds; a button that bounces is not a tap
TAPS = 5  # the latest: one slip among four intervals leaves their median alone
SIXTEENTH = PPQN // 4  # ticks in the unit of the song position

Source = Literal["internal", "clock", "lost"]


class Tempo:
    """Tempo and position. All times are seconds of one clock that never goes back; nothing here waits or looks at one.

    The position never goes back, but at `start` and `song_position`. While a clock ticks, it rules; when it stops
    without a word the beats go on at its last tempo, and `source` says "lost" until it is back or the tempo is set.
    """

    def __init__(self, bpm: float = 120.0, now: float = 0.0) -> None:
        """Running from beat 0 at `now`."""
        self.running = True
        self.bpm = _clipped(bpm)
        self._time, self._beat = now, 0.0  # the position was `_beat` at `_time`
        self._said = 0.0  # beats: the farthest position told
        self._ticks = Ticks()
        self._origin = 0  # number of the tick that is beat 0
        self._next: int | None = None  # in ticks: where the next tick stands after a start, stop or song position
        self._taps: deque[float] = deque(maxlen=TAPS)
        self._clocked = False  # the tempo is a clock's

    def beats(self, now: float) -> float:
        """Position in beats at `now`, never less than what was told before."""
        if self.running:
            self._said = max(self._said, self._at(now))
        return self._said

    def source(self, now: float) -> Source:
        """Whose tempo it is: ours, that of a ticking clock, or that of a clock which fell silent while it played."""
        if self._ticks.present(now):
            return "clock"
        return "lost" if self._clocked and self.running else "internal"

    def set(self, bpm: float, now: float) -> None:
        """Go on at `bpm` 30..300 without a jump; a clock that ticks is not overruled."""
        if self.source(now) != "clock":
            self._anchor(now, self.beats(now))
            self.bpm, self._clocked = _clipped(bpm), False

    def tap(self, now: float) -> None:
        """A tap on the beat: from the second on, the tempo is the median of the latest."""
        if self._taps and not 0.0 <= now - self._taps[-1] <= PAUSE:
            self._taps.clear()
        if self._taps and now - self._taps[-1] < BOUNCE:
            return
        self._taps.append(now)
        if len(self._taps) > 1:
            self.set(60.0 / median(later - earlier for earlier, later in pairwise(self._taps)), now)

    def clock(self, now: float) -> None:
        """A MIDI clock tick, 24 to a beat. Until it has ticked for a beat, the position counts and the tempo waits."""
        back, here = not self._ticks.present(now), self.beats(now)
        self._ticks.hear(now)
        self._clocked = True
        number, line = self._ticks.number, self._ticks.line
        if line is not None:
            self.bpm = _clipped(60.0 * line.rate / PPQN)
        if not self.running:
            return
        if self._next is not None and here * PPQN - self._next < PPQN:
            self._origin = number - self._next
        elif back:  # or a beat after a start of ours, which was without a clock then
            self._origin = number - round(here * PPQN)
        self._next = None
        self._anchor(now, ((number if line is None else line.at(now)) - self._origin) / PPQN)

    def leave_clock(self, now: float) -> None:
        """Go on at the clock's last tempo and heed it no more: until it ticks again, the tempo is ours."""
        self._anchor(now, self.beats(now))
        self._ticks, self._clocked = Ticks(), False

    def start(self, now: float) -> None:
        """From the top: the next tick is beat 0, and without a clock this moment is."""
        self.song_position(0, now)
        self.running = True

    def stop(self, now: float) -> None:
        """Hold the position; a clock that goes on ticking keeps the tempo."""
        held = self.beats(now)
        if self.running and self._next is None:
            self._next = self._ticks.number - self._origin + 1 if self._clocked else math.ceil(held * PPQN)
        self.running = False

    def resume(self, now: float) -> None:
        """Go on from where `stop` or `song_position` left off (MIDI's continue)."""
        self._anchor(now, self.beats(now))
        self.running = True

    def song_position(self, sixteenths: int, now: float) -> None:
        """Go to a place: the next tick stands there."""
        self._next = sixteenths * SIXTEENTH
        self._said = self._next / PPQN
        self._anchor(now, self._said)

    def _at(self, now: float) -> float:
        return self._beat + max(now - self._time, 0.0) * self.bpm / 60.0

    def _anchor(self, now: float, beat: float) -> None:
        self._time, self._beat = now, beat


def _clipped(bpm: float) -> float:
    return min(max(bpm, SLOWEST), FASTEST)
