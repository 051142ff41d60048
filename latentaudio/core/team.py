"""Several processes, one training run: `torchrun` starts one for each GPU, and they share the gradient of each step.

Every process makes its part of a batch and descends by the mean gradient of all, so all keep the same weights. The
first leads: it alone keeps time, validates, reports and saves, and the others do as it says.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from latentaudio.core.device import pick_device
from latentaudio.errors import UsageError


@dataclass(frozen=True)
class Team:
    """The processes of a run; by default one alone."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process does what is done once."""
        return self.rank == 0

    def agree(self, values: Sequence[float]) -> list[float]:
        """The leader's `values`, for everyone; those of the others do not matter. Waits for the leader."""
        if self.size == 1:
            return list(values)
        told = torch.tensor(values, dtype=torch.float64)
        dist.broadcast(told, 0)
        return told.tolist()

    def share(self, gradients: list[Tensor]) -> None:
        """Put the mean of everyone's `gradients` in their place. On CUDA it can be captured in a graph."""
        if self.size == 1:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        parts = torch.split(flat / self.size, [gradient.numel() for gradient in gradients])
        shaped = [part.view_as(gradient) for part, gradient in zip(parts, gradients, strict=True)]
        torch._foreach_copy_(gradients, shaped)

    def part(self, batch: int) -> int:
        """Our part of a batch; UsageError where it cannot be shared alike."""
        if batch % self.size:
            near = max(1, round(batch / self.size)) * self.size
            raise UsageError(f"a batch of {batch} cannot be shared by {self.size} processes: {near} can")
        return batch // self.size

    def differ(self, seed: int) -> None:
        """Sow the random generators of those who follow, so that each makes other sounds than the leader."""
        if not self.leads:
            torch.manual_seed(seed + 1_000_003 * self.rank)


def follows() -> bool:
    """Whether `torchrun` started this process to follow another."""
    return os.environ.get("RANK", "0") != "0"


@contextmanager
def joined(wanted: str = "auto") -> Iterator[tuple[Team, torch.device]]:
    """The team that `torchrun` made, or one process alone, and the device that is ours. Raises UsageError."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    device = pick_device(wanted)
    if size == 1:
        yield Team(), device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
    yield Team(dist.get_rank(), size), device
    # NCCL waits for ever for a communicator that a captured graph still holds. So the step, and with it its graph, is
    # let go first; after an error the group is left to the end of the process, which `torchrun` sees to.
    gc.collect()
    dist.destroy_process_group()
