"""The flagship: 1-D convolutions over spectrogram columns, 352, 88 and 22 a second by default."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from latentaudio.core.blocks import Down, Stage, Up
from latentaudio.core.coders import Decoder, Encoder
from latentaudio.core.stft import InverseStft, stft
from latentaudio.core.vae_config import VaeConfig


class Spectrogram(nn.Module):
    """What the encoder sees of a sound.

    Real and imaginary part with the magnitude to the power 0.4, and log-magnitude: compressed, a quiet tail
    is heard beside its onset.
    """

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.hop, self.count = config.hop, config.columns
        self.window: Tensor
        self.register_buffer("window", torch.hann_window(config.n_fft), persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        """[batch, frames] to [batch, column, 3 * bins]."""
        spectrum = torch.view_as_real(stft(audio, self.window, self.hop, self.count))
        magnitude = spectrum.square().sum(-1).add(1e-10).sqrt()
        compressed = spectrum * magnitude.pow(-0.6).unsqueeze(-1)
        loudness = magnitude.add(1e-3).log() / 5.0  # about -1.4..1
        return torch.cat([compressed[..., 0], compressed[..., 1], loudness], dim=-1)


def encoders(config: VaeConfig) -> tuple[Encoder, Encoder]:
    """The networks of the mean and of the log-variance."""
    mean = _encoder(config, config.encoder_channels, config.encoder_blocks)
    return mean, _encoder(config, config.sigma_channels, config.sigma_blocks)


def _encoder(config: VaeConfig, widths: tuple[int, ...], blocks: tuple[int, ...]) -> Encoder:
    features = 3 * (config.n_fft // 2 + 1)
    scales = [nn.Linear(features, widths[0])] + [
        Down(before, after, config.stride) for before, after in pairwise(widths)
    ]
    stages = [
        Stage(scale, width, count, config.expansion, kind=config.blocks)
        for scale, width, count in zip(scales, widths, blocks, strict=True)
    ]
    return Encoder(config, stages, widths[-1])


class UNetDecoder(Decoder):
    """Coarse columns, made of z, refined under FiLM of z into a spectrum, then its inverse."""

    def __init__(self, config: VaeConfig) -> None:
        widths, bins = config.decoder_channels, config.n_fft // 2 + 1
        scales = [nn.Identity()] + [Up(before, after, config.stride) for before, after in pairwise(widths)]
        stages = [
            Stage(scale, width, count, config.expansion, config.condition, config.blocks)
            for scale, width, count in zip(scales, widths, config.decoder_blocks, strict=True)
        ]
        super().__init__(config, stages, widths, config.encoder_channels[::-1])
        self.condition = nn.Sequential(nn.Linear(config.dims, config.condition), nn.GELU())
        self.norm = nn.LayerNorm(widths[-1])
        self.head = nn.Linear(widths[-1], 2 * bins)
        self.istft = InverseStft(config.n_fft, config.hop, config.columns, config.frames)
        # A sine at full scale has magnitude n_fft / 4 (e^4.9 at 512); the bound keeps extreme z finite.
        self.loudest = 7.0 + math.log(config.n_fft / 512)
        nn.init.constant_(self.head.bias[:bins], -3.0)  # begin near silence, not with noise at full scale

    def sound(self, x: Tensor) -> Tensor:
        """The finest columns [batch, column, channel] to audio [batch, frames] within -0.9..0.9."""
        log_magnitude, phase = self.head(self.norm(x)).chunk(2, dim=-1)
        magnitude = torch.exp(log_magnitude.clamp(max=self.loudest))
        spectrum = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
        return 0.9 * torch.tanh(self.istft(spectrum))
