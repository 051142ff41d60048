"""A point moved by gradient steps until the decoder makes of it what is wanted. On the caller's thread."""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentaudio.core.audio import Audio, one_shot
from latentaudio.core.checkpoint import Model
from latentaudio.core.losses import SpectralLoss

STEPS = 300  # by default; a third of them brings nearly all of it
# Of Adam, falling to nothing over the steps. Of 0.02, 0.05 and 0.1, and of steps in the posterior's own coordinates,
# this came closest after 20, 50 and 100 steps.
RATE = 0.05
BANDS = 3.0  # weight of mel bands; with 1, ten held-out kicks came to 1.72 mel dB for 1.59, onsets to 4.0 for 3.5
PULL = 0.02  # of the mean square of the posterior's coordinates, against a loss of some 0.7: a walk goes on from there


class Match:
    """The search for the point that sounds like one sound; `latent` is the best so far, `loss` how far it is off."""

    def __init__(self, model: Model, audio: Audio, rate: int, start: NDArray[np.float32] | None = None,
                 steps: int = STEPS) -> None:  # fmt: skip
        """Listen to `audio` [frames] at `rate` Hz as training would, and begin at `start` [dims].

        Without `start` the search begins where the encoder puts the sound. Raises DataError for what holds none.
        """
        self._vae, config = model.vae, model.vae.config
        device = next(model.vae.parameters()).device
        shot = one_shot(audio, rate, config.sample_rate, config.frames)
        self._target = torch.from_numpy(np.pad(shot, (0, config.frames - shot.size))).to(device).unsqueeze(0)
        self._distance = SpectralLoss(config.sample_rate, config.frames, BANDS).to(device)
        whiten = torch.linalg.solve_triangular(model.scale, torch.eye(config.dims), upper=False)
        self._mean, self._whiten = model.mean.to(device), whiten.T.to(device)
        if start is None:
            with torch.no_grad():
                z = self._vae.encode(self._target)[0]
        else:
            z = torch.from_numpy(np.asarray(start, np.float32).copy()).to(device).unsqueeze(0)
        self._z = z.clone().requires_grad_()
        self._adam = Adam(self._z)
        self._steps, self._done = steps, 0
        self.latent, self.loss = z[0].cpu().numpy().copy(), math.inf

    @property
    def left(self) -> int:
        """Steps that are still to be done."""
        return self._steps - self._done

    def step(self) -> None:
        """Hear the present point, keep it if none was closer, and move on."""
        with torch.enable_grad():
            loss = torch.stack(list(self._distance(self._vae.decode(self._z), self._target).values())).sum()
            whitened = (self._z - self._mean) @ self._whiten
            (gradient,) = torch.autograd.grad(loss + PULL * whitened.square().mean(), self._z)
        heard = float(loss.detach())
        if heard < self.loss:
            self.latent, self.loss = self._z.detach()[0].cpu().numpy().copy(), heard
        self._adam.step(gradient, RATE * 0.5 * (1.0 + math.cos(math.pi * self._done / self._steps)))
        self._done += 1


def matched(model: Model, audio: Audio, rate: int, steps: int, progress: Callable[[int, int], object]) -> Audio:
    """What the model can make that sounds closest to `audio` [frames] at `rate` Hz: [model frames], at its own rate.

    `progress` hears of every step. Raises DataError for what holds no sound.
    """
    search = Match(model, audio, rate, steps=steps)
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads - 1))  # on 2 cores with other work, both took 230 ms a step, one 80 ms
    try:
        while search.left:
            search.step()
            progress(steps - search.left, steps)
    finally:
        torch.set_num_threads(threads)
    z = torch.from_numpy(search.latent).to(next(model.vae.parameters()).device)
    with torch.no_grad():
        decoded: Audio = model.vae.decode(z.unsqueeze(0))[0].cpu().numpy()
    return decoded


class Adam:
    """Kingma & Ba 2015, algorithm 1. torch's own imports its compiler, for which every decode would wait seconds."""

    def __init__(self, point: Tensor) -> None:
        """Moves `point` in place."""
        self._point, self._steps = point, 0
        self._slope, self._power = torch.zeros_like(point), torch.zeros_like(point)

    @torch.no_grad()
    def step(self, gradient: Tensor, rate: float) -> None:
        """Move against `gradient`, by about `rate` in each dim."""
        self._steps += 1
        self._slope.lerp_(gradient, 0.1)
        self._power.lerp_(gradient.square(), 0.001)
        slope, power = self._slope / (1.0 - 0.9**self._steps), self._power / (1.0 - 0.999**self._steps)
        self._point -= rate * slope / (power.sqrt() + 1e-8)
