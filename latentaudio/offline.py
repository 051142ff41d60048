"""Sounds to files with no daemon: points rendered, the default kit, reconstructions. The caller's thread."""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError, UsageError
from latentaudio.events import Samples
from latentaudio.files import SOUND_SUFFIXES
from latentaudio.latent.library import Library, Point, read_library
from latentaudio.offline_files import Form, write_sound, write_text
from latentaudio.offline_index import INDEX, index_text
from latentaudio.offline_points import draws
from latentaudio.render.check import fault
from latentaudio.render.process import Worker
from latentaudio.render.protocol import SLOTS

log = logging.getLogger(__name__)


def decode(library: Library, latents: NDArray[np.float32], sample_rate: int, device: str) -> Iterator[Samples]:
    """Sounds of `latents` [sounds, dims], from a renderer process of our own, exactly as the daemon gets them."""
    with Worker(library.path, sample_rate, library.frames_at(sample_rate), device) as worker:
        worker.wait_ready()
        for start in range(0, len(latents), SLOTS):
            yield from worker.decode(latents[start : start + SLOTS])


def draw_points(model: Path, count: int, temperature: float = 1.0, seed: int = 0) -> NDArray[np.float32]:
    """`count` draws as the instrument makes them, [count, dims]. The same seed gives the same draws."""
    return draws(read_library(model), count, temperature, seed)


def render_points(library: Library, latents: NDArray[np.float32], names: Sequence[str], form: Form,
                  device: str) -> Iterator[Path]:  # fmt: skip
    """Write the sounds of `latents` [sounds, dims] under `names`, then the points of all that were written.

    What comes out as silence or worse is left out with a warning. Raises UsageError before anything is rendered where
    a file is there already, DataError where a file cannot be written or nothing could be rendered.
    """
    form.claim([*names, INDEX])
    written: dict[str, Point] = {}
    try:
        for name, point, samples in zip(
            names, latents, decode(library, latents, form.sample_rate, device), strict=True
        ):
            why = fault(samples)
            if why:
                log.warning("%s is left out: it came out as %s", name, why)
                continue
            path = form.write(name, samples)
            written[name] = point
            yield path
        if not written:
            raise DataError("nothing but faults came out; the model is not fit to play")
        if form.gap is not None:
            yield form.join([form.folder / name for name in written])
    finally:  # of a run that was stopped, too
        if written:
            write_text(form.folder / INDEX, index_text(library, written))


def write_kit(model: Path, folder: Path, device: str, force: bool = False) -> Iterator[Path]:
    """Write `01.flac` … `16.flac`: the default kit as rendered, at the model's rate. A factory model ships these."""
    library = read_library(model)
    form = Form(folder, library.sample_rate, "flac", 16, force=force)
    names = form.numbered(len(library.kit))
    form.claim(names)
    for name, samples in zip(names, decode(library, library.kit, form.sample_rate, device), strict=True):
        yield form.write(name, samples)


def reconstruct(model: Path, source: Path, out: Path, device: str, match: int = 0,
                progress: Callable[[str, int, int], object] = lambda *_: None) -> Iterator[Path]:  # fmt: skip
    """Encode and decode a sound, or each sound of a folder to `out`/<same stem>.wav.

    With `match` steps, each becomes what sounds closest to it instead; `progress` hears of its name and every step.
    """
    from latentaudio.core.audio import read_audio
    from latentaudio.core.checkpoint import load_model
    from latentaudio.core.device import pick_device
    from latentaudio.core.evaluate import reconstruct as reconstructed
    from latentaudio.core.match import matched

    if not source.exists():
        raise UsageError(f"no sound or folder {source}")
    loaded = load_model(model, pick_device(device))
    jobs = [(source, out)]
    if source.is_dir():
        found = sorted(path for path in source.rglob("*") if path.suffix.lower() in SOUND_SUFFIXES)
        jobs = [(path, out / f"{path.stem}.wav") for path in found]
        if not jobs:
            raise DataError(f"{source}: no sound files in it")
    targets = [target.resolve() for _, target in jobs]
    for (path, target), resolved in zip(jobs, targets, strict=True):
        if targets.count(resolved) > 1 or any(resolved == other.resolve() for other, _ in jobs):
            raise UsageError(f"{target} would replace {path.name} or another result; write to another folder")
    written = 0
    for path, target in jobs:
        try:
            audio = read_audio(path)
            if match:
                samples = matched(loaded, *audio, match, partial(progress, path.name))
            else:
                samples = reconstructed(loaded, *audio)
        except DataError as error:
            log.warning("%s is left out: %s", path, error)
            continue
        yield write_sound(target, samples, loaded.vae.config.sample_rate)
        written += 1
    if not written:
        raise DataError(f"{source}: nothing in it could be reconstructed")
