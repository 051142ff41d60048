"""The sounds of a model as dots for a surface's map, coloured dark to bright. Offline; numpy alone."""

from pathlib import Path

from latentaudio.colours import colours
from latentaudio.latent.library import read_library
from latentaudio.latent.map_layers import model_layer
from latentaudio.surface.layout import Dot, hex_colour

MOST = 600  # on a surface: each is an object that a tablet draws
MEASURE = "brightness"


def read_dots(model: Path) -> tuple[Dot, ...]:
    """At most MOST of a model's sounds, spread over its whole library. Raises ModelError."""
    points = model_layer(read_library(model))
    names = points.descriptor_names
    shades = colours(points.descriptors[:, names.index(MEASURE) if MEASURE in names else 0])
    count = min(MOST, len(points))
    chosen = [number * len(points) // count for number in range(count)]
    return tuple(
        Dot(float(x), float(y), hex_colour(shade))
        for (x, y), shade in zip(points.positions[chosen], shades[chosen], strict=True)
    )
