"""The folder of presets: recalled and saved by name, never by path. The state thread's."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from latentaudio.checks import name_of
from latentaudio.errors import PresetError
from latentaudio.events import Samples
from latentaudio.latent.library import Library
from latentaudio.preset_file import Preset, read_preset, read_tags, write_preset
from latentaudio.preset_list import PresetList, Stamp, stamp
from latentaudio.preset_sounds import read_sounds, remove_other_sounds, write_sounds
from latentaudio.state import State

PEEKED = 32  # presets that are kept as they were read


class PresetFolder:
    """Presets as files, recalled and saved by name; `list` finds the names."""

    def __init__(self, folder: Path) -> None:
        """The folder need not exist before something is saved."""
        self._folder = folder
        self.list = PresetList(folder)
        self._read: OrderedDict[str, tuple[Stamp, Preset]] = OrderedDict()  # by name

    def peek(self, name: str) -> Preset:
        """A preset as read, from memory while its file is as it was: neighbours are read ahead with this.

        Raises PresetError.
        """
        name = self.list.find(name)
        with _about(name):
            now = stamp(self._path(name))
            known = self._read.get(name)
            preset = known[1] if known and known[0] == now else read_preset(self._path(name))
        self._read[name] = now, preset
        self._read.move_to_end(name)
        while len(self._read) > PEEKED:
            self._read.popitem(last=False)
        return preset

    def load(
        self, name: str, library: Library, fingerprint: str, problems: list[str], base: State,
        points: NDArray[np.float32] | None = None,
    ) -> State:  # fmt: skip
        """The state that a preset stands for; what presets do not keep stays as in `base`.

        A preset of another model needs `points`: see `Preset.state` and `sounds`. Slips in its file go into `problems`.
        Raises PresetError with one sentence for what cannot be had.
        """
        preset, found = self.peek(name), list[str]()
        with _about(name):
            state = preset.state(library, fingerprint, found, base, points)
        problems += [f"preset '{name}': {problem}" for problem in found]
        state.preset = self.list.find(name)
        return state

    def sounds(self, name: str) -> tuple[list[Samples], int]:
        """The sounds stored with a preset, pad 1 first, and their sample rate. Raises PresetError."""
        stored = self.peek(name).sounds
        with _about(name):
            if stored is None:
                raise PresetError("no sounds are stored with it")
            return read_sounds(self._path(self.list.find(name)), stored), stored.sample_rate

    def save(
        self, name: str, state: State, library: Library, fingerprint: str, saved: datetime,
        tags: Sequence[str] | None = None, sounds: Sequence[Samples] = (), sample_rate: int = 0,
    ) -> str:  # fmt: skip
        """Write a preset, whole or not at all, and tell its name; one of that name is replaced, and lends its tags.

        `sounds` are the pads' own at full velocity, pad 1 first. Raises PresetError. Any thread, with a state that
        nobody changes meanwhile.
        """
        name = self.list.spelling(name)
        path = self._path(name)
        with _about(name):
            if tags is None:
                tags = read_tags(path) if path.exists() else ()
            tags = tuple(name_of(tag, "tags") for tag in tags)
            path.parent.mkdir(parents=True, exist_ok=True)
            for left in path.parent.glob(f".{name}.*"):  # by a process that was killed while it wrote
                left.unlink()
            stored = write_sounds(path, sounds, sample_rate) if sounds else None
            when = saved.isoformat(timespec="seconds")
            write_preset(path, Preset(state.to_plain(preset=True), library.name, fingerprint, tags, when, stored))
            remove_other_sounds(path, stored.mark if stored else "")
        return name

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.yaml"


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Whatever goes wrong inside is said of the preset `name`."""
    try:
        yield
    except PresetError as error:
        raise PresetError(f"preset '{name}': {error}") from error
    except (OSError, soundfile.LibsndfileError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise PresetError(f"preset '{name}': the disk says: {why}") from error
