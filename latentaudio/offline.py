"""Sounds to files with no daemon: draws, the default kit as the mixer plays it, reconstructions."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine.commands import Sound
from latentaudio.errors import DataError, UsageError
from latentaudio.events import Samples
from latentaudio.files import atomic_path
from latentaudio.kit import strike_of
from latentaudio.latent.library import Library, read_library
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


def write_draws(model: Path, folder: Path, count: int, temperature: float, seed: int, sample_rate: int,
                device: str) -> Iterator[Path]:  # fmt: skip
    """Write `draw-001.wav` …: random points of the model's posterior. The same seed gives the same draws."""
    library = read_library(model)
    latents = _draws(library, count, temperature, seed)
    for number, samples in enumerate(decode(library, latents, sample_rate, device), 1):
        why = fault(samples)
        if why:
            raise DataError(f"draw {number} came out as {why}; the model is not fit to play")
        yield _write(folder / f"draw-{number:03}.wav", samples, sample_rate)


def draw_points(model: Path, count: int, temperature: float = 1.0, seed: int = 0) -> NDArray[np.float32]:
    """`count` draws as the instrument makes them, [count, dims]. The same seed gives the same draws."""
    return _draws(read_library(model), count, temperature, seed)


def _draws(library: Library, count: int, temperature: float, seed: int) -> NDArray[np.float32]:
    generator = np.random.default_rng(seed)
    return np.stack([library.draw(generator, temperature) for _ in range(count)])


def write_pads(model: Path, folder: Path, sample_rate: int, device: str) -> Iterator[Path]:
    """Write `01.wav` … `16.wav`: the default kit through the mixer, each pad hit once at full velocity."""
    from latentaudio.engine.engine import Engine

    library = read_library(model)
    for pad, samples in enumerate(decode(library, library.kit, sample_rate, device), 1):
        engine = Engine(sample_rate)
        engine.port("offline").play(strike_of(Sound(samples), pad), 1.0, 0)
        yield _write(folder / f"{pad:02}.wav", engine.render(len(samples)), sample_rate)


def write_kit(model: Path, folder: Path, device: str) -> Iterator[Path]:
    """Write `01.flac` … `16.flac`: the default kit as rendered, at the model's rate. A factory model ships these."""
    library = read_library(model)
    for pad, samples in enumerate(decode(library, library.kit, library.sample_rate, device), 1):
        yield _write(folder / f"{pad:02}.flac", samples, library.sample_rate, "PCM_16")


def reconstruct(model: Path, source: Path, out: Path, device: str) -> Iterator[Path]:
    """Encode and decode a sound, or each sound of a folder to `out`/<same stem>.wav."""
    from latentaudio.core.audio import read_audio
    from latentaudio.core.checkpoint import load_model
    from latentaudio.core.dataset import SUFFIXES
    from latentaudio.core.device import pick_device
    from latentaudio.core.evaluate import reconstruct as reconstructed

    if not source.exists():
        raise UsageError(f"no sound or folder {source}")
    loaded = load_model(model, pick_device(device))
    jobs = [(source, out)]
    if source.is_dir():
        found = sorted(path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES)
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
            samples = reconstructed(loaded, *read_audio(path))
        except DataError as error:
            log.warning("%s is left out: %s", path, error)
            continue
        yield _write(target, samples, loaded.vae.config.sample_rate)
        written += 1
    if not written:
        raise DataError(f"{source}: nothing in it could be reconstructed")


def _write(path: Path, samples: Samples, sample_rate: int, subtype: str = "PCM_24") -> Path:
    """Write a sound whole or not at all, making its folder; its suffix says how."""
    import soundfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            soundfile.write(temporary, samples, sample_rate, subtype)
    except (OSError, TypeError, ValueError, soundfile.LibsndfileError) as error:
        raise DataError(f"cannot write {path}: {error}") from error
    return path
