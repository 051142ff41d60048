"""What several test folders share: a model small enough to be made on the spot."""

from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from tests.jack import jack_server
from tests.playing import player, playing

__all__ = ["jack_server", "player", "playing"]


@pytest.fixture(scope="session", autouse=True)
def shared_memory_is_tracked() -> None:
    """Python's tracker starts before any thread of ours: at each test pytest writes to the environment that it gets.

    A process that is started in that moment by another thread fails with EFAULT, and no worker has its memory then.
    """
    resource_tracker.ensure_running()


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test its own session, presets, models and music, and none of the user's."""
    own = tmp_path_factory.mktemp("xdg")
    for kind in ("STATE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(own / kind.lower()))
    monkeypatch.setenv("XDG_MUSIC_DIR", str(own / "music"))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model file of a network that was never trained: 8 dims, a tenth of a second."""
    import torch

    from latentaudio.core.checkpoint import Model, save_model
    from latentaudio.core.vae import Vae, VaeConfig

    torch.manual_seed(0)
    config = VaeConfig(
        frames=4410, dims=8, encoder_channels=(8, 8, 8), encoder_blocks=(1, 1, 1), sigma_channels=(8, 8, 8),
        sigma_blocks=(1, 1, 1), decoder_channels=(8, 8, 8), decoder_blocks=(1, 1, 1), condition=8,
    )  # fmt: skip
    latents = torch.randn(20, 8)
    model = Model("tiny", Vae(config), latents, torch.rand(20, 2), torch.zeros(20, 1), torch.zeros(8), torch.eye(8),
                  latents[:16], tuple(map(str, range(20))), ("brightness",))  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    save_model(model, path)
    return path


@pytest.fixture(scope="session")
def attributed_model(tiny_model: Path) -> Path:
    """The same with attributes."""
    from latentaudio.core.attributes import add_attributes
    from latentaudio.core.checkpoint import load_model, save_model

    path = tiny_model.with_name("attributed.safetensors")
    save_model(add_attributes(load_model(tiny_model)), path)
    return path
