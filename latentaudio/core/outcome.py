"""From a trained network to its file and its picture. On the caller's thread."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import torch

from latentaudio import __version__
from latentaudio.core.checkpoint import Model, save_model
from latentaudio.core.dataset import Dataset
from latentaudio.core.device import describe
from latentaudio.core.evaluate import evaluate
from latentaudio.core.library import build_model
from latentaudio.core.loop import Loop
from latentaudio.core.options import TrainOptions
from latentaudio.core.report import write_report
from latentaudio.core.step import TERMS
from latentaudio.errors import LatentAudioError, ModelError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """A run that has come to its end, with what is shipped in its network."""

    options: TrainOptions
    loop: Loop
    dataset: Dataset
    base: Model | None  # that was polished

    def model(self, name: str, device: torch.device) -> Model:
        """The network with its library, how it was made, and what it owes."""
        vae, dataset = self.loop.step.vae, self.dataset
        measured = {split: evaluate(vae, dataset.split(split)) for split in dataset.splits}
        provenance = self._provenance(device) | {"evaluation": measured}
        model = build_model(vae, dataset.split("train"), name, provenance)
        # What a polished model learned from is in it still.
        return replace(model, credits=self.base.credits | model.credits) if self.base else model

    def save(self, model: Model, out: Path) -> None:
        """Write `model`, and be done with the checkpoint; where that fails, ModelError says what is left of the run."""
        weights = model.vae.state_dict().values()
        try:
            if not all(value.half().isfinite().all() for value in weights):
                raise ModelError(f"{out} is not written, as some of its weights would not be finite")
            save_model(model, out)
        except ModelError as error:
            checkpoint = self.loop.checkpoint
            kept = f"the run is kept in {checkpoint}, and the same command with --resume ends it"
            raise ModelError(f"{error}; {kept if checkpoint.is_file() else 'nor could its state be kept'}") from error
        self.loop.checkpoint.unlink(missing_ok=True)

    def draw(self, model: Model, path: Path) -> Path | None:
        """The picture of the run; None, said in a line, where it cannot be drawn: all that it shows is in `model`."""
        try:
            write_report(path, model, self.dataset)
        except LatentAudioError as error:
            log.warning("%s; latentaudio evaluate MODEL FOLDER --picture FILE.png draws it later", error)
            return None
        return path

    def _provenance(self, device: torch.device) -> dict[str, object]:
        options, course, dataset = self.options, self.loop.course, self.dataset
        base = self.base
        before = {"polished": {"name": base.name, "provenance": base.provenance}} if base else {}
        return before | {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": options.command,
            "latentaudio": __version__,
            "torch": torch.__version__,
            "device": describe(device),
            "seed": options.seed,
            "batch": options.batch,
            "synthetic": options.synthetic,
            "learning_rate": options.learning_rate,
            "beta": options.beta,
            "free_bits": options.free_bits,
            "steps": course.best_step if self.loop.best else course.clock.step,
            "seconds": round(course.clock.seconds, 1),
            "sounds": {name: len(dataset.split(name).sounds) for name in dataset.splits},
            "groups": len({sound.group for sound in dataset.sounds}),
            "skipped": len(dataset.skipped),
            "history": course.history.summary(TERMS, self.loop.audition.split),
        }
