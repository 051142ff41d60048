"""Where a morph leads, a walk begins or variations lie: one word for a point. The caller's thread."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError, PresetError, UsageError, suggest
from latentaudio.events import Samples
from latentaudio.latent.library import Library, Point
from latentaudio.modelfile import open_model
from latentaudio.offline_index import INDEX, indexed_point
from latentaudio.offline_presets import preset_path, preset_state
from latentaudio.parameters import PADS
from latentaudio.state import State

if TYPE_CHECKING:
    from latentaudio.core.checkpoint import Model

FORMS = "a sound of the model, kit:1 to kit:16, draw:SEED, a sound file, PRESET:PAD or FOLDER:NUMBER"


class Stations:
    """Points of one model by what people call them."""

    def __init__(self, library: Library, device: str) -> None:
        """`device` encodes sound files, where there are any."""
        self._library, self._device = library, device

    def find(self, text: str) -> Point:
        """The point [dims] that a station means.

        `kit:3` is the default kit's third pad, `draw:7` the first draw with seed 7, a sound file is encoded,
        `PRESET:5` is a preset's fifth pad, `FOLDER:12` the twelfth sound that `render` wrote there; anything else is a
        sound of the model, by its name with or without folder and suffix. Raises LatentAudioError with one sentence.
        """
        head, _, digits = text.rpartition(":")
        number = int(digits) if digits.isdecimal() and len(digits) < 20 else None
        if number is not None and head == "kit":
            return np.array(self._library.kit[_pad(number, text)])
        if number is not None and head == "draw":
            return self._library.draw(np.random.default_rng(number))
        if text not in self._names and Path(text).is_file() and Path(text).suffix.lower() != ".safetensors":
            return self.encode_file(Path(text))
        if text in self._names or number is None or not head:
            return self._sound(text)
        index = Path(head) / INDEX if Path(head).is_dir() else Path(head)
        if index.name == INDEX:
            return indexed_point(index, number, self._library)
        try:
            preset_path(head)
        except PresetError as error:
            raise UsageError(f"no station '{text}': {error} (a station is {FORMS})") from error
        return np.array(self.preset(head).points[_pad(number, text)])

    def preset(self, name: str) -> State:
        """The state of a preset by its name or file."""
        return preset_state(name, self._library, self._encode)

    def encode_file(self, path: Path) -> Point:
        """The point of a sound file, as the encoder sees it."""
        from latentaudio.core.audio import read_audio

        try:
            audio, rate = read_audio(path)
            return np.asarray(self._encode([audio], rate)[0], np.float32)
        except DataError as error:
            raise DataError(f"{path} cannot be encoded: {error}") from error

    def _encode(self, sounds: Sequence[Samples], rate: int) -> NDArray[np.float32]:
        from latentaudio.core.encode import encode

        return np.stack([encode(self._model, samples, rate) for samples in sounds])

    @cached_property
    def _model(self) -> "Model":
        from latentaudio.core.checkpoint import load_model
        from latentaudio.core.device import pick_device

        return load_model(self._library.path, pick_device(self._device))

    @cached_property
    def _names(self) -> dict[str, int]:
        """Sounds of the model by name."""
        names = open_model(self._library.path).json("library")
        return {str(name): index for index, name in enumerate(names[: len(self._library.latents)])}

    def _sound(self, text: str) -> Point:
        """A sound of the model; without folder or suffix where only one is called so."""
        if text.endswith(".safetensors"):
            raise UsageError(f"{text} is no station; the model comes first: latentaudio render {text} ...")
        alike = [index for name, index in self._names.items() if _short(name) == _short(text)]
        found = self._names.get(text, alike[0] if len(alike) == 1 else None)
        if found is None:
            known = [*self._names, *map(_short, self._names)]
            raise UsageError(f"no station '{text}'{suggest(text, known)} (a station is {FORMS})")
        return np.array(self._library.latents[found])


def _short(name: str) -> str:
    """What people call a sound: its name without folder and suffix, in any case."""
    return Path(name).stem.casefold()


def _pad(number: int, text: str) -> int:
    """Index of a pad."""
    if not 1 <= number <= PADS:
        raise UsageError(f"no station '{text}': pads go from 1 to {PADS}")
    return number - 1
