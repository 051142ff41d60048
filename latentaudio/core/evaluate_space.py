"""How even the way between two sounds is, and how much of the latent space is used. On the caller's thread.

The ways here are not those that are played (`latent.morph`): core imports nothing of latent, and what is measured is
the decoder between two codes as the literature takes them, about the origin and with no station near it.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from latentaudio.core.evaluate_sounds import log_mel
from latentaudio.core.losses import kl_per_dim

STEPS = 64
AMOUNTS = torch.linspace(0.0, 1.0, STEPS + 1).unsqueeze(1)
PAIRS = 16
ACTIVE = 0.01  # variance of a dim's means over sounds from which it counts as used


def linear(a: Tensor, b: Tensor, amount: Tensor) -> Tensor:
    """Points [steps, dims] on the straight line from `a` to `b` [dims], at `amount` [steps, 1], 0..1."""
    return torch.lerp(a, b, amount)


def slerp(a: Tensor, b: Tensor, amount: Tensor) -> Tensor:
    """The same along the great arc (Shoemake 1985; for latent spaces White 2016).

    Points far from the mean of a high-dimensional normal distribution lie on a shell, and the line cuts through it.
    """
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=0).clamp(-1.0, 1.0)
    angle = cosine.arccos()
    if float(angle.sin()) < 1e-4:  # no arc between them, or too many
        return linear(a, b, amount)
    return (((1.0 - amount) * angle).sin() * a + (amount * angle).sin() * b) / angle.sin()


PATHS = {"slerp": slerp, "linear": linear}


def pairs(count: int) -> Tensor:
    """Up to 16 pairs of different indices below `count`, [pairs, 2], always the same."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    return order[: 2 * min(PAIRS, count // 2)].reshape(-1, 2)


def smoothness(decode: Callable[[Tensor], Tensor], path: Tensor, rate: int) -> float:
    """The largest step over the mean step along `path` [steps + 1, dims], 1 or more; 1 is perfectly even.

    A step is the mean absolute difference of the log-mel spectra of two neighbours.
    """
    mel = torch.cat([log_mel(decode(part), rate) for part in torch.split(path, 16)])
    step = (mel[1:] - mel[:-1]).abs().mean((1, 2))
    return float(step.max() / step.mean().clamp_min(1e-9))


def active_dims(means: Tensor) -> int:
    """How many dims of encoder means [sounds, dims] tell sounds apart (Burda et al. 2016, section 5)."""
    return int((means.var(0) > ACTIVE).sum())


def total_kl(mean: Tensor, logvar: Tensor) -> float:
    """Nats that z says of a sound: sum over dims of the KL divergence from the prior, mean over sounds."""
    return float(kl_per_dim(mean, logvar).sum())
