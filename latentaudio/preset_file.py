"""One preset as one YAML file that people can read and write. Any thread."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentaudio import checks
from latentaudio.errors import PresetError, suggest
from latentaudio.files import atomic_path
from latentaudio.latent.library import Library
from latentaudio.preset_yaml import END, dump, parse, read_text, rows_as_text
from latentaudio.state import State

KEYS = ("saved", "tags", "model", "sounds", "state")
MARK = re.compile("[0-9a-f]{16}")
OF_ITS_MODEL = ("points", "stations", "learned", "locks")  # what means nothing to another one


@dataclass(frozen=True)
class Sounds:
    """Where the full-velocity sounds of the 16 pads are, one after another in one FLAC file beside the preset."""

    mark: str  # part of the file's name: a hash of its content
    sample_rate: int  # Hz
    frames: tuple[int, ...]  # of each pad's sound


@dataclass(frozen=True)
class Preset:
    """What a preset's file says; its state is looked at closely only when it is asked for."""

    plain: Mapping[str, Any]  # of the state
    model: str = ""  # the model's name
    fingerprint: str = ""  # of the model's file; empty where a hand left it out
    tags: tuple[str, ...] = ()
    saved: str = ""  # ISO date and time
    sounds: Sounds | None = None
    problems: tuple[str, ...] = field(default=(), compare=False)  # slips of a hand, found when it was read

    def is_foreign(self, fingerprint: str) -> bool:
        """Whether it was made with another model than that of `fingerprint`."""
        return self.fingerprint not in ("", fingerprint)

    def state(self, library: Library, fingerprint: str, problems: list[str], base: State | None = None,
              points: NDArray[np.float32] | None = None) -> State:  # fmt: skip
        """The state that it stands for; what presets do not keep comes from `base`.

        `points` [16, dims] are its stored sounds, encoded by this library's model: with them a preset of another model
        can be had. Slips go into `problems`. Raises PresetError for another model, and for what makes no sense.
        """
        plain, foreign = dict(self.plain), self.is_foreign(fingerprint)
        if foreign and points is None:
            raise PresetError(f"it was made with the model {self.model or 'of another file'}, not {library.name}")
        if foreign and points is not None:
            left = [key for key in OF_ITS_MODEL if plain.pop(key, None) and key != "points"]
            plain["points"] = points.tolist()
            problems += [f"{key}: left out, they are of the model {self.model}" for key in left]
            plain.pop("attributes", None)  # they are in the sounds already
        problems += self.problems
        return State.from_plain(plain, library, problems, base)


def read_preset(path: Path) -> Preset:
    """Read a file of at most 1 MB. Raises PresetError with one sentence: the place and the reason."""
    text = read_text(path)
    said = checks.table(parse(text), "the file")
    # Cut between two lines it would be a preset still, but another one.
    if "saved" in said and not text.rstrip().endswith(f"\n{END}"):
        raise PresetError(f"the file is cut short: what was saved ends with a line '{END}'")
    if "state" not in said:
        raise PresetError(f"there is no 'state' in it{suggest('state', said)}")
    model = checks.table(said.get("model"), "model")
    return Preset(
        checks.table(said.get("state"), "state"),
        _text(model.get("name")),
        _text(model.get("fingerprint")),
        _tags(said.get("tags")),
        _text(said.get("saved")),
        _sounds(said.get("sounds")),
        tuple(f"no key '{key}'{suggest(key, KEYS)}" for key in said if key not in KEYS),
    )


def read_tags(path: Path) -> tuple[str, ...]:
    """The tags alone, ten times as fast: they come before the state, unless a hand put them elsewhere."""
    text = read_text(path)
    head, _, rest = text.partition("\nstate:")
    said = checks.table(parse(text if "\ntags:" in rest else head), "the file")
    return _tags(said.get("tags"))


def write_preset(path: Path, preset: Preset) -> None:
    """Write the file whole, or leave the one before as it is. Raises OSError."""
    document = {
        "saved": preset.saved,
        "tags": list(preset.tags),
        "model": {"name": preset.model, "fingerprint": preset.fingerprint},
        "sounds": preset.sounds and rows_as_text(vars(preset.sounds)),
        "state": rows_as_text(preset.plain),
    }
    document = {key: value for key, value in document.items() if value or key == "state"}
    with atomic_path(path) as temporary:
        temporary.write_text(dump(document), encoding="utf-8")


def _sounds(value: object) -> Sounds | None:
    if value is None:
        return None
    said = checks.table(value, "sounds")
    frames = checks.row(said.get("frames"), None, "sounds: frames", farthest=1e9)
    rate = said.get("sample_rate")
    if not isinstance(rate, int) or not 8000 <= rate <= 192000 or frames.min(initial=0) < 0:
        raise PresetError("sounds: this is no sample rate with the frames of each sound")
    mark = _text(said.get("mark"))
    if not MARK.fullmatch(mark):
        raise PresetError(f"sounds: mark: expected 16 hexadecimal digits, got {checks.shown(mark)}")
    return Sounds(mark, rate, tuple(map(int, frames)))


def _tags(value: object) -> tuple[str, ...]:
    tags = [value] if isinstance(value, str) else value or []
    if not isinstance(tags, list):
        raise PresetError(f"tags: expected words, got {checks.shown(tags)}")
    return tuple(_text(tag) for tag in tags[:100])


def _text(value: object) -> str:
    """A text as it is, a number or a date as text; nothing of any other kind."""
    return "" if value is None or isinstance(value, dict | list | set) else str(value)[:200]
