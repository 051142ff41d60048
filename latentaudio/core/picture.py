"""An evaluation as one PNG: pairs of spectrograms, the map, the losses, the figures. Needs matplotlib."""

from pathlib import Path
from typing import Any

import torch

from latentaudio.core.evaluate_model import Evaluation
from latentaudio.core.evaluate_subject import Subject
from latentaudio.core.picture_parts import check_picture, curves, errors, maps, save, spectrograms

__all__ = ["check_picture", "write_picture"]


@torch.inference_mode()
def write_picture(path: Path, subject: Subject, evaluation: Evaluation) -> None:
    """Draw `evaluation` of `subject`. Raises UsageError as `check_picture` does, DataError where writing fails."""
    check_picture(path)
    from matplotlib.figure import Figure

    history = subject.model.provenance.get("history")
    heights = (1.25, 1.0, 0.9, 0.8) if history else (1.25, 1.0, 0.9)
    figure: Any = Figure(figsize=(15, 3.8 * sum(heights)), layout="constrained")
    rows = figure.subfigures(len(heights), 1, height_ratios=heights)
    figure.suptitle(f"{evaluation.model}: {', '.join(f'{n} {name}' for name, n in evaluation.sounds.items())} sounds")
    spectrograms(rows[0], subject.model.vae, subject.held_out if subject.held_out.sounds else subject.train)
    maps(rows[1], subject.model)
    _figures(rows[2], evaluation)
    if history:
        curves(rows[3].subplots(1, 3, width_ratios=(2, 1, 1)), history)
    save(figure, path)


def _figures(area: Any, evaluation: Evaluation) -> None:
    axes = area.subplots(1, 4)
    errors(axes[:2], evaluation.reconstruction)
    area.legend(*axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=6)
    _distances(axes[2], evaluation)
    decode = evaluation.decode_ms
    axes[3].bar_label(axes[3].bar(range(len(decode)), list(decode.values())), fmt="{:.4g}", fontsize=7)
    axes[3].set_xticks(range(len(decode)), list(decode))
    axes[3].set_title("decode, ms by batch")
    axes[3].set_xlabel(evaluation.device)
    axes[3].set_yscale("log")
    for axis in axes[2:]:
        axis.margins(y=0.1)


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
