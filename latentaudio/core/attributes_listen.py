"""What a network's points sound like, in evened descriptors, and how that changes. On the caller's thread."""

from dataclasses import dataclass

import torch
from torch import Tensor

from latentaudio.core.checkpoint import Model
from latentaudio.core.descriptors import describe_sounds, evened

BATCH = {"cuda": 64}  # sounds at once, by device


@torch.inference_mode()
def listen(model: Model, points: Tensor) -> Tensor:
    """Evened descriptors of `points` [n, dims] decoded, [n, descriptors], on the CPU."""
    return torch.cat([_described(model, part) for part in _parts(model, points)]).cpu()


def gradients(model: Model, points: Tensor) -> Tensor:
    """How the evened descriptors of `points` [n, dims] change with each dim, [n, descriptors, dims], on the CPU.

    A gradient that is not finite (a descriptor of silence) is 0.
    """
    with torch.inference_mode(False), torch.enable_grad():
        found = [_gradients(model, part) for part in _parts(model, points)]
    return torch.cat(found).nan_to_num(0.0, 0.0, 0.0).cpu()


def _gradients(model: Model, points: Tensor) -> Tensor:
    place = points.clone().requires_grad_(True)
    columns = _described(model, place).sum(0).unbind()  # no sound's descriptors depend on another's point
    return torch.stack([torch.autograd.grad(column, place, retain_graph=True)[0] for column in columns], 1)


def _described(model: Model, points: Tensor) -> Tensor:
    return evened(describe_sounds(model.vae.decoder(points), model.vae.config.sample_rate))


def _parts(model: Model, points: Tensor) -> tuple[Tensor, ...]:
    device = next(model.vae.parameters()).device
    return torch.split(points.to(device), BATCH.get(device.type, 16))


@dataclass(frozen=True)
class Places:
    """Random points where a player may be. Seeded."""

    model: Model
    generator: torch.Generator

    def draws(self, count: int) -> Tensor:
        """Points [count, dims] of the fitted posterior."""
        noise = torch.randn(count, len(self.model.mean), generator=self.generator)
        return self.model.mean + noise @ self.model.scale.T

    def library(self, count: int) -> Tensor:
        """Points [at most count, dims] of the library, no sound twice."""
        order = torch.randperm(len(self.model.latents), generator=self.generator)
        return self.model.latents[order[:count]]

    def between(self, count: int) -> Tensor:
        """Points [count, dims] on the straight line between two sounds of the library: where maps and morphs go."""
        a, b = self.model.latents[torch.randint(len(self.model.latents), (2, count), generator=self.generator)]
        return torch.lerp(a, b, torch.rand(count, 1, generator=self.generator))
