"""The loop of a training run: schedule, reports, checkpoints. On the caller's thread."""

import math
import threading
import time
from pathlib import Path

import torch

from latentaudio.core.options import Clock, Progress, Report, TrainOptions
from latentaudio.core.state import load_state, save_state
from latentaudio.core.step import TrainStep
from latentaudio.errors import LatentAudioError

REPORT_SECONDS = 0.5  # between progress reports; each waits for the device
SAVE_SECONDS = 60.0  # between checkpoints
WARM_UP = 0.02  # of the run, until the learning rate is reached
LAST_RATE = 0.01  # of the learning rate, where the cosine ends
REAL_END = 0.2  # of the run, in which the synthetic sounds give way to real ones: those the model is for


class Loop:
    """A network on its way through a budget; `clock` says how far it has come."""

    def __init__(self, step: TrainStep, options: TrainOptions, checkpoint: Path, progress: Report) -> None:
        self.step, self.options, self.checkpoint, self.progress = step, options, checkpoint, progress
        self.clock = load_state(checkpoint, step) if options.resume else Clock()
        self._saved = self.clock.step

    def go(self, stop: threading.Event) -> bool:
        """Run to the end of the budget (True) or until `stop` is set (False); saved either way."""
        began = time.monotonic() - self.clock.seconds
        reported, saved = self.clock, self.clock
        while (spent := self.options.spent(self.clock)) < 1.0 and not stop.is_set():
            self.step.vae.wean(spent)
            self.step.run(*schedule(self.options, spent, self.clock.step))
            self.clock = Clock(self.clock.step + 1, time.monotonic() - began)
            if self.clock.seconds - reported.seconds >= REPORT_SECONDS:
                self._report(reported)
                reported = self.clock
            if self.clock.seconds - saved.seconds >= SAVE_SECONDS:
                self._save()
                saved = self.clock
        if self.clock.step > reported.step:
            self._report(reported)
        if self.clock.step > saved.step:
            self._save()
        return self.options.spent(self.clock) >= 1.0

    def _report(self, last: Clock) -> None:
        losses = self.step.metrics()
        for name, value in losses.items():
            if not math.isfinite(value):
                raise LatentAudioError(self._diverged(name))
        spent = self.options.spent(self.clock)
        device = self.step.device
        memory = torch.cuda.max_memory_allocated(device) / 2**20 if device.type == "cuda" else 0.0
        each = (self.clock.seconds - last.seconds) / (self.clock.step - last.step)
        steps = round(self.clock.step / spent)
        self.progress(Progress(self.clock.step, steps, losses, each, self.clock.seconds * (1 / spent - 1), memory))

    def _save(self) -> None:
        if not self.step.finite():
            raise LatentAudioError(self._diverged("a weight"))
        save_state(self.checkpoint, self.step, self.clock)
        self._saved = self.clock.step

    def _diverged(self, what: str) -> str:
        good = f"resume from step {self._saved} in {self.checkpoint}" if self._saved else "start again"
        where = f"training diverged by step {self.clock.step} ({what} is not finite)"
        return f"{where}: {good} with a lower learning rate"


def schedule(options: TrainOptions, spent: float, step: int) -> tuple[float, float, float, float]:
    """Learning rate, beta, how much of the running average stays, and how many of the synthetic sounds (0..1).

    `spent` is the share 0..1 of the budget. The rate rises for 2 % of the run and falls along a cosine to a
    hundredth, beta rises anew in each cycle. Early averages forget faster.
    """
    rise = min(1.0, (spent + 1e-4) / WARM_UP)
    fall = LAST_RATE + (1.0 - LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * spent))
    keep = min(options.average, (1.0 + step) / (10.0 + step))
    cycle = spent * options.cycles - min(int(spent * options.cycles), options.cycles - 1)  # 0..1
    beta = options.beta * (min(1.0, cycle / options.beta_warm_up) if options.beta_warm_up else 1.0)
    return options.learning_rate * rise * fall, beta, keep, min(1.0, (1.0 - spent) / REAL_END)
