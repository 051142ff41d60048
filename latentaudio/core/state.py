"""A training run on disk: all that its next step depends on, in one safetensors file, replaced in one step."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from latentaudio.core.checkpoint import read_config
from latentaudio.core.course import Course, from_json
from latentaudio.core.options import Clock
from latentaudio.core.step import TrainStep
from latentaudio.errors import ModelError, UsageError
from latentaudio.files import atomic_path

FORMAT = "latentaudio-training"
VERSION = 2  # 1 had a clock alone where there is now a course


def checkpoint_path(out: Path) -> Path:
    """Where the run that will write the model `out` keeps its state."""
    return out.with_name(out.name + ".checkpoint")


def save_state(path: Path, step: TrainStep, course: Course, best: dict[str, Tensor]) -> None:
    """Write the run's state; a kill at any moment leaves the old file or the new.

    `best` are the weights of the best validation, or empty. Raises ModelError.
    """
    tensors = {f"random/{name}": value for name, value in _random_states(step.device).items()}
    for name, value in step.parameters.items():
        moments = step.optimiser.state[value]
        tensors[f"weights/{name}"] = value.detach()
        tensors[f"average/{name}"] = step.average[name]
        tensors[f"moment/{name}"] = moments["exp_avg"]
        tensors[f"square/{name}"] = moments["exp_avg_sq"]
    tensors |= {f"best/{name}": value for name, value in best.items()}
    tensors |= {f"source/{name}": value for name, value in step.source.state().items()}
    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "course": json.dumps(asdict(course)),
        "config": json.dumps(asdict(step.vae.config)),
        "batch": str(step.batch),
    }
    try:
        with atomic_path(path) as temporary:
            save_file({name: value.cpu().contiguous() for name, value in tensors.items()}, temporary, metadata)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"cannot write the checkpoint {path} ({error})") from error


def load_state(path: Path, step: TrainStep) -> tuple[Course, dict[str, Tensor]]:
    """Continue from what `save_state` wrote: the course, and the weights of the best validation.

    Raises UsageError where there is none or it is of another network, ModelError where it is damaged or newer.
    """
    if not path.is_file():
        raise UsageError(f"nothing to resume: there is no {path}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            course = _course(path, metadata)
            if read_config(json.loads(metadata["config"])) != step.vae.config:
                raise UsageError(f"{path} holds a network of another shape")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if _named(tensors, "weights/").keys() != step.parameters.keys():
            raise UsageError(f"{path} trains another part of the network: resume it with --polish or without, as begun")
        _restore(step, tensors, course.clock)
        step.source.load_state(_named(tensors, "source/"))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path} is damaged ({error}); without --resume training starts anew") from error
    return course, {name: value.to(step.device) for name, value in _named(tensors, "best/").items()}


def _named(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _course(path: Path, metadata: dict[str, str]) -> Course:
    if metadata.get("format") != FORMAT:
        raise ModelError(f"{path} is not a checkpoint of a training run")
    version = int(metadata.get("version", "1"))
    if version > VERSION:
        raise ModelError(f"{path} is of checkpoint format {version}; this LatentAudio reads up to {VERSION}: update it")
    if version == 1:
        clock = Clock(**json.loads(metadata["clock"]))
        return Course(clock, validated=clock)
    return from_json(json.loads(metadata["course"]))


@torch.no_grad()
def _restore(step: TrainStep, tensors: dict[str, Tensor], clock: Clock) -> None:
    capturable = step.optimiser.defaults["capturable"]
    for name, value in step.parameters.items():
        value.copy_(tensors[f"weights/{name}"])
        step.average[name].copy_(tensors[f"average/{name}"])
        step.optimiser.state[value] = {
            "step": torch.tensor(float(clock.step), device=step.device if capturable else "cpu"),
            "exp_avg": tensors[f"moment/{name}"].to(step.device),
            "exp_avg_sq": tensors[f"square/{name}"].to(step.device),
        }
    torch.set_rng_state(tensors["random/cpu"])
    if step.device.type == "cuda" and "random/cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random/cuda"], step.device)


def _random_states(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states
