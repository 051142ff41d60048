"""A training run from a folder of one-shots to a model file, on the caller's thread."""

import math
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import torch

from latentaudio import __version__
from latentaudio.core.checkpoint import save_model
from latentaudio.core.dataset import Dataset, load_folder
from latentaudio.core.device import describe, pick_device
from latentaudio.core.evaluate import evaluate
from latentaudio.core.library import build_model
from latentaudio.core.state import Clock, checkpoint_path, load_state, save_state
from latentaudio.core.step import TrainStep
from latentaudio.core.vae import Vae, VaeConfig
from latentaudio.errors import LatentAudioError, UsageError

REPORT_SECONDS = 0.5  # between progress reports; each waits for the device
SAVE_SECONDS = 60.0  # between checkpoints
WARM_UP = 0.02  # of the run, until the learning rate is reached
BETA_WARM_UP = 0.2  # of the run, until beta is reached: first learn to speak, then to be brief
LAST_RATE = 0.01  # of the learning rate, where the cosine ends
AVERAGE = 0.999  # how much of the running average stays at each step
PER_SOUND_MB = 55  # of an accelerator, for each second of sound in a batch (1.7 GiB at batch 32 on an H100)


@dataclass(frozen=True)
class TrainOptions:
    """What a run can be told. It ends with the budget that is spent first."""

    steps: int | None = None  # 20,000 where no budget is given
    minutes: float | None = None
    batch: int = 32
    learning_rate: float = 8e-4  # at 1e-3 and more, wider heads have diverged
    beta: float = 3e-4  # weight of a nat of z against the other terms
    free_bits: float = 0.25  # per dim
    seed: int = 0
    device: str = "auto"
    resume: bool = False
    config: VaeConfig = field(default_factory=VaeConfig)
    select: Collection[str] | None = None  # files, relative to the folder; all of them by default
    cache: Path | None = None  # of the prepared sounds
    name: str = ""  # of the model; its file's name by default
    command: str = ""  # that started the run, kept in the model

    def spent(self, clock: Clock) -> float:
        """Share of the budget that is spent, 0..1."""
        steps = self.steps or (None if self.minutes else 20_000)
        by_steps = clock.step / steps if steps else 0.0
        by_time = clock.seconds / (60.0 * self.minutes) if self.minutes else 0.0
        return min(1.0, max(by_steps, by_time))


@dataclass(frozen=True)
class Progress:
    """Where a run stands."""

    step: int
    steps: int  # expected in all
    losses: dict[str, float]  # step.TERMS
    seconds_per_step: float
    eta_s: float
    peak_memory_mb: float  # of an accelerator; 0 on the CPU


Report = Callable[[Progress], None]


def train(
    folder: Path,
    out: Path,
    options: TrainOptions = TrainOptions(),
    progress: Report = lambda _: None,
    stop: threading.Event | None = None,
) -> None:
    """Train on the one-shots below `folder` and write the model `out`.

    State is kept beside it in `OUT.checkpoint` until the model is written. Once `stop` is set the run saves
    its state and returns; `options.resume` goes on from there. Raises LatentAudioError with one sentence.
    """
    checkpoint = checkpoint_path(out)
    _check(out, checkpoint, options)
    device = pick_device(options.device)
    torch.set_float32_matmul_precision("high")  # TF32: twice as fast, and no difference that could be heard
    dataset = load_folder(folder, options.config, options.select, options.cache, options.seed)
    torch.manual_seed(options.seed)
    vae = Vae(options.config).to(device)
    learned = dataset.split("train")
    try:
        step = TrainStep(vae, learned, options.batch, options.free_bits, device)
        run = _Run(step, options, checkpoint, progress)
        if not run.go(stop or threading.Event()):
            return
    except torch.OutOfMemoryError as error:
        raise LatentAudioError(_would_fit(options, device)) from error
    step.use_average()
    vae.requires_grad_(False).eval()
    provenance = _provenance(options, run.clock, dataset, device) | {"evaluation": _evaluate(vae, dataset)}
    save_model(build_model(vae, learned, options.name or out.stem, provenance), out)
    checkpoint.unlink(missing_ok=True)


class _Run:
    """The loop: schedule, reports, checkpoints."""

    def __init__(self, step: TrainStep, options: TrainOptions, checkpoint: Path, progress: Report) -> None:
        self.step, self.options, self.checkpoint, self.progress = step, options, checkpoint, progress
        self.clock = load_state(checkpoint, step) if options.resume else Clock()
        self._saved = self.clock.step

    def go(self, stop: threading.Event) -> bool:
        """Run to the end of the budget (True) or until `stop` is set (False); saved either way."""
        began = time.monotonic() - self.clock.seconds
        reported, saved = self.clock, self.clock
        while (spent := self.options.spent(self.clock)) < 1.0 and not stop.is_set():
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
        self.progress(
            Progress(self.clock.step, steps, losses, each, self.clock.seconds * (1 / spent - 1), memory)
        )

    def _save(self) -> None:
        if not self.step.finite():
            raise LatentAudioError(self._diverged("a weight"))
        save_state(self.checkpoint, self.step, self.clock)
        self._saved = self.clock.step

    def _diverged(self, what: str) -> str:
        good = f"resume from step {self._saved} in {self.checkpoint}" if self._saved else "start again"
        where = f"training diverged by step {self.clock.step} ({what} is not finite)"
        return f"{where}: {good} with a lower learning rate"


def schedule(options: TrainOptions, spent: float, step: int) -> tuple[float, float, float]:
    """Learning rate, beta and how much of the running average stays, at a share 0..1 of the budget.

    The rate rises for 2 % of the run and falls along a cosine to a hundredth. Early averages forget faster.
    """
    rise = min(1.0, (spent + 1e-4) / WARM_UP)
    fall = LAST_RATE + (1.0 - LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * spent))
    keep = min(AVERAGE, (1.0 + step) / (10.0 + step))
    return options.learning_rate * rise * fall, options.beta * min(1.0, spent / BETA_WARM_UP), keep


def _check(out: Path, checkpoint: Path, options: TrainOptions) -> None:
    if not out.parent.is_dir():
        raise UsageError(f"no folder {out.parent} to write {out.name} in")
    if checkpoint.is_file() and not options.resume:
        raise UsageError(f"{checkpoint} holds an unfinished run: resume it, or delete the file to start anew")
    if options.batch < 1 or options.spent(Clock()) >= 1.0:
        raise UsageError("a run needs a batch, and steps or minutes, above 0")


def _evaluate(vae: Vae, dataset: Dataset) -> dict[str, dict[str, float]]:
    return {name: evaluate(vae, dataset.split(name)) for name in dataset.splits}


def _provenance(
    options: TrainOptions, clock: Clock, dataset: Dataset, device: torch.device
) -> dict[str, object]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": options.command,
        "latentaudio": __version__,
        "torch": torch.__version__,
        "device": describe(device),
        "seed": options.seed,
        "batch": options.batch,
        "learning_rate": options.learning_rate,
        "beta": options.beta,
        "free_bits": options.free_bits,
        "steps": clock.step,
        "seconds": round(clock.seconds, 1),
        "sounds": {name: len(dataset.split(name).sounds) for name in dataset.splits},
        "groups": len({sound.group for sound in dataset.sounds}),
        "skipped": len(dataset.skipped),
    }


def _would_fit(options: TrainOptions, device: torch.device) -> str:
    sentence = f"out of memory on {describe(device)} at batch {options.batch}"
    if device.type != "cuda":
        return f"{sentence}: try batch {max(1, options.batch // 2)}"
    torch.cuda.empty_cache()
    free = torch.cuda.mem_get_info(device)[0] / 2**20
    seconds = options.config.frames / options.config.sample_rate
    fits = int(0.8 * free / (PER_SOUND_MB * seconds))
    return f"{sentence}: {free:.0f} MB are free, enough for batch {min(fits, options.batch - 1)}"
