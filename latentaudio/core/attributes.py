"""Brightness, noisiness, loudness, decay, pitch and click as moves of a point, found by listening to what is decoded.

On the caller's thread, once a model is made: some 10 s of two CPU cores, 3 s of a GPU, for 128 dims.
"""

from dataclasses import asdict, astuple, dataclass, replace

import numpy as np
import torch
from torch import Tensor

from latentaudio.core.attributes_fit import fit_gradients
from latentaudio.core.attributes_listen import Places, gradients, listen
from latentaudio.core.attributes_report import attribute_report, listen_moved
from latentaudio.core.checkpoint import Model
from latentaudio.core.descriptors import DESCRIPTORS
from latentaudio.steering import Steering

ABOUT = {  # an attribute for each descriptor: what it does, and the unit of its deviation
    "brightness": ("more or less treble", "octaves"),
    "noisiness": ("hiss, rattle and air, or a pure tone", "dB"),
    "loudness": ("the level of the loudest moment", "dB"),
    "decay": ("how long it sounds", "octaves"),
    "pitch": ("how high the body is", "octaves"),
    "click": ("how sharp the onset is", "dB"),
}
REACH = 2.0  # units that points are moved by before they are listened to again
LEAST_DEVIATION = 0.05  # octaves or dB, where a library's sounds are all alike
LEAST_GAIN, MOST_LEAKAGE = 0.7, 0.5  # that calibrating makes up for: asked for more, the pitch moves the others instead


@dataclass(frozen=True)
class Effort:
    """How many points are listened to, for each dim of the model: with more dims there is more to find out."""

    gradients: float
    library: float
    calibrated: float
    reported: float


EFFORTS = {"cuda": Effort(16.0, 4.0, 1.0, 0.5)}
SMALL_EFFORT = Effort(1.0, 0.5, 0.08, 0.05)
FEWEST = 8  # points of a kind


def add_attributes(model: Model, seed: int = 0) -> Model:
    """`model` with attributes: how to move a point, and figures of other points. Always the same for a seed."""
    effort = EFFORTS.get(next(model.vae.parameters()).device.type, SMALL_EFFORT)
    fitted_to, known, calibrated_by, reported = (max(FEWEST, round(n * len(model.mean))) for n in astuple(effort))
    places = Places(model, torch.Generator().manual_seed(seed))
    deviations = listen(model, places.library(known)).std(0, correction=0).clamp_min(LEAST_DEVIATION)
    about = {name: {"doc": ABOUT[name][0], "unit": ABOUT[name][1], "deviation": round(deviation, 4)}
             for name, deviation in zip(DESCRIPTORS, deviations.tolist(), strict=True)}  # fmt: skip
    model = replace(model, attributes=about, steering=find_steering(model, places, deviations, fitted_to))
    model = calibrated(model, places, deviations, calibrated_by)
    figures = {each.name: asdict(each) for each in attribute_report(model, reported, seed + 1)}
    return replace(model, attributes={name: row | figures[name] for name, row in about.items()})


def find_steering(model: Model, places: Places, deviations: Tensor, count: int) -> Steering:
    """Fit `count` gradients: half of them where sounds are, half where the first fit moves such points."""
    first = around(places, count - count // 2)
    found = steepness(model, first, deviations)
    steering = fitted(model, first, found)
    amounts = torch.zeros(count // 2, len(deviations))
    chosen = torch.randint(len(deviations), (len(amounts), 1), generator=places.generator)
    amounts.scatter_(1, chosen, REACH * (2.0 * torch.rand(len(amounts), 1, generator=places.generator) - 1.0))
    second = torch.from_numpy(steering.move(around(places, count // 2).numpy(), amounts.numpy()))
    found = torch.cat([found, steepness(model, second, deviations)])
    return fitted(model, torch.cat([first, second]), found)


def around(places: Places, count: int) -> Tensor:
    """Points [count, dims] where a player may be: draws, and what lies between sounds of the library."""
    return torch.cat([places.draws(count - count // 2), places.between(count // 2)])


def steepness(model: Model, points: Tensor, deviations: Tensor) -> Tensor:
    """Gradients [n, descriptors, dims] in `deviations` [descriptors] per standard deviation of the posterior."""
    return (gradients(model, points) @ model.scale) / deviations[:, None]


def fitted(model: Model, points: Tensor, found: Tensor) -> Steering:
    """The steering that gradients `found` [n, descriptors, dims] at `points` [n, dims] ask for."""
    slopes, bends = fit_gradients(points - model.mean, found)
    return Steering(model.mean.numpy(), model.scale.numpy(), slopes.numpy(), bends.numpy())


def calibrated(model: Model, places: Places, deviations: Tensor, count: int) -> Model:
    """`model` with a unit that is one deviation, and the others still, in the mean over `count` points.

    Where a unit of each attribute changes the descriptors by the columns of C, asking for the inverse of C changes
    each alone; and the move that gradients C G lead to is the one that G leads to, asked for the inverse of C.
    """
    assert model.steering is not None
    points = torch.cat([places.draws(count - count // 2), places.library(count // 2)])
    units = torch.eye(len(deviations))
    up, down = (listen_moved(model, points, sign * units) for sign in (1.0, -1.0))
    change = ((up - down) / (2.0 * deviations)).mean(1).T  # [descriptor, attribute]
    own = change.diagonal().clamp_min(LEAST_GAIN)
    leaks = (change / own).clamp(-MOST_LEAKAGE, MOST_LEAKAGE) * (1.0 - units)
    mixed = ((units + leaks) * own).numpy()
    old = model.steering
    bends = np.einsum("ij,jab->iab", mixed, old.bends)
    return replace(model, steering=replace(old, slopes=mixed @ old.slopes, bends=bends))
