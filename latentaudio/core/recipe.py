"""A recipe: what to train and how, from a YAML file. Read on the caller's thread.

A key that is left out keeps the default of `VaeConfig` or `TrainOptions`, so no default is written twice.
"""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from latentaudio.config import PACKAGE
from latentaudio.core.options import TrainOptions
from latentaudio.core.recipe_file import number, one_of, read_values, whole, wholes, yes_or_no
from latentaudio.core.vae_config import CHOICES, VaeConfig, spectrum_size
from latentaudio.errors import UsageError, suggest

RECIPES = PACKAGE / "recipes"
BUDGET = ("epochs", "steps", "minutes")


@dataclass(frozen=True)
class Recipe:
    """Every key that a recipe knows; None is what it does not say."""

    # The network.
    network: str | None = one_of(*CHOICES["network"])
    blocks: str | None = one_of(*CHOICES["blocks"])
    skips: str | None = one_of(*CHOICES["skips"])
    sample_rate: int | None = whole(22050, 96000)  # Hz
    seconds: float | None = number(0.25, 4.0)  # length of a sound
    dims: int | None = whole(2, 1024)
    encoder_channels: tuple[int, ...] | None = wholes(1, 4096)  # of the U-Net, as in VaeConfig
    encoder_blocks: tuple[int, ...] | None = wholes(0, 64)
    sigma_channels: tuple[int, ...] | None = wholes(1, 4096)
    sigma_blocks: tuple[int, ...] | None = wholes(0, 64)
    decoder_channels: tuple[int, ...] | None = wholes(1, 4096)
    decoder_blocks: tuple[int, ...] | None = wholes(0, 64)
    simple_channels: tuple[int, ...] | None = wholes(1, 4096)
    # The budget: a run ends with the one that is spent first.
    epochs: int | None = whole(1, 1_000_000)  # as many sounds as there are to train on, over and over
    steps: int | None = whole(1, 100_000_000)
    minutes: float | None = number(0.01, 100_000.0)
    # A step.
    batch: int | None = whole(1, 4096)  # sounds that are in memory at a time
    accumulation: int | None = whole(1, 1024)  # batches whose gradients make one step
    synthetic: float | None = number(0.0, 1.0)  # share of a batch
    precision: str | None = one_of("fp32", "bf16")
    augment: bool | None = yes_or_no()  # vary the sounds
    weight_decay: float | None = number(0.0, 1.0)
    clip: float | None = number(1e-3, 1000.0)  # norm of the gradient
    average: float | None = number(0.0, 0.99999)  # how much of the running average of the weights stays
    # The learning rate.
    learning_rate: float | None = number(1e-6, 0.1)
    schedule: str | None = one_of("cosine", "plateau")
    patience: int | None = whole(1, 100_000)  # epochs without a better validation until a plateau is one
    factor: float | None = number(0.05, 0.95)  # of the rate, after a plateau
    early_stop: int | None = whole(0, 100_000)  # epochs without a better validation until the run ends; 0: never
    bands: float | None = number(0.0, 100.0)  # weight of a neper of energy in mel bands
    # What a nat of z costs.
    beta: float | None = number(0.0, 1.0)
    beta_warm_up: float | None = number(0.0, 1.0)  # share of the run, or of a cycle, until beta is reached
    cycles: int | None = whole(1, 1000)  # how often beta begins anew (Fu et al. 2019)
    free_bits: float | None = number(0.0, 10.0)  # per dim

    def override(self, **given: object) -> Self:
        """The recipe with what is `given` and not None in its place; a budget takes the place of every other."""
        said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if not said.keys().isdisjoint(BUDGET):
            said = dict.fromkeys(BUDGET) | said
        return replace(self, **said)

    def config(self) -> VaeConfig:
        """The network's shape. Raises ValueError where its lists do not fit together."""
        rate = self.sample_rate or VaeConfig.sample_rate
        n_fft, hop = spectrum_size(rate)
        frames = round((self.seconds or VaeConfig.frames / VaeConfig.sample_rate) * rate)
        return VaeConfig(frames=frames, n_fft=n_fft, hop=hop, **self._said(VaeConfig))

    def options(self, **run: Any) -> TrainOptions:
        """The options of a run by this recipe; `run` is what no recipe says: device, name, seed, ..."""
        return TrainOptions(config=self.config(), **self._said(TrainOptions), **run)

    def _said(self, kind: type) -> dict[str, Any]:
        """What this recipe says of the fields of a dataclass."""
        names = {entry.name for entry in fields(kind)}
        return {name: value for name, value in vars(self).items() if name in names and value is not None}


def load_recipe(name: str) -> Recipe:
    """The recipe that `--recipe NAME|FILE` means.

    Raises UsageError with file, line, key and the nearest right answer.
    """
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} and path.parent == Path("."):
        shipped = sorted(file.stem for file in RECIPES.glob("*.yaml"))
        if name not in shipped:
            raise UsageError(f"no recipe '{name}'{suggest(name, shipped)} (there are: {', '.join(shipped)})")
        path = RECIPES / f"{name}.yaml"
    recipe = Recipe(**read_values(path, Recipe))
    try:
        recipe.config()
    except ValueError as error:
        raise UsageError(f"{path.name}: {error}") from error
    return recipe
