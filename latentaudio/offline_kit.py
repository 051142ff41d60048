"""A whole kit to files, as the mixer plays it, with an SFZ file for samplers. The caller's thread."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound
from latentaudio.engine.engine import Engine
from latentaudio.errors import DataError, UsageError
from latentaudio.events import Samples
from latentaudio.kit import strike_of
from latentaudio.latent.library import Library
from latentaudio.latent.posterior import Posterior
from latentaudio.offline import decode
from latentaudio.offline_files import Form, write_text
from latentaudio.offline_index import INDEX, index_text
from latentaudio.offline_sfz import sfz_text, velocities
from latentaudio.parameters import PAD_SETTINGS, PADS, pad_name
from latentaudio.render.check import fault
from latentaudio.state import State
from latentaudio.voicing import BRIGHTNESS, voicings

SFZ = "kit.sfz"


def render_pads(library: Library, state: State, title: str, layers: int, form: Form, device: str) -> Iterator[Path]:
    """Write each pad of `state` as the mixer plays it at full velocity, then `kit.sfz` and the points.

    A pad that darkens has `layers` files, `01-v031.wav` … `01-v127.wav`, named by the greatest velocity that plays
    them; level is the sampler's to follow. Raises UsageError where a file is there already, and where layers would
    be alike, DataError for a pad that cannot sound.
    """
    names, latents = _layered(library, state, layers, form)
    every = [name for files in names for name in files]
    form.claim([*every, SFZ, INDEX])
    sounds = decode(library, np.concatenate(latents), form.sample_rate, device)
    for pad, files in enumerate(names, 1):
        for name in files:
            yield form.write(name, _played(next(sounds), pad, _settings(state, pad), form.sample_rate))
    if form.gap is not None:
        yield form.join([form.folder / name for name in every])
    pads = ((pad, files, _settings(state, pad)) for pad, files in enumerate(names, 1))
    yield write_text(form.folder / SFZ, sfz_text(title, pads))
    write_text(form.folder / INDEX, index_text(library, dict(zip(every, np.concatenate(latents), strict=True))))


def _layered(
    library: Library, state: State, layers: int, form: Form
) -> tuple[list[list[str]], list[NDArray[np.float32]]]:
    """Of each pad the names and points of its layers, the loudest first."""
    state = state.copy()
    state.values["velocity.layers"] = layers
    posterior = Posterior(library.mean, library.scale)
    attributes = replace(library.attributes, learned=state.learned)
    voiced = voicings(state, range(PADS), attributes, posterior)
    latents = [each.latents[: each.layers] for each in voiced]  # of the first turn: the point itself
    if layers > 1 and all(len(rows) == 1 for rows in latents):
        raise UsageError(f"--layers does nothing: no pad darkens, or {library.name} has no attribute '{BRIGHTNESS}'")
    plain = form.numbered(PADS)
    names = [[_name(plain[pad], layer, len(rows)) for layer in range(len(rows))] for pad, rows in enumerate(latents)]
    return names, latents


def _name(plain: str, layer: int, layers: int) -> str:
    stem, _, suffix = plain.rpartition(".")
    return plain if layers == 1 else f"{stem}-v{velocities(layer, layers)[1]:03}.{suffix}"


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
