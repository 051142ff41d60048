"""The points that a folder's sounds were rendered from, so that each can be gone back to. Any thread."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from latentaudio import checks
from latentaudio.errors import DataError, PresetError, UsageError
from latentaudio.latent.library import Library, Point
from latentaudio.modelfile import fingerprint

INDEX = "points.json"


def index_text(library: Library, points: Mapping[str, Point]) -> str:
    """What the index of files by name says: the model, and a row of numbers for each, bit by bit."""
    about = {"name": library.name, "fingerprint": fingerprint(library.path)}
    rows = (f"  {json.dumps(name)}: {json.dumps(_plain(point))}" for name, point in points.items())
    return f'{{\n "model": {json.dumps(about)},\n "points": {{\n' + ",\n".join(rows) + "\n }\n}\n"


def indexed_point(path: Path, number: int, library: Library) -> Point:
    """The point [dims] of the file that is `number`, from 1, in an index.

    Raises UsageError for a number or a model that is not its own, DataError for a damaged index.
    """
    try:
        said = checks.table(json.loads(path.read_bytes()), str(path))
        model, points = checks.table(said.get("model"), "model"), checks.table(said.get("points"), "points")
        if model.get("fingerprint") != fingerprint(library.path):
            raise UsageError(f"{path} is of the model {model.get('name')}, not of {library.name}")
        if not 1 <= number <= len(points):
            raise UsageError(f"{path} has the points 1 to {len(points)}, not {number}")
        name, row = list(points.items())[number - 1]
        return checks.row(row, library.dims, name)
    except (OSError, ValueError, RecursionError, PresetError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def _plain(point: Point) -> list[float]:
    """As few digits as say each float32."""
    return [float(str(number)) for number in np.asarray(point, np.float32)]
