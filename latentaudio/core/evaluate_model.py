"""A model held against a folder of sounds: all that `latentaudio evaluate` tells. On the caller's thread."""

from dataclasses import dataclass

import torch
from torch import Tensor

from latentaudio.core.attributes_report import AttributeFigures, attribute_report
from latentaudio.core.dataset import Dataset
from latentaudio.core.descriptors import kick_likeness, loudness
from latentaudio.core.device import describe
from latentaudio.core.evaluate import BATCH, Progress, measure, summary, told
from latentaudio.core.evaluate_draws import FEWEST, Draws, Spread, compare, features, nearest_mel_db, spread
from latentaudio.core.evaluate_space import AMOUNTS, PATHS, active_dims, pairs, smoothness, total_kl
from latentaudio.core.evaluate_speed import BATCHES, decode_ms
from latentaudio.core.evaluate_subject import Subject

DESCRIBED = 5000  # sounds, spread over the training set, that draws are compared with: each with each in the MMD
STEERED = 32  # points at which each attribute is set
POSTERIORS = 256  # sounds, spread over the training set, whose KL is taken


@dataclass(frozen=True)
class Evaluation:
    """All figures; `asdict` of it is the JSON. A name in a dict is what the figure is of."""

    model: str  # its name
    device: str  # that computed
    sounds: dict[str, int]  # by split; without a manifest, "train" is what the model's library names
    reconstruction: dict[str, dict[str, float]]  # by split: see evaluate.MEASURES; "test shippable": that part alone
    draws: Draws | None  # None with fewer than 9 sounds learned or held out
    drawn: int  # sounds
    kicks: float  # share of the draws that sound like one kick, 0..1
    peak_db: Spread  # dBFS, of the draws; the training sounds have -1
    loudness_db: Spread  # dBFS of the loudest 50 ms, of the draws
    smoothness: dict[str, Spread]  # largest over mean step of morphs in 64 steps, by kind of path
    attributes: list[AttributeFigures]  # each one's Spearman, gain and leakage; none in a model without attributes
    active_dims: int  # of `dims`
    dims: int
    kl_nats: float | None  # per sound; None where the folder has no training sounds
    file_mb: float  # millions of bytes
    parameters: int
    decoder_parameters: int
    load_s: float  # from torch imported to the first sound
    decode_ms: dict[int, float]  # by batch; threads as torch has them


@torch.inference_mode()
def evaluate_model(subject: Subject, progress: Progress = lambda *_: None) -> Evaluation:
    """Measure everything."""
    model, vae, rate = subject.model, subject.model.vae, subject.model.vae.config.sample_rate
    device = next(vae.parameters()).device
    drawn = subject.drawn
    return Evaluation(
        model=model.name,
        device=describe(device),
        sounds={name: len(subject.dataset.split(name).sounds) for name in subject.dataset.splits},
        reconstruction=reconstructions(subject, progress),
        draws=compare_draws(subject, progress),
        drawn=len(drawn),
        kicks=round(sum(kick_likeness(sound, rate).is_kick for sound in drawn.cpu()) / len(drawn), 3),
        peak_db=spread(20.0 * drawn.abs().amax(1).clamp_min(1e-5).log10()),
        loudness_db=spread(loudness(drawn, rate)),
        smoothness=morphs(subject, progress),
        attributes=attribute_report(model, STEERED),
        active_dims=active_dims(model.latents),
        dims=vae.config.dims,
        kl_nats=_kl(subject),
        file_mb=round(subject.path.stat().st_size / 1e6, 2),
        parameters=_size(vae),
        decoder_parameters=_size(vae.decoder),
        load_s=round(subject.load_s, 3),
        decode_ms={batch: decode_ms(vae, batch) for batch in told(progress, "timing", BATCHES, len(BATCHES))},
    )


def reconstructions(subject: Subject, progress: Progress) -> dict[str, dict[str, float]]:
    """Every measure by split, and of the shippable part of a split where there is another part."""
    found = {}
    for name in subject.dataset.splits:
        dataset = subject.dataset.split(name)
        values = measure(subject.model.vae, dataset, progress, f"reconstructing {name}")
        found[name] = summary(values)
        keep = [index for index, sound in enumerate(dataset.sounds) if sound.file in (subject.shippable or ())]
        if 0 < len(keep) < len(dataset.sounds):
            found[f"{name} shippable"] = summary(values[:, keep])
    return found


def compare_draws(subject: Subject, progress: Progress) -> Draws | None:
    """How the draws lie to the held-out sounds; None where there are too few to tell."""
    train, held_out = subject.train, subject.held_out
    if min(len(train.sounds), len(held_out.sounds)) < FEWEST:
        return None
    rate, device = subject.model.vae.config.sample_rate, subject.drawn.device

    def describe_all(dataset: Dataset) -> Tensor:
        return torch.cat([features(audio, rate).cpu() for audio in dataset.batches(BATCH, device)])

    real = torch.cat(list(held_out.batches(BATCH, device)))
    count = -(-len(train.sounds) // BATCH)
    learned = told(progress, "comparing draws", train.batches(BATCH, device), count)
    nearest = nearest_mel_db(torch.cat([subject.drawn, real]), learned, rate)
    nearest_drawn, nearest_real = torch.split(nearest, [len(subject.drawn), len(real)])
    compared = compare(
        features(subject.drawn, rate).cpu(), describe_all(train.spread(DESCRIBED)), describe_all(held_out)
    )
    return Draws(*compared, spread(nearest_drawn), spread(nearest_real))


def morphs(subject: Subject, progress: Progress) -> dict[str, Spread]:
    """How even the steps are between pairs of the library, by kind of path; empty for a library of one sound."""
    vae, latents = subject.model.vae, subject.model.latents
    chosen = pairs(len(latents))
    found: dict[str, list[float]] = {name: [] for name in PATHS if len(chosen)}
    for a, b in told(progress, "morphing", latents[chosen], len(chosen)):
        for name, values in found.items():
            points = PATHS[name](a, b, AMOUNTS).to(subject.drawn.device)
            values.append(smoothness(vae.decode, points, vae.config.sample_rate))
    return {name: spread(torch.tensor(values)) for name, values in found.items()}


def _kl(subject: Subject) -> float | None:
    train = subject.train
    if not train.sounds:
        return None
    some = train.spread(POSTERIORS)
    posteriors = [subject.model.vae.encode(audio) for audio in some.batches(BATCH, subject.drawn.device)]
    mean, logvar = (torch.cat(values) for values in zip(*posteriors, strict=True))
    return round(total_kl(mean, logvar), 1)


def _size(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
