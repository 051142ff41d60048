"""What a training run is told, and what it tells."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from latentaudio.core.vae import VaeConfig


@dataclass(frozen=True)
class Clock:
    """How far a run has come."""

    step: int = 0  # steps done
    seconds: float = 0.0  # spent training, over all its sittings


@dataclass(frozen=True)
class TrainOptions:
    """What a run can be told. It ends with the budget that is spent first."""

    steps: int | None = None  # 20,000 where no budget is given
    minutes: float | None = None
    epochs: float | None = None  # as many sounds as there are to train on, over and over
    batch: int = 32  # sounds that are in memory at a time
    accumulation: int = 1  # batches whose gradients make one step
    synthetic: float = 0.5  # share of a batch that is made by `synth`; it trains, and is no part of the model's library
    precision: str = "fp32"  # or bf16: of the matrix products; weights, losses and spectra stay fp32
    augment: bool = True  # vary the sounds
    learning_rate: float = 8e-4  # at 1e-3 and more, wider heads have diverged
    schedule: str = "cosine"  # or plateau: lower the rate where validation no longer improves
    patience: int = 100  # epochs without a better validation until a plateau is one
    factor: float = 0.5  # of the rate, after a plateau
    early_stop: int = 0  # epochs without a better validation until the run ends, with its best state; 0: never
    weight_decay: float = 0.01
    clip: float = 1.0  # norm of the gradient
    average: float = 0.999  # how much of the running average of the weights stays at each step
    bands: float = 1.0  # weight of a neper of energy in mel bands: more of it, truer noise; less, a truer waveform
    beta: float = 3e-4  # weight of a nat of z against the other terms
    beta_warm_up: float = 0.2  # share of the run, or of a cycle, until beta is reached: first speak, then be brief
    cycles: int = 1  # how often beta begins anew (Fu et al. 2019)
    free_bits: float = 0.25  # per dim
    seed: int = 0
    device: str = "auto"
    resume: bool = False
    polish: Path | None = None  # a finished model, whose decoder alone is trained on; its shape takes `config`'s place
    report: bool = False  # leave a picture and a preview beside the model
    logs: Path | None = None  # folder for TensorBoard
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
class Validation:
    """How close the running average comes to sounds that it was not trained on."""

    split: str  # "valid"; "train" where no sounds are held out
    error: float  # mel dB
    best: float


@dataclass(frozen=True)
class Progress:
    """Where a run stands."""

    step: int
    steps: int  # expected in all
    epoch: float  # how often as many sounds as there are were seen
    losses: dict[str, float]  # step.TERMS
    validation: Validation | None  # the last one
    learning_rate: float
    seconds_per_step: float
    seconds_per_epoch: float
    eta_s: float
    peak_memory_mb: float  # of an accelerator, or of the process where there is none


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Finish:
    """What a run that came to its end has left."""

    step: int
    early: bool  # ended as validation no longer improved
    best_step: int  # whose state the model is, where it ended early or might have
    validation: Validation | None
    picture: Path | None
    preview: Path | None
