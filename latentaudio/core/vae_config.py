"""The shape of a network, as plain numbers; runs on any thread."""

import math
from dataclasses import dataclass

CHOICES = {
    "network": ("unet", "simple"),
    "blocks": ("convnext", "resblock"),
    "skips": ("none", "generated"),
}
STAGES = ("encoder_channels", "encoder_blocks", "sigma_channels", "sigma_blocks", "decoder_channels", "decoder_blocks")


@dataclass(frozen=True)
class VaeConfig:
    """The shape of the network. The defaults hold 7.3 M parameters: a file of 15 MB.

    Raises ValueError for a choice that does not exist, and for lists that do not fit together.
    """

    sample_rate: int = 44100  # Hz
    frames: int = 44100  # length of every sound
    dims: int = 128  # of the latent z
    network: str = "unet"  # over spectrogram columns; or simple: plain convolutions over the waveform
    blocks: str = "convnext"  # or resblock: of the U-Net, and of what makes the skips
    skips: str = "none"  # or generated: made from z, trained towards what the encoder sees at the same place
    skip_channels: int = 96  # most inner channels of what makes the skips
    stride: int = 4  # columns of one stage over columns of the next coarser
    logvar_floor: float = -6.0  # standard deviation of at least 0.05: no dim becomes a lookup key
    # Of the U-Net.
    n_fft: int = 512  # of the encoder's input and of the head; `spectrum_size` fits it to a sample rate
    hop: int = 128  # frames between spectrogram columns; divides n_fft
    encoder_channels: tuple[int, ...] = (192, 224, 256)  # finest stage first
    encoder_blocks: tuple[int, ...] = (2, 3, 2)
    sigma_channels: tuple[int, ...] = (64, 96, 128)  # the network of the log-variance: a tenth of the mean's
    sigma_blocks: tuple[int, ...] = (1, 1, 1)
    decoder_channels: tuple[int, ...] = (256, 224, 192)  # coarsest stage first
    decoder_blocks: tuple[int, ...] = (2, 2, 5)
    expansion: int = 2  # inner channels of a convnext block over its outer ones
    condition: int = 256  # width of what FiLM sees of z
    # Of the simple network.
    simple_channels: tuple[int, ...] = (32, 64, 128, 256, 256, 256)  # finest stage first

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}, not '{getattr(self, name)}'")
        if len({len(getattr(self, name)) for name in STAGES}) > 1:
            raise ValueError(f"{', '.join(STAGES)} must be as long as one another: one entry for each stage")

    @property
    def coarse_columns(self) -> int:
        """Columns of the coarsest stage."""
        fine = self.frames if self.network == "simple" else self.frames // self.hop + 1
        return math.ceil(fine / self.finest_per_coarsest)

    @property
    def finest_per_coarsest(self) -> int:
        """Columns that the encoder is given over those of the coarsest stage."""
        simple = self.network == "simple"
        return int(self.stride ** (len(self.simple_channels) if simple else len(self.decoder_channels) - 1))

    @property
    def columns(self) -> int:
        """Columns that the encoder is given, a whole number of coarsest ones."""
        return self.coarse_columns * self.finest_per_coarsest


def spectrum_size(sample_rate: int) -> tuple[int, int]:
    """n_fft and hop at a rate: the powers of two nearest to 11.6 and 2.9 ms, 512 and 128 at 44.1 and 48 kHz.

    A column then lasts as long at any rate, so a second costs the same but for the wider spectra.
    """
    n_fft = 2 ** round(math.log2(512 * sample_rate / 44100))
    return n_fft, n_fft // 4
