"""What pictures of a model are made of: pairs of spectrograms, the map, errors, losses. Imports matplotlib late."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latentaudio.core.checkpoint import Model
from latentaudio.core.dataset import Dataset
from latentaudio.core.evaluate import BATCH
from latentaudio.core.evaluate_sounds import log_mel, mel_db
from latentaudio.core.evaluate_table import TITLES
from latentaudio.core.vae import Vae
from latentaudio.errors import DataError, UsageError
from latentaudio.files import atomic_path

QUANTILES = (0.1, 0.5, 0.75, 0.95)  # of the held-out sounds' mel dB: good, usual, poor and hard ones
SEEN = 512  # sounds of a large folder among which they are chosen
RANGE = 80.0  # dB below the loudest that a spectrogram shows
MAPS = {"brightness": "log2 Hz", "decay": "s", "pitch": "Hz"}
TICKS = (100, 500, 2000, 10000)  # Hz
MISSING = "a picture needs matplotlib: pip install 'latentaudio[train]'"


def check_picture(path: Path) -> None:
    """Raise UsageError where a picture cannot be drawn, before hours of work are spent."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"the picture {path} is no .png file")
    if not path.parent.is_dir():
        raise UsageError(f"no folder {path.parent} to write {path.name} in")
    try:
        import matplotlib.figure  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(MISSING) from error


def save(figure: Any, path: Path) -> None:
    """Write `figure` as a PNG; DataError where that fails."""
    try:
        with atomic_path(path) as temporary:
            figure.savefig(temporary, format="png", dpi=110)
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}") from error


def chosen(vae: Vae, dataset: Dataset) -> tuple[Tensor, Tensor, list[tuple[str, float]]]:
    """Up to 4 sounds from good to hard: real and decoded audio [n, frames], and file and mel dB of each."""
    every = -(-len(dataset.sounds) // SEEN)
    dataset = dataset.take(range(0, len(dataset.sounds), every))
    rate = vae.config.sample_rate
    real = torch.cat([*dataset.batches(BATCH, next(vae.parameters()).device)])
    decoded = torch.cat([vae.decode(vae.encode(part)[0]) for part in torch.split(real, BATCH)])
    error = mel_db(decoded, real, rate).cpu()
    ranks = sorted({round(quantile * (len(error) - 1)) for quantile in QUANTILES})
    order = error.argsort()[ranks].tolist()
    return real[order].cpu(), decoded[order].cpu(), [(dataset.sounds[i].file, float(error[i])) for i in order]


def spectrograms(area: Any, vae: Vae, dataset: Dataset) -> None:
    """Four sounds of `dataset`, and as `vae` decodes them."""
    real, decoded, captions = chosen(vae, dataset)
    rate = vae.config.sample_rate
    axes = area.subplots(2, len(captions), sharex=True, sharey=True, squeeze=False)
    held_out = "held-out" if dataset.sounds[0].split != "train" else "training"
    area.suptitle(f"{held_out} sounds, from good to hard, and as the model decodes them; mel dB")
    for column, (file, error) in enumerate(captions):
        top = float(log_mel(real[column : column + 1], rate).max())
        for row, audio in enumerate((real, decoded)):
            mel = log_mel(audio[column : column + 1], rate)[0].T.numpy()
            seconds = audio.shape[1] / rate
            axes[row, column].imshow(mel, origin="lower", aspect="auto", cmap="magma", vmin=top - RANGE, vmax=top,
                                     extent=(0.0, seconds, 0, len(mel)))  # fmt: skip
        axes[0, column].set_title(f"{Path(file).stem[:34]}\n{error:.1f} dB", fontsize=9)
        axes[1, column].set_xlabel("s")
    for row, name in enumerate(("real", "decoded")):
        axes[row, 0].set_ylabel(f"{name}, Hz")
        axes[row, 0].set_yticks([_band(frequency, rate) for frequency in TICKS], TICKS)


def _band(frequency: float, rate: int) -> float:
    """Where `frequency` lies among the 80 bands of `log_mel`."""
    return 81.0 * math.log1p(frequency / 700.0) / math.log1p(rate / 1400.0) - 0.5


def maps(area: Any, model: Model) -> None:
    """The map of the training sounds, coloured by what they are like."""
    shown = [name for name in MAPS if name in model.descriptor_names] or list(model.descriptor_names[:1])
    area.suptitle("the map of the training sounds")
    for axis, name in zip(area.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        value = model.descriptors[:, model.descriptor_names.index(name)]
        low, high = value.quantile(torch.tensor([0.02, 0.98])).tolist()
        dots = axis.scatter(
            *model.map.T.numpy(), c=value.numpy(), s=14, cmap="viridis", vmin=low, vmax=high, linewidths=0
        )
        area.colorbar(dots, ax=axis, label=f"{name}, {MAPS.get(name, '')}".rstrip(", "))
        axis.set_aspect("equal")
        axis.set_xticks([])
        axis.set_yticks([])


def errors(axes: Any, parts: dict[str, dict[str, float]]) -> None:
    """Two axes of bars, by split: how far from the sounds, and how much signal over the error."""
    _bars(axes[0], parts, "mel_db", "onset_mel_db")
    axes[0].set_title("error, dB (less is better)")
    _bars(axes[1], parts, "snr_db", "low_band_snr_db")
    axes[1].set_title("SNR, dB (more is better)")
    for axis in axes:
        axis.margins(y=0.1)


def _bars(axis: Any, parts: dict[str, dict[str, float]], *names: str) -> None:
    width = 0.8 / len(parts)
    for offset, (part, values) in enumerate(parts.items()):
        places = [index + (offset - (len(parts) - 1) / 2) * width for index in range(len(names))]
        bars = axis.bar(places, [values[name] for name in names], width, label=part)
        axis.bar_label(bars, fmt="%.1f", fontsize=7)
    axis.set_xticks(range(len(names)), [TITLES[name] for name in names])


def curves(axes: Any, history: dict[str, Any]) -> None:
    """Three axes over the steps of a run: its losses, the error of its validations, what z says."""
    columns = dict(zip(history["terms"], zip(*history["losses"], strict=True), strict=False))
    steps, kl = columns.pop("step", ()), columns.pop("kl", ())
    for name, values in columns.items():
        if any(values):  # a term that this network does not have is 0
            whole = name == "loss"
            axes[0].plot(steps, values, label=name, lw=1.8 if whole else 1.0, color="black" if whole else None)
    axes[0].set(title="training losses", yscale="log")
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(max(low, high / 1000.0), high)  # a term that all but vanishes would squeeze the others
    if columns:
        axes[0].legend(fontsize=7, ncols=2)
    where, measured = zip(*history["validation"], strict=True) if history["validation"] else ((), ())
    axes[1].plot(where, measured, lw=1.5)
    if measured:
        best = min(measured)
        axes[1].plot(where[measured.index(best)], best, "o", label=f"best {best:.2f}")
        axes[1].legend(fontsize=7)
    axes[1].set_title(f"mel dB, {'held-out' if history['split'] != 'train' else 'training'} sounds")
    axes[2].plot(steps, kl)
    axes[2].set_title("KL, nats a sound")
    for axis in axes:
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
