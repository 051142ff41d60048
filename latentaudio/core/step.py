"""One whole training step on one device: draw and make sounds, vary, encode, decode, compare, descend, average.

On CUDA the step is captured once as a graph and replayed: launched one by one, its kernels keep the host busier
than the device (50 against 21 ms a step at batch 32 on an H100). So nothing here waits for the device, every
buffer stays in place, and what changes from step to step (learning rate, beta, averaging, how many sounds are
synthetic) lives in tensors.
"""

import math
import warnings

import torch
from torch import Tensor, nn

from latentaudio.core.augment import augment
from latentaudio.core.losses import SpectralLoss, free_bits, kl_per_dim, rise
from latentaudio.core.options import TrainOptions
from latentaudio.core.source import Source
from latentaudio.core.synth import random_kicks
from latentaudio.core.team import Team
from latentaudio.core.vae import Reconstruction, Vae

TERMS = ("loss", "convergence", "log-magnitude", "complex", "bands", "low band", "kl", "rise", "skips")  # kl in nats
BETAS = (0.9, 0.99)  # a shorter memory of squared gradients than the default: the loss's scale falls quickly
RISE_WEIGHT = 0.2  # of a dB
SKIP_WEIGHT = 0.3  # of generated skips' distance from the encoder's
DRAWN = 4  # sounds of a batch for each draw that is listened to: one for one, a step would take a third longer
TEMPERATURE = 1.25  # of the draws that must sound once: a little beyond what is drawn later
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}
EAGER_STEPS = 3  # on CUDA before the capture: they plan the FFTs and make the optimiser's state


class TrainStep:
    """The network, its running average and its optimiser, advanced by `run`.

    The share `options.synthetic` of a step's sounds, at most, are kicks made for it; the others come from `source`.
    """

    def __init__(
        self, vae: Vae, source: Source, options: TrainOptions, device: torch.device, team: Team | None = None
    ) -> None:
        """`options.batch` is what this process makes of a step; a `team` shares its gradients."""
        self.vae, self.options, self.device, self.team = vae, options, device, team or Team()
        vae.precision = PRECISIONS[options.precision]
        self.batch, self.synthetic = options.batch, round(options.synthetic * options.batch)
        self.parameters = {name: value for name, value in vae.named_parameters() if value.requires_grad}
        self.average = {name: value.detach().clone() for name, value in self.parameters.items()}
        cuda = device.type == "cuda"
        self.optimiser = torch.optim.AdamW(
            self.parameters.values(),
            lr=torch.zeros((), device=device) if cuda else 0.0,
            betas=BETAS,
            weight_decay=options.weight_decay,
            capturable=cuda,
            fused=cuda,
        )
        self.source = source
        self._distance = SpectralLoss(vae.config.sample_rate, vae.config.frames, options.bands, cuda).to(device)
        self._beta = torch.zeros((), device=device)
        self._keep = torch.zeros((), device=device)
        self._made = torch.zeros((), device=device)
        self._metrics = torch.zeros(len(TERMS), device=device)
        self._stream = torch.cuda.Stream() if cuda else None  # type: ignore[no-untyped-call]
        self._graph: torch.cuda.CUDAGraph | None = None
        self._eager_left = EAGER_STEPS if cuda else -1

    def run(self, learning_rate: float, beta: float, keep: float, synthetic: float) -> None:
        """One step, with `keep` (0..1) of the running average and `synthetic` (0..1) of the synthetic sounds."""
        group = self.optimiser.param_groups[0]
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(learning_rate)
        else:
            group["lr"] = learning_rate
        self._beta.fill_(beta)
        self._keep.fill_(keep)
        self._made.fill_(round(synthetic * self.synthetic))
        self.source.refill()
        if self._eager_left == 0:
            self._capture()
        self._eager_left -= 1
        if self._graph is not None:
            self._graph.replay()
        elif self._stream is not None:
            self._stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self._stream):
                self._compute()
            torch.cuda.current_stream().wait_stream(self._stream)
        else:
            self._compute()

    def metrics(self) -> dict[str, float]:
        """The last step's TERMS. Waits for the device."""
        return dict(zip(TERMS, self._metrics.tolist(), strict=True))

    def finite(self) -> bool:
        """Whether every weight is a number. Waits for the device."""
        return bool(torch.stack([value.isfinite().all() for value in self.parameters.values()]).all())

    @torch.no_grad()
    def use_average(self) -> None:
        """Put the running average in the network: what is evaluated and shipped."""
        for name, value in self.parameters.items():
            value.copy_(self.average[name])

    def _capture(self) -> None:
        graph = torch.cuda.CUDAGraph()
        self.optimiser.zero_grad(set_to_none=True)
        try:
            # Of other threads' calls no notice is taken: NCCL's watchdog goes on asking.
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                self._compute()
        except RuntimeError as error:
            warnings.warn(f"no CUDA graph of the step ({error}); training goes on slower", stacklevel=2)
            return
        self._graph = graph

    def _compute(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        for _ in range(self.options.accumulation):
            self._add_gradients()
        self.team.share([value.grad for value in self.parameters.values() if value.grad is not None])
        nn.utils.clip_grad_norm_(self.parameters.values(), self.options.clip)
        self.optimiser.step()
        self._follow()

    def _add_gradients(self) -> None:
        """Those of one batch."""
        audio = self._draw()
        if self.options.augment:
            audio = augment(audio, self.vae.config.sample_rate)
        heard: Reconstruction = self.vae(audio)
        terms = self._distance(heard.audio, audio)
        kl = kl_per_dim(heard.mean, heard.logvar)
        draws = self.vae.decode(wander(heard.z.detach(), max(1, self.batch // DRAWN)))
        rises = rise(draws, self.vae.config.sample_rate)
        loss = torch.stack(list(terms.values())).sum() + self._beta * free_bits(kl, self.options.free_bits)
        loss = loss + RISE_WEIGHT * rises + SKIP_WEIGHT * heard.inconsistency
        (loss / self.options.accumulation).backward()  # type: ignore[no-untyped-call]
        self._metrics.copy_(torch.stack([loss, *terms.values(), kl.sum(), rises, heard.inconsistency]).detach())

    def _draw(self) -> Tensor:
        """A batch of sounds [batch, frames], synthetic ones first; both kinds are always made, as shapes are fixed."""
        real = self.source.sounds(self.batch)
        if not self.synthetic:
            return real
        config, count = self.vae.config, self.synthetic
        made = random_kicks(count, config.sample_rate, config.frames, self.device)
        taken = (torch.arange(count, device=self.device) < self._made).unsqueeze(1)
        return torch.cat([torch.where(taken, made, real[:count]), real[count:]])

    @torch.no_grad()
    def _follow(self) -> None:
        average = list(self.average.values())
        way = torch._foreach_sub(list(self.parameters.values()), average)
        torch._foreach_mul_(way, 1.0 - self._keep)  # `_foreach_lerp_` would wait for the device to know how far
        torch._foreach_add_(average, way)


def wander(z: Tensor, draws: int) -> Tensor:
    """`draws` points [draws, dims] of the normal distribution with the mean and covariance of the batch `z`."""
    mean, count = z.mean(0), len(z)
    mixing = torch.randn(draws, count, device=z.device) / math.sqrt(max(1, count - 1))
    return mean + TEMPERATURE * torch.mm(mixing, z - mean)
