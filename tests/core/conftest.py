"""Small kicks, a small network and folders of sounds that the tests of the core share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from latentaudio.core.vae import VaeConfig

RATE = 44100


def kick(frames: int = 8192, start: float = 160.0, end: float = 50.0, seconds: float = 0.05) -> np.ndarray:
    """A swept sine that dies away with time constant `seconds`, beginning at its peak of 0.5."""
    t = np.arange(frames) / RATE
    frequency = end + (start - end) * np.exp(-t / 0.02)
    phase = 2.0 * np.pi * np.cumsum(frequency) / RATE
    return (0.5 * np.cos(phase) * np.exp(-t / seconds)).astype(np.float32)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture
def config() -> VaeConfig:
    """A network that learns in seconds."""
    return VaeConfig(
        frames=8192, dims=4, encoder_channels=(16, 16, 16), encoder_blocks=(1, 1, 1), sigma_channels=(8, 8, 8),
        sigma_blocks=(1, 1, 1), decoder_channels=(16, 16, 16), decoder_blocks=(1, 1, 1), condition=16,
    )  # fmt: skip


@pytest.fixture
def kicks() -> torch.Tensor:
    """Four different kicks [4, 8192]."""
    return torch.from_numpy(np.stack([kick(end=30.0 + 15.0 * n, seconds=0.03 + 0.01 * n) for n in range(4)]))


@pytest.fixture
def folder(tmp_path: Path, kicks: torch.Tensor) -> Path:
    """A folder of four kicks as WAV."""
    path = tmp_path / "kicks"
    path.mkdir()
    for number, audio in enumerate(kicks.numpy()):
        soundfile.write(path / f"{number}.wav", audio, RATE)
    return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write one sound into its own folder and return the folder."""

    def write_one(name: str, audio: np.ndarray, rate: int = RATE) -> Path:
        path = tmp_path / "sounds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, audio, rate, subtype="FLOAT" if path.suffix == ".wav" else None)
        return tmp_path / "sounds"

    return write_one
