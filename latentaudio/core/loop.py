"""The loop of a training run: steps, reports, validations, previews, checkpoints. On the caller's thread."""

import logging
import math
import threading
import time
from pathlib import Path

from torch import Tensor

from latentaudio.core.audition import Audition
from latentaudio.core.course import Course, schedule
from latentaudio.core.device import peak_memory_mb
from latentaudio.core.options import Clock, Progress, TrainOptions, Validation
from latentaudio.core.outlets import Outlets
from latentaudio.core.state import load_state, save_state
from latentaudio.core.step import TrainStep
from latentaudio.errors import LatentAudioError, ModelError

REPORT_SECONDS = 0.5  # between progress reports; each waits for the device
SAVE_SECONDS = 60.0  # between checkpoints
FIRST_PREVIEW, PREVIEW_SECONDS = 15.0, 120.0  # from the start; and between previews, once the run is as old
VALIDATIONS = 100  # over a run: counted by its budget, not by seconds, so that the same run takes the same turns
LOOKS = 4  # validations, at least, within the epochs that are waited for a better one
log = logging.getLogger(__name__)


class Loop:
    """A network on its way through a budget; `course` says how far it has come."""

    def __init__(
        self,
        step: TrainStep,
        options: TrainOptions,
        epoch: float,  # steps that see as many sounds as there are
        checkpoint: Path,
        audition: Audition,
        outlets: Outlets,
    ) -> None:
        self.step, self.options, self.epoch, self.checkpoint = step, options, epoch, checkpoint
        self.audition, self.outlets = audition, outlets
        self.course, self.best = load_state(checkpoint, step) if options.resume else (Course(), dict[str, Tensor]())
        step.team.differ(options.seed + self.course.clock.step)
        self._spent = 0.0  # share of the budget, as the leader counts it
        self._saved = self.course.clock.step
        if options.early_stop and not self.best:
            self.course.best = None

    def go(self, stop: threading.Event) -> bool:
        """Run to the end (True) or until `stop` is set (False); saved either way. False for those who follow."""
        course = self.course
        began = time.monotonic() - course.clock.seconds
        reported = saved = previewed = course.clock
        while self._goes_on(stop):
            self._advance(began)
            if not self.step.team.leads:
                continue
            since = course.clock.seconds - reported.seconds
            if since >= REPORT_SECONDS and not self._over():  # the last one comes after the last validation
                self._report(reported)
                reported = course.clock
            if self._validation_due():
                self._validate()
            if course.clock.seconds - previewed.seconds >= min(PREVIEW_SECONDS, max(FIRST_PREVIEW, previewed.seconds)):
                self.let_hear()
                previewed = course.clock
            if course.clock.seconds - saved.seconds >= SAVE_SECONDS:
                self._save(must=False)
                saved = course.clock
        if not self.step.team.leads:
            return False
        if course.clock.step > reported.step:
            self._report(reported)
        if course.clock.step > saved.step:
            self._save(must=not self._over())
        return self._over()

    def use_best(self) -> None:
        """Put in the network what the run is for: the running average, or its best state where it may end early."""
        for name, value in self.best.items():
            self.step.average[name].copy_(value)
        self.step.use_average()

    def let_hear(self) -> Path | None:
        """Make a preview of the running average; where it is."""
        self.audition.catch_up()
        return self.outlets.sounds(self.course.clock.step, self.audition)

    @property
    def validation(self) -> Validation | None:
        """The last one."""
        error, best = self.course.error, self.course.best
        return None if error is None or best is None else Validation(self.audition.split, error, best)

    def _over(self) -> bool:
        return self.course.early or self.options.spent(self.course.clock) >= 1.0

    def _goes_on(self, stop: threading.Event) -> bool:
        """Whether there is a next step: the leader decides, and how far the run is, and the rate."""
        go = not self._over() and not stop.is_set()
        told = [float(go), self.options.spent(self.course.clock), self.course.rate]
        agreed, self._spent, self.course.rate = self.step.team.agree(told)
        return bool(agreed)

    def _advance(self, began: float) -> None:
        course = self.course
        # A finished model was weaned long ago.
        self.step.vae.wean(1.0 if self.options.polish else self._spent)
        self.step.run(*schedule(self.options, self._spent, course.clock.step, course.rate))
        course.clock = Clock(course.clock.step + 1, time.monotonic() - began)

    def _validation_due(self) -> bool:
        course, options = self.course, self.options
        steps, spent = course.clock.step - course.validated.step, options.spent(course.clock)
        if steps < self.epoch and spent < 1.0:
            return False
        waits = [options.patience * (options.schedule == "plateau"), options.early_stop]
        shortest = min((wait for wait in waits if wait), default=math.inf)  # epochs
        share = spent - options.spent(course.validated)
        return share >= 1.0 / VALIDATIONS or LOOKS * steps >= shortest * self.epoch

    def _validate(self) -> None:
        self.audition.catch_up()
        error = self.audition.error()
        self._check("validation", error)
        if self.course.judge(error, self.options, self.epoch) and self.options.early_stop:
            self.best = {name: value.clone() for name, value in self.step.average.items()}

    def _report(self, last: Clock) -> None:
        losses, clock = self.step.metrics(), self.course.clock
        for name, value in losses.items():
            self._check(name, value)
        self.course.history.losses.add([clock.step, *losses.values()])
        spent = self.options.spent(clock)
        each = (clock.seconds - last.seconds) / (clock.step - last.step)
        left = 0.0 if self._over() else clock.seconds * (1 / spent - 1)
        rate = schedule(self.options, spent, clock.step, self.course.rate)[0]
        self.outlets.progress(
            Progress(
                clock.step, round(clock.step / spent), clock.step / self.epoch, losses, self.validation, rate,
                each, each * self.epoch, left, peak_memory_mb(self.step.device),
            )
        )  # fmt: skip

    def _save(self, must: bool) -> None:
        """Write a checkpoint. Where none can be written, a run that can go on does, and says so."""
        if not self.step.finite():
            raise LatentAudioError(self._diverged("a weight"))
        try:
            save_state(self.checkpoint, self.step, self.course, self.best)
        except ModelError as error:
            if must:
                raise
            log.warning("%s; training goes on", error)
        else:
            self._saved = self.course.clock.step

    def _check(self, name: str, value: float) -> None:
        if not math.isfinite(value):
            raise LatentAudioError(self._diverged(name))

    def _diverged(self, what: str) -> str:
        good = f"resume from step {self._saved} in {self.checkpoint}" if self._saved else "start again"
        where = f"training diverged by step {self.course.clock.step} ({what} is not finite)"
        return f"{where}: {good} with a lower learning rate"
