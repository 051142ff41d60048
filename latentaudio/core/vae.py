"""The network: a variational autoencoder of one-shots, 1-D convolutions over spectrogram columns.

Activations are [batch, column, channel]. Encoder and decoder are lists of stages at mirrored time scales (352, 88
and 22 columns by default): `encoder.mean.stages[i]` and `decoder.stages[-1 - i]` work on the same columns.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentaudio.core.blocks import Down, Stage, Up
from latentaudio.core.stft import InverseStft, stft


@dataclass(frozen=True)
class VaeConfig:
    """The shape of the network. The defaults hold 7.3 M parameters: a file of 15 MB."""

    sample_rate: int = 44100  # Hz
    frames: int = 44100  # length of every sound
    dims: int = 128  # of the latent z
    n_fft: int = 512  # of the encoder's input and of the head
    hop: int = 128  # frames between spectrogram columns; divides n_fft
    stride: int = 4  # columns of one stage over columns of the next coarser
    encoder_channels: tuple[int, ...] = (192, 224, 256)  # finest stage first
    encoder_blocks: tuple[int, ...] = (2, 3, 2)
    sigma_channels: tuple[int, ...] = (64, 96, 128)  # the network of the log-variance: a tenth of the mean's
    sigma_blocks: tuple[int, ...] = (1, 1, 1)
    decoder_channels: tuple[int, ...] = (256, 224, 192)  # coarsest stage first
    decoder_blocks: tuple[int, ...] = (2, 2, 5)
    expansion: int = 2  # inner channels of a block over its outer ones
    condition: int = 256  # width of what FiLM sees of z
    logvar_floor: float = -6.0  # standard deviation of at least 0.05: no dim becomes a lookup key

    @property
    def coarse_columns(self) -> int:
        """Columns of the coarsest stage."""
        fine = self.frames // self.hop + 1
        return math.ceil(fine / self.finest_per_coarsest)

    @property
    def finest_per_coarsest(self) -> int:
        """Columns of the finest stage over those of the coarsest."""
        return math.prod([self.stride] * (len(self.decoder_channels) - 1))

    @property
    def columns(self) -> int:
        """Columns of the finest stage, a whole number of coarsest ones."""
        return self.coarse_columns * self.finest_per_coarsest


class Encoder(nn.Module):
    """From spectrogram columns to one value per latent dim. The VAE holds two: mean and log-variance."""

    def __init__(self, config: VaeConfig, channels: tuple[int, ...], blocks: tuple[int, ...]) -> None:
        super().__init__()
        features = 3 * (config.n_fft // 2 + 1)
        scales = [nn.Linear(features, channels[0])] + [
            Down(before, after, config.stride) for before, after in pairwise(channels)
        ]
        self.stages = nn.ModuleList(
            Stage(scale, width, count, config.expansion)
            for scale, width, count in zip(scales, channels, blocks, strict=True)
        )
        self.norm = nn.LayerNorm(channels[-1])
        self.head = nn.Linear(config.coarse_columns * channels[-1], config.dims)

    def forward(self, columns: Tensor) -> Tensor:
        """[batch, column, feature] to [batch, dims]."""
        for stage in self.stages:
            columns = stage(columns)
        return self.head(self.norm(columns).flatten(1))  # type: ignore[no-any-return]


class Decoder(nn.Module):
    """From z to audio: coarse columns made of z, refined stage by stage, then a spectrum, then its inverse."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        widths, bins = config.decoder_channels, config.n_fft // 2 + 1
        self.coarse_columns = config.coarse_columns
        self.condition = nn.Sequential(nn.Linear(config.dims, config.condition), nn.GELU())
        self.start = nn.Linear(config.dims, config.coarse_columns * widths[0])
        scales = [nn.Identity()] + [Up(before, after, config.stride) for before, after in pairwise(widths)]
        self.stages = nn.ModuleList(
            Stage(scale, width, count, config.expansion, config.condition)
            for scale, width, count in zip(scales, widths, config.decoder_blocks, strict=True)
        )
        self.norm = nn.LayerNorm(widths[-1])
        self.head = nn.Linear(widths[-1], 2 * bins)
        self.istft = InverseStft(config.n_fft, config.hop, config.columns, config.frames)
        nn.init.normal_(self.start.weight, std=config.dims**-0.5)
        nn.init.constant_(self.head.bias[:bins], -3.0)  # begin near silence, not with noise at full scale

    def forward(self, z: Tensor) -> Tensor:
        """[batch, dims] to audio [batch, frames] within -0.9..0.9."""
        condition = self.condition(z)
        x = self.start(z).reshape(z.shape[0], self.coarse_columns, -1)
        for stage in self.stages:
            x = stage(x, condition)
        log_magnitude, phase = self.head(self.norm(x)).chunk(2, dim=-1)
        # A sine at full scale has magnitude 128 (e^4.9) at n_fft 512; the bound keeps extreme z finite.
        magnitude = torch.exp(log_magnitude.clamp(max=7.0))
        spectrum = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
        return 0.9 * torch.tanh(self.istft(spectrum))


class Vae(nn.Module):
    """The whole model: `encode` audio to a normal distribution over z, `decode` z to audio."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = nn.ModuleDict(
            {
                "mean": Encoder(config, config.encoder_channels, config.encoder_blocks),
                "logvar": Encoder(config, config.sigma_channels, config.sigma_blocks),
            }
        )
        self.decoder = Decoder(config)
        self.window: Tensor
        self.register_buffer("window", torch.hann_window(config.n_fft), persistent=False)

    def columns(self, audio: Tensor) -> Tensor:
        """What the encoder sees of `audio` [batch, frames]: [batch, column, 3 * bins].

        Real and imaginary part with the magnitude to the power 0.4, and log-magnitude: compressed, a quiet tail
        is heard beside its onset.
        """
        spectrum = torch.view_as_real(stft(audio, self.window, self.config.hop, self.config.columns))
        magnitude = spectrum.square().sum(-1).add(1e-10).sqrt()
        compressed = spectrum * magnitude.pow(-0.6).unsqueeze(-1)
        loudness = magnitude.add(1e-3).log() / 5.0  # about -1.4..1
        return torch.cat([compressed[..., 0], compressed[..., 1], loudness], dim=-1)

    def encode(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance, each [batch, dims], of `audio` [batch, frames]."""
        columns = self.columns(audio)
        raw, floor = self.encoder["logvar"](columns), self.config.logvar_floor
        return self.encoder["mean"](columns), floor + functional.softplus(raw - floor)

    def decode(self, z: Tensor) -> Tensor:
        """Audio [batch, frames] within -0.9..0.9 of `z` [batch, dims]."""
        return self.decoder(z)  # type: ignore[no-any-return]
