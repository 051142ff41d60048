"""What both networks share: stages between audio and z. Activations are [batch, column, channel].

Encoder and decoder stages mirror each other: `encoder.stages[i]` and `decoder.stages[-1 - i]` work on the same
columns.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from latentaudio.core.blocks import Stage
from latentaudio.core.skips import SkipGenerator
from latentaudio.core.vae_config import VaeConfig


class Encoder(nn.Module):
    """From columns to one value per latent dim. The VAE holds two: mean and log-variance."""

    def __init__(self, config: VaeConfig, stages: Iterable[Stage], channels: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.norm = nn.LayerNorm(channels)
        self.head = nn.Linear(config.coarse_columns * channels, config.dims)

    def forward(self, columns: Tensor) -> Tensor:
        """[batch, column, feature] to [batch, dims]."""
        return self.point(self.features(columns)[-1])

    def features(self, columns: Tensor) -> list[Tensor]:
        """What each stage makes of `columns`, finest first, each [batch, column, channel]."""
        seen = []
        for stage in self.stages:
            columns = stage(columns)
            seen.append(columns)
        return seen

    def point(self, coarsest: Tensor) -> Tensor:
        """The last of `features` to [batch, dims]."""
        return self.head(self.norm(coarsest).flatten(1))  # type: ignore[no-any-return]


class Decoder(nn.Module):
    """From z to audio: coarse columns made of z and refined stage by stage. How they sound is the network's own.

    `encoder_widths` are the channels of the mean encoder's stages, coarsest first.
    """

    def __init__(self, config: VaeConfig, stages: list[Stage], widths: tuple[int, ...],
                 encoder_widths: tuple[int, ...]) -> None:  # fmt: skip
        super().__init__()
        self.coarse_columns = config.coarse_columns
        self.condition: nn.Module | None = None
        self.start = nn.Linear(config.dims, config.coarse_columns * widths[0])
        self.stages = nn.ModuleList(stages)
        self.skips: SkipGenerator | None = None
        self.joins = nn.ModuleList()
        if config.skips == "generated":
            self.skips = SkipGenerator(config, encoder_widths)
            self.joins = nn.ModuleList(map(nn.Linear, encoder_widths, widths))
        nn.init.normal_(self.start.weight, std=config.dims**-0.5)

    def forward(self, z: Tensor, skips: list[Tensor] | None = None) -> Tensor:
        """[batch, dims] to audio [batch, frames] within -0.9..0.9.

        `skips`, one per stage, stand in for the generated ones in training.
        """
        return self.sound(self.refine(z, skips).float())

    def refine(self, z: Tensor, skips: list[Tensor] | None = None) -> Tensor:
        """[batch, dims] to the finest columns [batch, column, channel], in whatever precision the blocks have."""
        z = z.to(self.start.weight.dtype)
        condition = None if self.condition is None else self.condition(z)
        if skips is None and self.skips is not None:
            skips = self.skips(z)
        x = self.start(z).reshape(z.shape[0], self.coarse_columns, -1)
        for index, stage in enumerate(self.stages):
            x = stage(x, condition, None if skips is None else self.joins[index](skips[index]))
        return x  # type: ignore[no-any-return]

    def shorten(self, dtype: torch.dtype) -> None:
        """Keep the weights of all that `refine` does in `dtype`; phases and samples stay in single precision."""
        for part in (self.start, self.condition, self.stages, self.skips, self.joins):
            if part is not None:
                part.to(dtype)

    def sound(self, x: Tensor) -> Tensor:
        """The finest columns [batch, column, channel] to audio [batch, frames] within -0.9..0.9."""
        raise NotImplementedError
