"""What the networks are made of. Activations are [batch, column, channel]."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvNextBlock(nn.Module):
    """ConvNeXt block (Liu et al. 2022) in one dimension, with FiLM (Perez et al. 2018) where it has a condition."""

    def __init__(self, channels: int, expansion: int, condition: int = 0) -> None:
        super().__init__()
        self.across_time = nn.Conv1d(channels, channels, kernel_size=7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, elementwise_affine=not condition)
        self.film = nn.Linear(condition, 2 * channels) if condition else None
        self.expand = nn.Linear(channels, expansion * channels)
        self.contract = nn.Linear(expansion * channels, channels)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """[batch, column, channels] and a condition [batch, condition] to the same shape as the first."""
        y = self.norm(self.across_time(x.transpose(1, 2)).transpose(1, 2))
        y = modulate(y, self.film, condition)
        return x + self.contract(functional.gelu(self.expand(y)))  # type: ignore[no-any-return]


class ResBlock1d(nn.Module):
    """Two dense convolutions with the norm before them (He et al. 2016b), and FiLM where it has a condition.

    `expansion` is of the other kind of block: here the inner channels are as many as the outer ones.
    """

    def __init__(self, channels: int, expansion: int, condition: int = 0) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels, elementwise_affine=not condition)
        self.film = nn.Linear(condition, 2 * channels) if condition else None
        self.first = nn.Conv1d(channels, channels, kernel_size=3, padding=1)
        self.second = nn.Conv1d(channels, channels, kernel_size=3, padding=1)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """[batch, column, channels] and a condition [batch, condition] to the same shape as the first."""
        y = modulate(self.norm(x), self.film, condition)
        y = self.first(functional.gelu(y).transpose(1, 2))
        return x + self.second(functional.gelu(y)).transpose(1, 2)  # type: ignore[no-any-return]


def modulate(y: Tensor, film: nn.Module | None, condition: Tensor | None) -> Tensor:
    """`y` [batch, column, channels], each channel scaled and shifted as `film` makes of the condition."""
    if film is None:
        return y
    scale, shift = film(condition).unsqueeze(1).chunk(2, dim=-1)
    return torch.addcmul(shift, y, 1.0 + scale)


BLOCKS = {"convnext": ConvNextBlock, "resblock": ResBlock1d}


class Down(nn.Module):
    """Joins `stride` columns into one."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.join = nn.Linear(stride * channels_in, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, columns, channels_in] to [batch, columns / stride, channels]."""
        return self.join(x.reshape(x.shape[0], -1, self.stride * x.shape[2]))  # type: ignore[no-any-return]


class Up(nn.Module):
    """Splits each column into `stride`."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.split = nn.Linear(channels_in, stride * channels)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, columns, channels_in] to [batch, columns * stride, channels]."""
        return self.split(x).reshape(x.shape[0], self.stride * x.shape[1], -1)  # type: ignore[no-any-return]


class Stage(nn.Module):
    """What happens at one time scale: a change of scale, then blocks, of a `kind` of `BLOCKS`."""

    def __init__(self, scale: nn.Module, channels: int = 0, blocks: int = 0, expansion: int = 0, condition: int = 0,
                 kind: str = "convnext") -> None:  # fmt: skip
        super().__init__()
        self.scale = scale
        self.blocks = nn.ModuleList(BLOCKS[kind](channels, expansion, condition) for _ in range(blocks))

    def forward(self, x: Tensor, condition: Tensor | None = None, skip: Tensor | None = None) -> Tensor:
        """[batch, column, channel] of the scale before to [batch, column, channel] of this one.

        A `skip` has the shape of the result and is added before the blocks.
        """
        x = self.scale(x)
        if skip is not None:
            x = x + skip
        for block in self.blocks:
            x = block(x, condition)
        return x
