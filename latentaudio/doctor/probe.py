"""A JACK client that hits a synth by MIDI, or only listens, and finds each hit in what the synth plays.

A process of its own, in frames of one clock: `python -m latentaudio.doctor.probe '{"audio": REGEX, "midi": REGEX, …}'`.
Prints one JSON object: the frame of every hit sent, the frame of every onset heard, and what ties frames to time.
"""

import gc
import json
import re
import sys
import time

import jack
import numpy as np
from numpy.typing import NDArray

NOTE_ON = 0x99  # channel 10
LOUD = 0.05  # of the loudest: where a sound begins
SILENT = 1e-3
SETTLE = 0.5  # seconds before the first hit and after the last


class Probe:
    """Sends hits at random frames within the period, and records."""

    def __init__(self, midi: str | None, audio: str, hits: int, gap: float, seconds: float = 0.0) -> None:
        self.client = jack.Client("probe", no_start_server=True)
        self.rate, self.period = self.client.samplerate, self.client.blocksize
        self.midi, self.audio, self.gap = midi, audio, gap
        self.input = self.client.inports.register("in")
        self.output = self.client.midi_outports.register("out")
        random = np.random.default_rng(1)
        steps = int(self.rate * gap) + random.integers(0, 4 * self.period, hits)
        self.plan = (int(self.rate * SETTLE) + np.cumsum(steps)).tolist() if midi else []
        last = self.plan[-1] if self.plan else int(self.rate * seconds)
        self.end = last + int(self.rate * SETTLE)
        self.heard = np.full(self.end + 4 * self.period, 0, np.float32)  # touched now, not in the process callback
        self.cycles: list[int] = []
        self.frame = self.next = 0
        self.clock: list[tuple[int, float]] = []  # when we were called for which frame
        self.xruns = 0
        self.client.set_process_callback(self.process)
        self.client.set_xrun_callback(self.xrun)

    def xrun(self, _delay: float) -> None:
        self.xruns += 1

    def process(self, frames: int) -> None:
        """One period: notes out, sound in."""
        self.output.clear_buffer()
        while self.next < len(self.plan) and self.plan[self.next] < self.frame + frames:
            offset = max(0, self.plan[self.next] - self.frame)
            self.output.write_midi_event(offset, (NOTE_ON, 36, 127))
            self.next += 1
        if self.frame + frames <= len(self.heard):
            self.heard[self.frame : self.frame + frames] = self.input.get_array()
            self.cycles.append(self.client.last_frame_time)
            self.clock.append((self.frame, time.perf_counter()))
        self.frame += frames

    def run(self) -> dict[str, object]:
        """Play and listen; returns what `find` needs and more."""
        with self.client:
            self.connect()
            while self.frame < self.end:
                time.sleep(0.05)
        lost = np.flatnonzero(np.diff(self.cycles) != self.period) * self.period
        return {
            "rate": self.rate, "period": self.period, "sent": self.plan, "onsets": self.onsets().tolist(),
            "xruns": self.xruns, "lost_cycles": len(lost), "clock": self.clock, "lost_at": lost.tolist(),
        }  # fmt: skip

    def connect(self) -> None:
        """Wait until the synth is there, then plug in."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            sources = [port for port in self.client.get_ports(is_audio=True, is_output=True)
                       if re.search(self.audio, port.name)]  # fmt: skip
            targets = [port for port in self.client.get_ports(is_midi=True, is_input=True)
                       if self.midi and re.search(self.midi, port.name)]  # fmt: skip
            if sources and (targets or not self.midi):
                self.client.connect(sources[0], self.input)
                for target in targets[:1]:
                    self.client.connect(self.output, target)
                return
            time.sleep(0.1)
        sys.exit(f"no port like {self.audio} or {self.midi}: {[p.name for p in self.client.get_ports()]}")

    def onsets(self) -> NDArray[np.int64]:
        """Frames at which a sound begins after a third of the gap without one."""
        frames = np.flatnonzero(np.abs(self.heard[: self.frame]) > beginning(self.heard))
        quiet = np.diff(frames, prepend=-self.rate) > self.rate * self.gap / 3
        onsets: NDArray[np.int64] = frames[quiet]
        return onsets


def beginning(heard: NDArray[np.float32]) -> float:
    """How loud a sound is where it begins, 0..1, beside the loudest of what was heard."""
    sounding = np.abs(heard[np.abs(heard) > SILENT])
    return LOUD * float(np.percentile(sounding, 99.5)) if len(sounding) else SILENT


if __name__ == "__main__":
    gc.disable()  # a collection in the process callback costs a cycle, and with it the note that it sent
    sys.stdout.write(json.dumps(Probe(**json.loads(sys.argv[1])).run()))
