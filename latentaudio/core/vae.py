"""The network: a variational autoencoder of one-shots, in two kinds behind one interface."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentaudio.core import simple, skips, unet
from latentaudio.core.coders import Decoder, Encoder
from latentaudio.core.vae_config import VaeConfig

__all__ = ["Reconstruction", "Vae", "VaeConfig"]


@dataclass(frozen=True)
class Reconstruction:
    """A batch of sounds as training hears it."""

    audio: Tensor  # [batch, frames], decoded from z
    mean: Tensor  # [batch, dims]
    logvar: Tensor  # [batch, dims]
    z: Tensor  # [batch, dims], drawn from mean and log-variance
    inconsistency: Tensor  # scalar: how far generated skips are from the encoder's, 0..2; 0 without skips


class Vae(nn.Module):
    """The whole model: `encode` audio to a normal distribution over z, `decode` z to audio.

    Calling it does both as training wants it. `encoder["mean"]` and `decoder` mirror each other, stage by stage.
    """

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.precision = torch.float32
        self.columns: nn.Module  # of audio [batch, frames], what the encoder sees: [batch, column, feature]
        if config.network == "unet":
            self.columns = unet.Spectrogram(config)
            mean, logvar = unet.encoders(config)
            self.decoder: Decoder = unet.UNetDecoder(config)
        else:
            self.columns = simple.Waveform(config)
            mean, logvar = simple.encoders(config)
            self.decoder = simple.SimpleDecoder(config)
        self.encoder = nn.ModuleDict({"mean": mean, "logvar": logvar})
        self.weaned: Tensor
        self.register_buffer("weaned", torch.ones(()), persistent=False)  # share of sounds with generated skips

    def encode(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance, each [batch, dims], of `audio` [batch, frames]."""
        columns = self.columns(audio)
        return self.encoder["mean"](columns), self._logvar(columns)

    def short(self) -> torch.autocast:
        """Where matrices are multiplied in `precision`, in training; spectra and samples never are."""
        return torch.autocast(self.weaned.device.type, self.precision, enabled=self.precision != torch.float32)

    def decode(self, z: Tensor) -> Tensor:
        """Audio [batch, frames] within -0.9..0.9 of `z` [batch, dims]."""
        with self.short():
            x = self.decoder.refine(z)
        return self.decoder.sound(x.float())

    def wean(self, spent: float) -> None:
        """Set how many sounds of a batch do without the encoder's skips, at a share 0..1 of the run.

        A tensor in place: a captured CUDA graph goes on reading it.
        """
        self.weaned.fill_(skips.generated_share(spent))

    def forward(self, audio: Tensor) -> Reconstruction:
        """Encode `audio` [batch, frames], draw a point for each sound, decode it."""
        columns = self.columns(audio)
        encoder = cast(Encoder, self.encoder["mean"])
        with self.short():
            features = encoder.features(columns)
            mean, logvar = encoder.point(features[-1]).float(), self._logvar(columns)
            z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
            if self.decoder.skips is None:
                x, inconsistency = self.decoder.refine(z), z.new_zeros(())
            else:
                made, wanted = self.decoder.skips(z), skips.targets(features)
                x = self.decoder.refine(z, skips.mix(made, wanted, self.weaned))
                inconsistency = skips.consistency(made, wanted)
        return Reconstruction(self.decoder.sound(x.float()), mean, logvar, z, inconsistency)

    def _logvar(self, columns: Tensor) -> Tensor:
        raw, floor = self.encoder["logvar"](columns).float(), self.config.logvar_floor
        return floor + functional.softplus(raw - floor)
