"""An evaluation as one PNG: pairs of spectrograms, the map, the figures. Imports matplotlib only when it draws."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latentaudio.core.evaluate import BATCH
from latentaudio.core.evaluate_model import Evaluation
from latentaudio.core.evaluate_sounds import log_mel, mel_db
from latentaudio.core.evaluate_subject import Subject
from latentaudio.core.evaluate_table import TITLES
from latentaudio.errors import UsageError
from latentaudio.files import atomic_path

QUANTILES = (0.1, 0.5, 0.75, 0.95)  # of the held-out sounds' mel dB: good, usual, poor and hard ones
RANGE = 80.0  # dB below the loudest that a spectrogram shows
MAPS = {"brightness": "log2 Hz", "decay": "s", "pitch": "Hz"}
TICKS = (100, 500, 2000, 10000)  # Hz


def check_picture(path: Path) -> None:
    """Raise UsageError where a picture cannot be drawn, before hours of work are spent."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"the picture {path} is no .png file")
    if not path.parent.is_dir():
        raise UsageError(f"no folder {path.parent} to write {path.name} in")
    try:
        import matplotlib.figure  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError("a picture needs matplotlib: pip install 'latentaudio[train]'") from error


@torch.inference_mode()
def write_picture(path: Path, subject: Subject, evaluation: Evaluation) -> None:
    """Draw `evaluation` of `subject`. Raises UsageError as `check_picture` does."""
    check_picture(path)
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=(15, 12), layout="constrained")
    rows = figure.subfigures(3, 1, height_ratios=(1.25, 1.0, 0.9))
    figure.suptitle(f"{evaluation.model}: {', '.join(f'{n} {name}' for name, n in evaluation.sounds.items())} sounds")
    _spectrograms(rows[0], subject)
    _maps(rows[1], subject)
    _figures(rows[2], evaluation)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)


def chosen(subject: Subject) -> tuple[Tensor, Tensor, list[tuple[str, float]]]:
    """Up to 4 held-out sounds from good to hard: real and decoded audio [n, frames], and file and mel dB of each."""
    dataset = subject.held_out if subject.held_out.sounds else subject.train
    vae, rate = subject.model.vae, subject.model.vae.config.sample_rate
    real = torch.cat([*dataset.batches(BATCH, subject.drawn.device)])
    decoded = torch.cat([vae.decode(vae.encode(part)[0]) for part in torch.split(real, BATCH)])
    error = mel_db(decoded, real, rate).cpu()
    ranks = sorted({round(quantile * (len(error) - 1)) for quantile in QUANTILES})
    order = error.argsort()[ranks].tolist()
    return real[order].cpu(), decoded[order].cpu(), [(dataset.sounds[i].file, float(error[i])) for i in order]


def _spectrograms(area: Any, subject: Subject) -> None:
    real, decoded, captions = chosen(subject)
    rate = subject.model.vae.config.sample_rate
    axes = area.subplots(2, len(captions), sharex=True, sharey=True, squeeze=False)
    area.suptitle("held-out sounds, from good to hard, and as the model decodes them; mel dB")
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


def _maps(area: Any, subject: Subject) -> None:
    model = subject.model
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


def _figures(area: Any, evaluation: Evaluation) -> None:
    axes = area.subplots(1, 4)
    _bars(axes[0], evaluation.reconstruction, "mel_db", "onset_mel_db")
    axes[0].set_title("error, dB (less is better)")
    area.legend(*axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=6)
    _bars(axes[1], evaluation.reconstruction, "snr_db", "low_band_snr_db")
    axes[1].set_title("signal over error, dB (more is better)")
    _distances(axes[2], evaluation)
    decode = evaluation.decode_ms
    axes[3].bar_label(axes[3].bar(range(len(decode)), list(decode.values())), fmt="{:.4g}", fontsize=7)
    axes[3].set_xticks(range(len(decode)), list(decode))
    axes[3].set_title("decode, ms by batch")
    axes[3].set_xlabel(evaluation.device)
    axes[3].set_yscale("log")
    for axis in axes:
        axis.margins(y=0.1)


def _bars(axis: Any, parts: dict[str, dict[str, float]], *names: str) -> None:
    width = 0.8 / len(parts)
    for offset, (part, values) in enumerate(parts.items()):
        places = [index + (offset - (len(parts) - 1) / 2) * width for index in range(len(names))]
        bars = axis.bar(places, [values[name] for name in names], width, label=part)
        axis.bar_label(bars, fmt="%.1f", fontsize=7)
    axis.set_xticks(range(len(names)), [TITLES[name] for name in names])


def _distances(axis: Any, evaluation: Evaluation) -> None:
    draws = evaluation.draws
    axis.set_title("Fréchet distance to held-out sounds")
    if draws is None:
        axis.text(0.5, 0.5, "too few sounds", ha="center", transform=axis.transAxes)
        return
    for name, value in (("draws", draws.frechet), ("training sounds", draws.frechet_floor)):
        reach = [[value.median - value.low], [value.high - value.median]]
        axis.bar(name, value.median, yerr=reach, capsize=4)
    ratio = draws.frechet_ratio
    axis.set_xlabel(f"ratio {ratio.median:.2f}, 90 % of bootstraps within {ratio.low:.2f}..{ratio.high:.2f}")
