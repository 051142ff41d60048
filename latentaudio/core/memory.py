"""How much memory a process has at this moment. Any thread's."""

from pathlib import Path

import torch

from latentaudio.core.device import peak_memory_mb


def resident_mb() -> float:
    """Of this process, MB; the most it ever had where the system does not tell (macOS), 0 where it tells nothing."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return round(peak_memory_mb(torch.device("cpu")), 1)
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 2**10


def reserved_mb(device: torch.device) -> float:
    """Of `device`, as torch has it from the driver, in use or not, MB; 0 on the CPU. A CUDA context comes on top."""
    if device.type == "cuda":
        return torch.cuda.memory_reserved(device) / 2**20
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / 2**20
    return 0.0
