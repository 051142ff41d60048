"""What does an event cost the state thread, and what does telling eight OSC clients of it?

    python -m benchmarks.events [MODEL]

CPU time of one thread, so that others on the machine do not count. The longest is what a note may have to wait for,
where the interpreter cannot switch sooner. No decoder: what it would answer is noise, as long as a sound.
"""

import socket
import sys
import time
from collections.abc import Callable
from itertools import count, cycle
from pathlib import Path

import numpy as np

from latentaudio.config import FACTORY_MODEL
from latentaudio.control.clients import Clients
from latentaudio.control.feedback import RATE, Feedback
from latentaudio.control.learned import Learned
from latentaudio.control.udp import Udp
from latentaudio.events import Act, Event, Rendered, Set, SetTogether
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.latent.library import read_library

CLIENTS = 8


class Anything:
    """Stands where the audio thread would be: this measures what comes before it."""

    def __getattr__(self, name: str):
        return lambda *_: True


class Asked:
    """Remembers what the renderer is asked for last, by part."""

    def __init__(self) -> None:
        self.focus, self.last = 1, dict[int, tuple[int, int, int]]()

    def submit(self, pad: int, version: int, latents: np.ndarray, arrival_ns: int, part: int = 0) -> None:
        """Keep pad, version and how many sounds."""
        self.last[part] = pad, version, len(latents)


class Desk:
    """An instrument, eight clients that listen, and a clock that each event moves on."""

    def __init__(self, model: Path) -> None:
        self.library, self.renderer = read_library(model), Asked()
        self.ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(CLIENTS)]
        for ear in self.ears:
            ear.bind(("127.0.0.1", 0))
        self.feedback = Feedback(Udp("127.0.0.1", 0), Clients([ear.getsockname() for ear in self.ears]), Learned())
        self.instrument = Instrument(self.library, Kit(), Anything(), self.renderer, self.feedback, 0)
        self.random, self.frames = np.random.default_rng(0), self.library.frames
        self.now = count(1)

    def do(self, event: Event) -> None:
        """Make it happen."""
        self.instrument.perform(event)

    def answer(self, part: int) -> Rendered:
        """What the renderer would answer to what it was asked for last."""
        pad, version, sounds = self.renderer.last[part]
        noise = tuple(self.random.standard_normal(self.frames, np.float32) for _ in range(sounds))
        return Rendered(pad=pad, version=version, sounds=noise, part=part, arrival_ns=1)

    def moved(self, part: int) -> Rendered:
        """Move on the map, and hear the answer as far as `part`, which is yet to come."""
        self.do(self.place())
        for before in range(part):
            self.do(self.answer(before))
        return self.answer(part)

    def flush(self) -> None:
        """Tell the clients."""
        self.feedback.flush(next(self.now) / RATE)

    def place(self) -> SetTogether:
        """Somewhere on the map."""
        x, y = self.random.random(2)
        return SetTogether("osc", (("map.x", x), ("map.y", y)))

    def report(self, name: str, make: Callable[[], object], do: Callable[[object], object] | None = None,
               times: int = 300) -> None:  # fmt: skip
        """Print a row: what `do` does of what `make` makes, and what the flush after it costs."""
        spent = np.empty((2, times))
        for number in range(times):
            made = make()
            before = time.thread_time_ns()
            (do or self.do)(made)
            between = time.thread_time_ns()
            self.flush()
            spent[:, number] = between - before, time.thread_time_ns() - between
        event, told = spent / 1e3
        median, p99 = np.percentile(event, [50, 99])
        figures = f"{median:.0f} | {p99:.0f} | {np.median(told):.0f} | {np.percentile(told, 99):.0f}"
        print(f"| {name} | {figures} |", flush=True)


def report_all(desk: Desk) -> None:
    """One row for each kind of event."""
    instrument, random = desk.instrument, desk.random
    desk.report("a latent dim", lambda: Set("osc", "latent.1", random.uniform(-2, 2)))
    desk.report("map, blend", desk.place)
    desk.report("a first sound comes", lambda: desk.moved(0))
    desk.report("its three other layers come", lambda: desk.moved(1))
    desk.report("a pad's level", lambda: Set("osc", "pad.1.level", random.uniform(-20, 0)))
    desk.do(Set("osc", "map.snap", 1))
    desk.report("map, snap", desk.place)
    stations = cycle(range(1, 9))
    for station in range(1, 9):
        desk.do(desk.place())
        desk.do(Act("osc", f"morph.station.{station}" if station > 2 else "morph." + "ab"[station - 1]))
    desk.report("morph, an amount", lambda: Set("osc", "morph.amount", random.random()))
    desk.report("an attribute", lambda: Set("osc", "attribute.brightness", random.uniform(-3, 3)))
    pads = cycle(range(1, 17))
    desk.report("focus", lambda: Set("osc", "focus", next(pads)))
    desk.do(Set("osc", "walk.rate", 60))
    desk.do(Set("osc", "walk.run", 1))
    began, step = time.perf_counter(), count(1)
    desk.report("a walk's step", lambda: began + next(step) / 50, instrument.tick)
    desk.do(Set("osc", "walk.run", 0))
    desk.report("draw", lambda: Act("osc", "draw"))
    ways = cycle(("undo", "redo"))
    desk.report("undo, redo", lambda: Act("osc", next(ways)))
    desk.report("velocity layers of 16 pads", lambda: Set("osc", "velocity.layers", next(stations)))
    desk.do(Act("osc", "variation.make"))
    desk.report("variations over 16 pads", lambda: desk.do(Act("osc", "variation.make")),
                lambda _: desk.do(Act("osc", "variation.spread")))  # fmt: skip


def main() -> None:
    """Print a table."""
    desk = Desk(Path(sys.argv[1]) if len(sys.argv) > 1 else FACTORY_MODEL)
    print(f"{desk.library.dims} dims, {CLIENTS} clients; thread CPU time, µs\n")
    print("| event | median | p99 | telling the clients, median | p99 |\n|---|---|---|---|---|")
    report_all(desk)
    print(f"\nsounds kept: {desk.instrument.sounding.larder.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
