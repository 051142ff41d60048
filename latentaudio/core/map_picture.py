"""A model's map as one PNG: a dot for each sound, coloured by what it is like, the kit numbered. Offline.

Dark on purpose: the colours glow, and it reads the same on a light page and on a dark one. Imports matplotlib late.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentaudio.colours import STOPS, colours
from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.picture_parts import check_picture, save
from latentaudio.errors import UsageError, suggest

FIRST = "brightness"  # of the large map
OTHERS = ("pitch", "decay", "click")  # of the small ones
ENDS = {  # what a listener calls the two ends of a measure
    "brightness": ("dark", "bright"), "pitch": ("low", "high"), "decay": ("short", "long"), "click": ("soft", "sharp"),
    "noisiness": ("pure", "noisy"), "loudness": ("quiet", "loud"),
}  # fmt: skip
GROUND, PANEL, INK, FAINT = "#14121c", "#1b1926", "#f4f1fa", "#a09ab2"
WIDTH, HEIGHT, EDGE = 9.5, 7.5, 0.3  # inches
LARGE, SMALL, HEAD = 6.7, 1.9, 0.5  # sides of the maps, and the line above each
AREA = (42.0, 22000.0)  # square points: of a dot at most, and of all dots together
GLOW, GRID = 0.022, 240  # standard deviation of the light around a dot, of the map's side; pixels a side
RIM = 0.035  # around the map, of its side


def draw_map(file: Path, path: Path, measure: str = FIRST) -> None:
    """Draw the map of the model `file` into `path`, the large one coloured by `measure`, a descriptor's name.

    Raises UsageError for an unknown measure and as `check_picture` does, ModelError, and DataError where writing fails.
    """
    check_picture(path)
    from matplotlib.figure import Figure

    model = load_model(file)
    if measure not in model.descriptor_names:
        raise UsageError(f"{file} has no measure '{measure}'{suggest(measure, model.descriptor_names)}")
    small = [name for name in (*OTHERS, FIRST) if name in model.descriptor_names and name != measure]
    figure: Any = Figure(figsize=(WIDTH, HEIGHT), facecolor=GROUND)
    large = _map(figure, model, measure, (EDGE, EDGE), LARGE)
    _kit(large, model)
    large.set_title(f"{model.name}: {len(model.latents):,} sounds", loc="left", color=INK, fontsize=14)
    for row, name in enumerate(small[: len(OTHERS)]):
        corner = (2 * EDGE + LARGE, EDGE + LARGE - SMALL - row * (SMALL + HEAD))
        _map(figure, model, name, corner, SMALL).set_title(name, loc="left", color=INK, fontsize=9)
    save(figure, path)


def _map(figure: Any, model: Model, measure: str, corner: tuple[float, float], side: float) -> Any:
    """All sounds coloured by `measure` in a square of `side` inches, the ramp's legend above it."""
    axis = _axes(figure, *corner, side, side)
    x, y = model.map.T.numpy()
    shades = colours(model.descriptors[:, model.descriptor_names.index(measure)].numpy())
    rim = (-RIM, 1.0 + RIM)
    axis.set(xlim=rim, ylim=rim, facecolor=PANEL)
    axis.imshow(_glow(x, y, shades), extent=(*rim, *rim), origin="lower", interpolation="bilinear", zorder=1)
    order = np.random.default_rng(0).permutation(len(x))  # so that no folder hides behind the next one
    area = min(AREA[0], AREA[1] / len(x)) * (side / LARGE) ** 1.6
    axis.scatter(x[order], y[order], s=area, c=shades[order], linewidths=0, zorder=2)
    _legend(figure, measure, corner[0] + side, corner[1] + side + 0.1, size=7.0 if side < LARGE else 11.0)
    return axis


def _legend(figure: Any, measure: str, right: float, low: float, size: float) -> None:
    """The ramp between the names of its ends, up to `right`, in inches; `size` of the letters in points."""
    begins, ends = ENDS.get(measure, ("less", "more"))
    width = 0.085 * size
    ramp = _axes(figure, right - width - 0.05 * size, low, width, 0.01 * size)
    ramp.imshow(STOPS[None], aspect="auto", interpolation="bilinear")
    for place, text, side in ((-0.08, begins, "right"), (1.08, ends, "left")):
        ramp.text(place, 0.5, text, color=FAINT, fontsize=size, ha=side, va="center", transform=ramp.transAxes)


def _axes(figure: Any, left: float, low: float, width: float, height: float) -> Any:
    """Bare axes, placed in inches."""
    axis = figure.add_axes((left / WIDTH, low / HEIGHT, width / WIDTH, height / HEIGHT))
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    return axis


def _glow(x: Any, y: Any, shades: Any) -> Any:
    """The dots' light around them [GRID, GRID, red green blue alpha]."""
    edges = np.linspace(-RIM, 1.0 + RIM, GRID + 1)
    apart = np.subtract.outer(edges[1:], edges[1:]) / GLOW
    blur = np.exp(-0.5 * apart**2)
    light = [blur @ np.histogram2d(y, x, (edges, edges), weights=part)[0] @ blur.T for part in (None, *shades.T)]
    weight = np.maximum(light[0], 1e-9)
    return np.dstack([*(np.clip(part / weight, 0.0, 1.0) for part in light[1:]), 0.3 * weight / (weight + 1.2)])


def _kit(axis: Any, model: Model) -> None:
    """A number on each sound of the kit."""
    nearest = torch.cdist(model.kit.float(), model.latents.float()).argmin(1)
    for number, (x, y) in enumerate(model.map[nearest].tolist(), 1):
        axis.scatter(x, y, s=190, c=GROUND, edgecolors=INK, linewidths=1.3, zorder=3)
        axis.annotate(str(number), (x, y), color=INK, fontsize=8.5, ha="center", va="center_baseline", zorder=4)
