"""Where torch computes: CUDA before MPS before the CPU, chosen once."""

import platform
import sys

import torch

from latentaudio.errors import UsageError

LADDER = ("cuda", "mps", "cpu")


def pick_device(wanted: str = "auto") -> torch.device:
    """The best device there is, or the `wanted` one; raises UsageError where that is absent."""
    present = [name for name in LADDER if _present(name)]
    if wanted == "auto":
        return torch.device(present[0])
    if wanted not in present:
        raise UsageError(f"no device '{wanted}' here; there is {', '.join(present)}")
    return torch.device(wanted)


def describe(device: torch.device) -> str:
    """The device with its maker's name: `cuda (NVIDIA H100)`."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"{device.type} ({platform.processor() or platform.machine()})"


def _present(name: str) -> bool:
    if name == "cuda":
        return torch.cuda.is_available()
    return name == "cpu" or torch.backends.mps.is_available()


def peak_memory_mb(device: torch.device) -> float:
    """The most memory that was in use: of the accelerator, or of this process where there is none; 0 if unknown."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / 2**20
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return 0.0
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS
