"""What a training run leaves to look at: one PNG beside the model. Needs matplotlib."""

from pathlib import Path
from typing import Any

import torch

from latentaudio.core.checkpoint import Model
from latentaudio.core.dataset import Dataset
from latentaudio.core.picture_parts import check_picture, curves, errors, maps, save, spectrograms


@torch.inference_mode()
def write_report(path: Path, model: Model, dataset: Dataset) -> None:
    """Draw `model` as its run left it: sounds of `dataset`, held out where there are any, its map, its losses.

    Raises UsageError as `check_picture` does, DataError where the file cannot be written.
    """
    check_picture(path)
    from matplotlib.figure import Figure

    made = model.provenance
    figure: Any = Figure(figsize=(15, 12), layout="constrained")
    rows = figure.subfigures(3, 1, height_ratios=(1.25, 1.0, 0.9))
    sounds = ", ".join(f"{count} {name}" for name, count in made["sounds"].items())
    figure.suptitle(f"{model.name}: {sounds} sounds, {made['steps']} steps in {made['seconds'] / 60:.1f} minutes")
    held_out = dataset.split("valid")
    spectrograms(rows[0], model.vae, held_out if held_out.sounds else dataset.split("train"))
    maps(rows[1], model)
    axes = rows[2].subplots(1, 5, width_ratios=(1.6, 1, 0.8, 1.1, 1.1))
    curves(axes[:3], made["history"])
    errors(axes[3:], made["evaluation"])
    axes[3].legend(fontsize=7)
    save(figure, path)
