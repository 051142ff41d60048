"""Whether a knob moves its parameter yet, and how far: a hand must not make a value jump. The MIDI thread's.

A knob stands where it was left, and the parameter where a preset, an undo or another control put it. Places are 0..1
of the parameter's range. No change from elsewhere has to be told: what the parameter is now is compared with what
this knob made of it. The rule of `pickup` is that of Mixxx (src/controllers/softtakeover.cpp).
"""

from collections import deque

from latentaudio.control.binding import Pickup

NEAR = 3 / 128  # a knob that is so close has the parameter

_ON_THE_WAY_NS = 50_000_000  # as long may a value wait for the state thread; Mixxx's own time for a sweep
_KEPT = 64  # values that may be on the way
_SAME = 1e-5  # of two places: a state keeps some of them as float32


class Grip:
    """One control's hold on one parameter."""

    def __init__(self, pickup: Pickup = "jump", bottom: float = 0.0, top: float = 1.0) -> None:
        """The parameter stays between `bottom` and `top`."""
        self._pickup, self._bottom, self._top = pickup, bottom, top
        self._last: float | None = None  # where the control stood
        self._given: deque[float] = deque(maxlen=_KEPT)  # what it made of the parameter, and what that was before
        self._given_ns = 0
        self.waits = False

    def take(self, wanted: float, actual: float, arrival_ns: int) -> float | None:
        """Where the parameter goes now that the control stands at `wanted`; None where it waits to be picked up.

        `actual` is where the parameter is, as far as the state thread has come.
        """
        here = self.now(actual, arrival_ns)
        last, self._last = self._last, wanted
        goes = None if last is None else self._goes(last, wanted, here)
        self.waits = goes is None
        return goes

    def now(self, actual: float, arrival_ns: int) -> float:
        """Where the parameter is, once all that this control gave it has arrived."""
        if arrival_ns - self._given_ns < _ON_THE_WAY_NS and any(abs(actual - each) < _SAME for each in self._given):
            return self._given[-1]
        return actual

    def give(self, place: float, actual: float, arrival_ns: int) -> None:
        """Remember what was made of the parameter, which was at `actual`."""
        if self.now(actual, arrival_ns) == actual:  # nothing is on the way
            self._given.clear()
            self._given.append(actual)
        self._given.append(place)
        self._given_ns = arrival_ns

    def _goes(self, last: float, wanted: float, here: float) -> float | None:
        if self._pickup == "pickup":
            crossed = (last - here) * (wanted - here) <= 0.0  # however fast it went
            return wanted if crossed or min(abs(last - here), abs(wanted - here)) <= NEAR else None
        if self._pickup == "relative":
            return min(max(here + wanted - last, self._bottom), self._top)
        return self._scaled(last, wanted, here)

    def _scaled(self, last: float, wanted: float, here: float) -> float:
        """As far towards the end as the control goes towards it, so that both arrive there together."""
        end = self._top if wanted > last else self._bottom
        if wanted == last or last == end:
            return here
        return here + (end - here) * (wanted - last) / (end - last)
