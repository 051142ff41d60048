"""A whole kit to files, as the mixer plays it, with an SFZ file for samplers. The caller's thread."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound
from latentaudio.engine.engine import Engine
from latentaudio.errors import DataError
from latentaudio.events import Samples
from latentaudio.kit import strike_of
from latentaudio.latent.library import Library
from latentaudio.offline import decode
from latentaudio.offline_files import Form, write_text
from latentaudio.offline_index import INDEX, index_text
from latentaudio.offline_sfz import sfz_text
from latentaudio.parameters import PAD_SETTINGS, PADS, pad_name
from latentaudio.render.check import fault
from latentaudio.state import State

SFZ = "kit.sfz"


def render_pads(library: Library, state: State, title: str, form: Form, device: str) -> Iterator[Path]:
    """Write each pad of `state` as the mixer plays it at full velocity, then `kit.sfz` and the points.

    Raises UsageError where a file is there already, DataError for a pad that cannot sound.
    """
    names = form.numbered(PADS)
    form.claim([*names, SFZ, INDEX])
    sounds = decode(library, state.points, form.sample_rate, device)
    settings = [_settings(state, pad) for pad in range(1, PADS + 1)]
    for pad, samples in enumerate(sounds, 1):
        yield form.write(names[pad - 1], _played(samples, pad, settings[pad - 1], form.sample_rate))
    if form.gap is not None:
        yield form.join([form.folder / name for name in names])
    pads = zip(range(1, PADS + 1), ([name] for name in names), settings, strict=True)
    yield write_text(form.folder / SFZ, sfz_text(title, pads))
    write_text(form.folder / INDEX, index_text(library, dict(zip(names, state.points, strict=True))))


def _settings(state: State, pad: int) -> dict[str, float]:
    return {name: state.values[pad_name(pad, name)] for name in PAD_SETTINGS}


def _played(samples: Samples, pad: int, settings: dict[str, float], sample_rate: int) -> NDArray[np.float32]:
    """What the mixer makes of one hit at full velocity, [frames, 2]."""
    why = fault(samples)
    if why:
        raise DataError(f"pad {pad} came out as {why}; the model is not fit to play")
    strike = strike_of(Sound(samples), pad, settings)
    engine = Engine(sample_rate)
    engine.port("offline").play(strike, 1.0, 0)
    played = engine.render(ceil(len(samples) / strike.step))
    sounding = np.flatnonzero(played.any(1))  # a decay ends it before
    return played[: sounding[-1] + 1] if strike.decay and len(sounding) else played
