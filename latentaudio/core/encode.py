"""A sound as a point of a model's latent space. On the caller's thread."""

import numpy as np
import torch
from numpy.typing import NDArray

from latentaudio.core.audio import Audio, one_shot
from latentaudio.core.checkpoint import Model


@torch.inference_mode()
def encode(model: Model, audio: Audio, rate: int) -> NDArray[np.float32]:
    """The encoder's mean [dims] for `audio` [frames] at `rate` Hz, aligned and levelled as in training.

    Raises DataError for what holds no sound.
    """
    config = model.vae.config
    shot = one_shot(audio, rate, config.sample_rate, config.frames)
    padded = np.pad(shot, (0, config.frames - shot.size))
    device = next(model.vae.parameters()).device
    mean, _ = model.vae.encode(torch.from_numpy(padded).to(device).unsqueeze(0))
    point: NDArray[np.float32] = mean[0].cpu().numpy()
    return point
