"""How close a network comes to real sounds, always measured the same way. On the caller's thread."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import torch
from torch import Tensor

from latentaudio.core.audio import Audio
from latentaudio.core.checkpoint import Model
from latentaudio.core.dataset import Dataset
from latentaudio.core.encode import encode
from latentaudio.core.evaluate_sounds import log_magnitude, low_band_snr, mel_db, onset_mel_db, snr
from latentaudio.core.vae import Vae

MEASURES = {
    "mel_db": mel_db,
    "onset_mel_db": onset_mel_db,
    "log_magnitude": log_magnitude,
    "snr_db": snr,
    "low_band_snr_db": low_band_snr,
}
MEDIANS = {"snr_db", "low_band_snr_db"}  # a few hopeless sounds would rule a mean
BATCH = 32

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many
Item = TypeVar("Item")


def told(progress: Progress, what: str, items: Iterable[Item], count: int) -> Iterator[Item]:
    """`items`, telling `progress` of each that is done; there are `count`."""
    for done, item in enumerate(items):
        progress(what, done, count)
        yield item
    progress(what, count, count)


def evaluate(vae: Vae, dataset: Dataset) -> dict[str, float]:
    """Every measure over the sounds of `dataset`, decoded from their encoder means."""
    return summary(measure(vae, dataset))


@torch.inference_mode()
def measure(vae: Vae, dataset: Dataset, progress: Progress = lambda *_: None, what: str = "") -> Tensor:
    """Every measure of every sound, decoded from its encoder mean: [len(MEASURES), sounds], on the CPU."""
    device, rate = next(vae.parameters()).device, vae.config.sample_rate
    values = torch.zeros(len(MEASURES), len(dataset.sounds))  # filled in place: see `build_model`
    starts = range(0, len(dataset.sounds), BATCH)
    for start, target in zip(starts, told(progress, what, dataset.batches(BATCH, device), len(starts)), strict=True):
        decoded = vae.decode(vae.encode(target)[0])
        for row, by in zip(values, MEASURES.values(), strict=True):
            row[start : start + BATCH] = by(decoded, target, rate)
    return values


def summary(values: Tensor) -> dict[str, float]:
    """Mean, or median for the SNRs, of each measure in `values` [len(MEASURES), sounds]."""
    return {
        name: round(float(row.median() if name in MEDIANS else row.mean()), 3)
        for name, row in zip(MEASURES, values, strict=True)
    }


@torch.inference_mode()
def reconstruct(model: Model, audio: Audio, rate: int) -> Audio:
    """`audio` [frames] at `rate` Hz as the model hears it, [model frames] at the model's rate.

    It is aligned and levelled as in training. Raises DataError for what holds no sound.
    """
    point = torch.from_numpy(encode(model, audio, rate)).to(next(model.vae.parameters()).device)
    decoded: Audio = model.vae.decode(point.unsqueeze(0))[0].cpu().numpy()
    return decoded
