"""Skips that do not cheat: what a decoder could take from the encoder is made from z instead.

There is no encoder when the instrument plays. So a generator, fed by z, learns to make what the encoder sees at the
same place, and in training the decoder is weaned: first it gets the encoder's features, at last only the generated
ones. Lists of features go from the coarsest stage to the finest, each [batch, column, channel].
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentaudio.core.blocks import Stage, Up
from latentaudio.core.vae_config import VaeConfig

SWAP_FROM, SWAP_UNTIL = 0.05, 0.4  # of a run: the encoder must have something to say, and the rest is left to polish


class SkipGenerator(nn.Module):
    """A slim decoder of its own that stops at features. It needs a hundredth of the dense layers it replaces."""

    def __init__(self, config: VaeConfig, widths: tuple[int, ...]) -> None:
        super().__init__()
        slim = [min(config.skip_channels, width) for width in widths]
        self.coarse_columns = config.coarse_columns
        self.condition = nn.Sequential(nn.Linear(config.dims, config.condition), nn.GELU())
        self.start = nn.Linear(config.dims, config.coarse_columns * slim[0])
        scales = [nn.Identity()] + [Up(before, after, config.stride) for before, after in pairwise(slim)]
        self.stages = nn.ModuleList(
            Stage(scale, width, 1, config.expansion, config.condition, config.blocks)
            for scale, width in zip(scales, slim, strict=True)
        )
        self.heads = nn.ModuleList(map(nn.Linear, slim, widths))

    def forward(self, z: Tensor) -> list[Tensor]:
        """Features for every stage of the decoder, of `z` [batch, dims]."""
        condition = self.condition(z)
        x = self.start(z).reshape(z.shape[0], self.coarse_columns, -1)
        made = []
        for stage, head in zip(self.stages, self.heads, strict=True):
            x = stage(x, condition)
            made.append(head(x))
        return made


def targets(features: list[Tensor]) -> list[Tensor]:
    """The encoder's `features` (finest first) as skips: coarsest first, each column of unit variance.

    So their size is known, and the encoder cannot please the generator by whispering.
    """
    return [functional.layer_norm(feature, feature.shape[-1:]) for feature in reversed(features)]


def consistency(generated: list[Tensor], wanted: list[Tensor]) -> Tensor:
    """How far generated skips are from the encoder's: squared error plus cosine distance, mean over stages.

    The encoder is never moved towards the generator. 2 for skips that know nothing.
    """
    terms = []
    for made, goal in zip(generated, wanted, strict=True):
        goal = goal.detach()
        cosine = functional.cosine_similarity(made, goal, dim=-1)
        terms.append((made - goal).square().mean() + 1.0 - cosine.mean())
    return torch.stack(terms).mean()


def mix(generated: list[Tensor], wanted: list[Tensor], share: Tensor) -> list[Tensor]:
    """Generated skips for a random `share` (scalar, 0..1) of the batch's sounds, the encoder's for the others."""
    chosen = torch.rand(len(generated[0]), 1, 1, device=share.device) < share
    return [torch.where(chosen, made, goal) for made, goal in zip(generated, wanted, strict=True)]


def generated_share(spent: float) -> float:
    """The share of sounds with generated skips, at a share 0..1 of the run: none at first, at last all."""
    return min(1.0, max(0.0, (spent - SWAP_FROM) / (SWAP_UNTIL - SWAP_FROM)))
