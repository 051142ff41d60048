"""How far a run has come, and what its validations decide: the rate after a plateau, the best state, an early end."""

import math
from dataclasses import dataclass, field
from typing import Any

from latentaudio.core.history import Curve, History
from latentaudio.core.options import Clock, TrainOptions

BETTER = 0.999  # of the best error; less is luck
WARM_UP = 0.02  # of the run, until the learning rate is reached
LAST_RATE = 0.01  # of the learning rate, where the cosine ends and plateaus lead no further
REAL_END = 0.2  # of the run, in which the synthetic sounds give way to real ones: those the model is for


@dataclass
class Course:
    """What a run goes on from, but for its weights."""

    clock: Clock = field(default_factory=Clock)
    validated: Clock = field(default_factory=Clock)  # when it last was
    rate: float = 1.0  # share of the learning rate that plateaus have left
    error: float | None = None  # mel dB, of the last validation
    best: float | None = None
    best_step: int = 0
    waiting_since: int = 0  # the step of the best, or of the last plateau's end
    early: bool = False  # it has ended, as validation no longer improved
    history: History = field(default_factory=History)

    def judge(self, error: float, options: TrainOptions, epoch: float) -> bool:
        """Take a validation's `error` (mel dB); whether it is the best. An `epoch` is given in steps."""
        step, self.validated, self.error = self.clock.step, self.clock, error
        self.history.validation.add([step, error])
        if self.best is None or error < BETTER * self.best:
            self.best, self.best_step, self.waiting_since = error, step, step
            return True
        if options.schedule == "plateau" and step - self.waiting_since >= options.patience * epoch:
            self.rate, self.waiting_since = max(LAST_RATE, self.rate * options.factor), step
        self.early = 0 < options.early_stop * epoch <= step - self.best_step
        return False


def from_json(stored: dict[str, Any]) -> Course:
    """The course that `asdict` made plain."""
    curves = {name: Curve(**curve) for name, curve in stored["history"].items()}
    clocks = {name: Clock(**stored[name]) for name in ("clock", "validated")}
    return Course(**stored | clocks | {"history": History(**curves)})


def schedule(options: TrainOptions, spent: float, step: int, rate: float = 1.0) -> tuple[float, float, float, float]:
    """Learning rate, beta, how much of the running average stays, and how many of the synthetic sounds (0..1).

    `spent` is the share 0..1 of the budget. The rate rises for 2 % of the run and falls along a cosine to a hundredth,
    or by plateaus to its share `rate`; beta rises anew in each cycle. Early averages forget faster.
    """
    rise = min(1.0, (spent + 1e-4) / WARM_UP)
    cosine = LAST_RATE + (1.0 - LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * spent))
    fall = rate if options.schedule == "plateau" else cosine
    keep = min(options.average, (1.0 + step) / (10.0 + step))
    cycle = spent * options.cycles - min(int(spent * options.cycles), options.cycles - 1)  # 0..1
    beta = options.beta * (min(1.0, cycle / options.beta_warm_up) if options.beta_warm_up else 1.0)
    return options.learning_rate * rise * fall, beta, keep, min(1.0, (1.0 - spent) / REAL_END)
