"""A training run from a folder of one-shots to a model file, on the caller's thread."""

import math
import tempfile
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import torch

from latentaudio.core.audition import Audition
from latentaudio.core.checkpoint import load_model
from latentaudio.core.dataset import Reading, load_folder
from latentaudio.core.device import describe
from latentaudio.core.loop import Loop
from latentaudio.core.options import Finish, Progress, Report, TrainOptions
from latentaudio.core.outcome import Outcome
from latentaudio.core.outlets import Outlets
from latentaudio.core.source import source_for
from latentaudio.core.state import checkpoint_path
from latentaudio.core.step import TrainStep
from latentaudio.core.team import Team, joined
from latentaudio.core.vae import Vae
from latentaudio.errors import DataError, LatentAudioError, UsageError
from latentaudio.files import unused

__all__ = ["Progress", "TrainOptions", "train"]

FEWEST = 2  # sounds to train on
PER_SOUND_MB = 80  # of an accelerator, for each second of sound in a batch (H100: 60, less the draws)


def train(
    folder: Path,
    out: Path,
    options: TrainOptions,
    progress: Report = lambda _: None,
    stop: threading.Event | None = None,
    reading: Reading = lambda done, of: None,
) -> Finish | None:
    """Train on the one-shots below `folder` and write the model `out`.

    The sounds are read first, and `reading` is told of each; those that memory does not hold are kept on the disk of
    `out` until the run is over. Where `torchrun` has started several processes, they share each batch, and the first
    alone tells and writes.

    State is kept beside it in `OUT.checkpoint` until the model is written. Once `stop` is set the run saves its state
    and returns None, as do those who follow; `options.resume` goes on from there. Raises LatentAudioError with one
    sentence.
    """
    with joined(options.device) as (team, device):
        return _train(folder, out, options, progress, stop or threading.Event(), reading, team, device)


def _train(
    folder: Path,
    out: Path,
    options: TrainOptions,
    progress: Report,
    stop: threading.Event,
    reading: Reading,
    team: Team,
    device: torch.device,
) -> Finish | None:
    checkpoint = checkpoint_path(out)
    _check(out, checkpoint, options)
    torch.set_float32_matmul_precision("high")  # TF32: twice as fast, and no difference that could be heard
    base = load_model(options.polish) if options.polish else None
    options = replace(options, config=base.vae.config) if base else options
    options = options if team.leads else replace(options, logs=None, report=False)
    dataset = load_folder(folder, options.config, options.select, options.cache, options.seed, reading, out.parent)
    learned = dataset.split("train")
    if len(learned.sounds) < FEWEST:
        raise DataError(f"{folder}: one sound is no space to move in; put some dozens there, {FEWEST} at least")
    options = in_steps(options, len(learned.sounds))
    torch.manual_seed(options.seed)
    vae = _unpolished(base.vae) if base else Vae(options.config)
    try:
        with closing(Outlets(out, options, progress)) as outlets:
            mine = replace(options, batch=team.part(options.batch))
            source = source_for(learned, device, mine.batch * mine.accumulation, options.seed + team.rank)
            step = TrainStep(vae.to(device), source, mine, device, team)
            audition = Audition(step, learned, dataset.split("valid"))
            loop = Loop(step, options, epoch_steps(options, len(learned.sounds)), checkpoint, audition, outlets)
            if not loop.go(stop):
                return None
            loop.use_best()
            preview = loop.let_hear()
    except torch.OutOfMemoryError as error:
        raise LatentAudioError(_would_fit(options, device)) from error
    vae.requires_grad_(False).eval()
    outcome = Outcome(options, loop, dataset, base)
    model = outcome.model(options.name or out.stem, device)
    outcome.save(model, out)
    picture = outcome.draw(model, unused(out.with_suffix(".png"))) if options.report else None
    course = loop.course
    return Finish(course.clock.step, course.early, course.best_step, loop.validation, picture, preview)


def _unpolished(vae: Vae) -> Vae:
    """A finished network with its decoder to be trained: the encoder stays, and with it every point of the map."""
    vae.requires_grad_(False).train()
    vae.decoder.requires_grad_(True)
    return vae


def in_steps(options: TrainOptions, sounds: int) -> TrainOptions:
    """The options with their epochs over `sounds` sounds as steps, where that is less than the steps they name."""
    if not options.epochs:
        return options
    steps = math.ceil(options.epochs * epoch_steps(options, sounds))
    return replace(options, steps=min(steps, options.steps or steps), epochs=None)


def epoch_steps(options: TrainOptions, sounds: int) -> float:
    """Steps that see as many sounds as there are."""
    return sounds / (options.batch * options.accumulation)


def _check(out: Path, checkpoint: Path, options: TrainOptions) -> None:
    if not out.parent.is_dir():
        raise UsageError(f"no folder {out.parent} to write {out.name} in")
    try:
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise UsageError(f"cannot write in {out.parent}: {error.strerror}") from error
    if out.exists() and not options.resume:
        raise UsageError(f"{out} exists already: choose another name, or delete it first")
    if checkpoint.is_file() and not options.resume:
        raise UsageError(f"{checkpoint} holds an unfinished run: resume it, or delete the file to start anew")
    for name in ("batch", "accumulation", "steps", "minutes", "epochs", "cycles", "clip"):
        value = getattr(options, name)
        if value is not None and not value > 0:
            raise UsageError(f"{name} must be above 0, not {value}")
    if not 0.0 <= options.synthetic <= 1.0:
        raise UsageError(f"synthetic must be from 0 to 1, not {options.synthetic}")


def _would_fit(options: TrainOptions, device: torch.device) -> str:
    sentence = f"out of memory on {describe(device)} at batch {options.batch}"
    if device.type != "cuda":
        return f"{sentence}: try batch {max(1, options.batch // 2)}"
    torch.cuda.empty_cache()
    free = torch.cuda.mem_get_info(device)[0] / 2**20
    seconds = options.config.frames / options.config.sample_rate
    fits = int(0.8 * free / (PER_SOUND_MB * seconds))
    return f"{sentence}: {free:.0f} MB are free, enough for batch {max(1, min(fits, options.batch - 1))}"
