"""What a run sounds like so far. On the caller's thread."""

import torch
from torch import Tensor

from latentaudio.core.dataset import Dataset, to_float
from latentaudio.core.evaluate_sounds import mel_db
from latentaudio.core.library import fit_posterior
from latentaudio.core.step import TrainStep
from latentaudio.core.vae import Vae

BATCH = 32
VALIDATED = 256  # held-out sounds at most
LEARNED = 32  # training sounds, where none are held out
NEIGHBOURS = 64  # training sounds whose points say where draws lie
DRAWS = 8
SHOWN = 4  # pairs of a held-out sound and its reconstruction


class Audition:
    """The network with the running average of its weights, a copy beside the one in training.

    The one in training may be a captured CUDA graph: its mode and its weights are left alone. Nothing here draws from
    the run's random numbers, so it trains the same, listened to or not.
    """

    def __init__(self, step: TrainStep, learned: Dataset, held_out: Dataset) -> None:
        self._step = step
        with torch.random.fork_rng(devices=[]):
            self.vae = Vae(step.vae.config)
            self._noise = torch.randn(
                DRAWS, step.vae.config.dims, generator=torch.Generator().manual_seed(step.options.seed)
            )
        self.vae.requires_grad_(False).to(step.device).eval()
        self.split = "valid" if held_out.sounds else "train"
        self._judged = spread_over(held_out, VALIDATED) if held_out.sounds else spread_over(learned, LEARNED)
        self._learned = spread_over(learned, NEIGHBOURS)

    def catch_up(self) -> None:
        """Take over the running average as it is now."""
        weights = self._step.vae.state_dict() | self._step.average  # frozen parts have no average
        self.vae.load_state_dict(weights)

    @torch.inference_mode()
    def error(self) -> float:
        """Mean mel dB over the sounds that are not trained on; where there are none, over some that are."""
        rate = self.vae.config.sample_rate
        errors = [
            mel_db(self.vae.decode(self._points(real)), real, rate)
            for real in (to_float(part.to(self._step.device)) for part in torch.split(self._judged, BATCH))
        ]
        return float(torch.cat(errors).mean())

    @torch.inference_mode()
    def draws(self) -> Tensor:
        """`DRAWS` sounds of random points [DRAWS, frames], on the CPU: the same noise each time, to hear them grow."""
        real = to_float(self._learned.to(self._step.device))
        points = torch.cat([self._points(part) for part in torch.split(real, BATCH)]).cpu()
        mean, scale = fit_posterior(points, torch.full((len(points),), 1.0 / len(points)))
        return self.vae.decode((mean + self._noise @ scale.T).to(self._step.device)).cpu()

    @torch.inference_mode()
    def pairs(self) -> tuple[Tensor, Tensor]:
        """Up to `SHOWN` sounds as they are and as they are decoded, each [n, frames], on the CPU."""
        real = to_float(self._judged[:SHOWN].to(self._step.device))
        return real.cpu(), self.vae.decode(self._points(real)).cpu()

    def _points(self, real: Tensor) -> Tensor:
        return self.vae.encode(real)[0]


def spread_over(dataset: Dataset, most: int) -> Tensor:
    """Up to `most` sounds, evenly spread over `dataset`: 16-bit samples [n, frames]."""
    index = torch.linspace(0, len(dataset.sounds) - 1, min(most, len(dataset.sounds))).round().long()
    return torch.from_numpy(dataset.take(index.tolist()).audio)
