"""A preset by its name or its file, as a state to render. The caller's thread."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.config import presets_folder
from latentaudio.errors import PresetError
from latentaudio.events import Samples
from latentaudio.latent.library import Library
from latentaudio.modelfile import fingerprint
from latentaudio.preset_file import read_preset
from latentaudio.preset_list import PresetList
from latentaudio.preset_sounds import read_sounds
from latentaudio.state import State

log = logging.getLogger(__name__)

Encode = Callable[[Sequence[Samples], int], NDArray[np.float32]]  # sounds and their rate to points [sounds, dims]


def preset_path(name: str) -> Path:
    """The file that a preset's name or path means. Raises PresetError, naming the nearest."""
    path = Path(name)
    if path.suffix == ".yaml" or path.parent != Path("."):
        return path
    folder = presets_folder()
    return folder / f"{PresetList(folder).find(name)}.yaml"


def preset_state(name: str, library: Library, encode: Encode) -> State:
    """The state that a preset stands for; one of another model is encoded anew from the sounds stored with it.

    Slips in its file are told as warnings. Raises PresetError with one sentence.
    """
    path, problems = preset_path(name), list[str]()
    try:
        preset, own = read_preset(path), fingerprint(library.path)
        points = None
        if preset.is_foreign(own) and preset.sounds:
            points = encode(read_sounds(path, preset.sounds), preset.sounds.sample_rate)
            log.warning(
                "preset '%s' is of the model %s: its sounds are encoded by %s", name, preset.model, library.name
            )
        state = preset.state(library, own, problems, points=points)
    except PresetError as error:
        raise PresetError(f"preset '{name}': {error}") from error
    for problem in problems:
        log.warning("preset '%s': %s", name, problem)
    return state
