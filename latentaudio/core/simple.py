"""The simple network: strided convolutions between waveform and z, no spectra, no residual blocks.

The original's SimpleVAE in spirit: kernels of 9, strides of 4, 32 to 256 channels. Two more stages of 256 take the
place of its dense layers, which held 97 % of 343.7 M weights: 11 columns a second are left instead of 173.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentaudio.core.blocks import Stage
from latentaudio.core.coders import Decoder, Encoder
from latentaudio.core.vae_config import VaeConfig

KERNEL = 9  # of the encoder, in columns
SIGMA = 4  # channels of the mean's network over those of the log-variance's


class Waveform(nn.Module):
    """What the encoder sees of a sound: its frames, as columns of one channel."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.missing = config.columns - config.frames

    def forward(self, audio: Tensor) -> Tensor:
        """[batch, frames] to [batch, column, 1], silence at the end."""
        return functional.pad(audio, (0, self.missing)).unsqueeze(-1)


class ConvDown(nn.Module):
    """A strided convolution over `stride` times fewer columns."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(channels_in, channels, KERNEL, stride, KERNEL // 2)
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, columns, channels_in] to [batch, columns / stride, channels]."""
        return functional.gelu(self.norm(self.convolve(x.transpose(1, 2)).transpose(1, 2)))


class ConvUp(nn.Module):
    """A transposed convolution over `stride` times more columns.

    The kernel is twice the stride: where it is no multiple, the overlaps are uneven and whistle (Odena et al. 2016).
    """

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.convolve = nn.ConvTranspose1d(channels_in, channels, 2 * stride, stride, stride // 2)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, columns, channels_in] to [batch, columns * stride, channels]."""
        return functional.gelu(self.convolve(x.transpose(1, 2)).transpose(1, 2))


def encoders(config: VaeConfig) -> tuple[Encoder, Encoder]:
    """The networks of the mean and of the log-variance."""
    narrow = tuple(max(1, width // SIGMA) for width in config.simple_channels)
    return _encoder(config, config.simple_channels), _encoder(config, narrow)


def _encoder(config: VaeConfig, widths: tuple[int, ...]) -> Encoder:
    stages = [Stage(ConvDown(before, after, config.stride)) for before, after in pairwise((1, *widths))]
    return Encoder(config, stages, widths[-1])


class SimpleDecoder(Decoder):
    """Coarse columns, made of z, convolved up to frames."""

    def __init__(self, config: VaeConfig) -> None:
        widths = config.simple_channels[::-1]
        scales = [nn.GELU()] + [ConvUp(before, after, config.stride) for before, after in pairwise(widths)]
        super().__init__(config, [Stage(scale) for scale in scales], widths, widths)
        self.frames = config.frames
        self.head = nn.ConvTranspose1d(widths[-1], 1, 2 * config.stride, config.stride, config.stride // 2)
        nn.init.normal_(self.head.weight, std=0.01)  # begin near silence

    def sound(self, x: Tensor) -> Tensor:
        """The finest columns [batch, column, channel] to audio [batch, frames] within -0.9..0.9."""
        return 0.9 * torch.tanh(self.head(x.transpose(1, 2))[:, 0, : self.frames])
