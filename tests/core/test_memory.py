"""How much memory we have."""

import numpy as np
import torch

from latentaudio.core.memory import reserved_mb, resident_mb


def test_memory_that_is_taken_is_seen() -> None:
    before = resident_mb()
    taken = np.ones(64 * 2**20, np.uint8)
    assert 60 < resident_mb() - before < 90 and taken.size


def test_a_cpu_has_no_memory_of_its_own() -> None:
    assert reserved_mb(torch.device("cpu")) == 0.0
