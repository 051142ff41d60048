"""A groove for those who have no controller at hand: hits pads and draws sounds from its own thread."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from latentaudio.events import Act, Event, Hit, Played, Set

TEMPO = 124.0  # beats a minute
ORIGIN = "demo"
# Sixteenths of a bar: o is a full hit, - a soft one. A bar for each pad that joins in.
PATTERNS = {
    1: "o...o...o...o...",
    2: "o..-o...o.-.o..-",
    3: "o..o..o.-.o.o...",
    4: "o-.....oo..-.o..",
}
VELOCITIES = {"o": 1.0, "-": 0.45}
BARS_A_PAD = 2
LOST_S = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """A hit of the groove, `beat` beats after its start."""

    beat: float
    pad: int
    velocity: float


def groove() -> Iterator[Step]:
    """The endless groove: two bars of each pattern, each on its own pad, then round again over all 16."""
    bar = 0
    while True:
        round_, place = divmod(bar // BARS_A_PAD, len(PATTERNS))
        pad = (round_ * len(PATTERNS) + place) % 16 + 1
        for sixteenth, mark in enumerate(PATTERNS[place + 1]):
            if mark in VELOCITIES:
                yield Step(bar * 4 + sixteenth / 4, pad, VELOCITIES[mark])
        bar += 1


class Demo:
    """Plays the groove into a running daemon, the focus following, and draws new sounds on the way."""

    def __init__(self, hit: Hit, post: Callable[[Event], object]) -> None:
        """Hits go straight to the audio thread, draws to the state thread, as a performer's would."""
        self._hit, self._post = hit, post
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Start playing at once."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the current step."""
        self._stop.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        began = time.perf_counter()
        bar = -1
        for step in groove():
            due = began + step.beat * 60.0 / TEMPO
            if time.perf_counter() - due > LOST_S:  # the machine slept: go on from here, and not in a salvo
                began += time.perf_counter() - due
                due = time.perf_counter()
            if self._stop.wait(max(0.0, due - time.perf_counter())):
                return
            sounded = self._hit(step.pad, step.velocity, time.perf_counter_ns(), 0)
            self._post(Played(ORIGIN, pad=step.pad, velocity=step.velocity, sounded=sounded))
            if int(step.beat) // 4 != bar:
                bar = int(step.beat) // 4
                self._lead(bar, step.pad)

    def _lead(self, bar: int, pad: int) -> None:
        """Each pad is first heard as it is, with the focus on it so that every knob is heard; then drawn anew."""
        if bar % BARS_A_PAD == 0:
            self._post(Set(ORIGIN, name="focus", value=pad))
        else:
            self._post(Act(ORIGIN, name="draw"))
