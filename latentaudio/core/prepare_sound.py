"""One sound file made into a FLAC file for training: in a worker process, numpy only."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentaudio.core.audio import ONSET, Audio, one_shot, read_audio
from latentaudio.core.fingerprint import Fingerprint, fingerprint
from latentaudio.errors import DataError, UsageError
from latentaudio.files import atomic_path

SIGNIFICANT = 0.25  # of the peak: the first half-wave that reaches it says which polarity a sound has


@dataclass(frozen=True)
class Treatment:
    """How every sound of a folder is prepared."""

    rate: int = 44100  # Hz
    seconds: float = 4.0  # at most
    bits: int = 16  # or 24
    polarity: bool = False  # flip what begins downwards


@dataclass(frozen=True)
class Job:
    """One file to prepare."""

    source: Path
    root: Path  # where prepared files go, resolved
    file: str  # relative to `root`, with forward slashes
    source_file: str  # relative to the folder of originals: what the prepared file says it was made from
    treatment: Treatment
    overwrite: bool

    @property
    def tag(self) -> dict[str, object]:
        """What tells a file that this job made from every other."""
        return {"source_file": self.source_file, **vars(self.treatment)}


@dataclass(frozen=True)
class Prepared:
    """What became of one file."""

    file: str
    source_file: str
    done: str = ""  # what was done to the sound, to be read by people
    reason: str = ""  # why there is no prepared file
    fresh: bool = False  # written now, not found
    fingerprint: Fingerprint | None = None


def prepare_sound(job: Job) -> Prepared:
    """Write the file that `job` describes, or find it written by an earlier run.

    A bad sound becomes a reason. Raises UsageError where another file is in the way, OSError where the disk is full.
    """
    target = job.root / job.file
    try:
        if not target.parent.resolve().is_relative_to(job.root):
            raise DataError("would be written outside of the folder")
        if target.exists() and not job.overwrite:
            return _found(job, target)
        shot, done = _transform(job.source, job.treatment)
    except DataError as error:
        return Prepared(job.file, job.source_file, reason=str(error))
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(target) as path:
        path.write_bytes(_flac(shot, job.treatment, json.dumps({**job.tag, "done": done})))
    return Prepared(job.file, job.source_file, done, fresh=True, fingerprint=fingerprint(shot, job.treatment.rate))


def _found(job: Job, target: Path) -> Prepared:
    """The file that an earlier run wrote; UsageError where it is any other, so that no run mixes two treatments."""
    import soundfile

    try:
        with soundfile.SoundFile(target) as file:
            tag = json.loads(file.comment)
        done = str(tag.pop("done"))
    except (soundfile.LibsndfileError, ValueError, AttributeError, KeyError, TypeError):
        tag = None  # no tag of ours
    if tag != job.tag:
        raise UsageError(f"{target} was made of another sound or with other settings: --overwrite, or another folder")
    audio, rate = read_audio(target)
    return Prepared(job.file, job.source_file, done, fingerprint=fingerprint(audio, rate))


def _transform(source: Path, treatment: Treatment) -> tuple[Audio, str]:
    """The one-shot and what was done to it, in words."""
    import soundfile

    audio, rate = read_audio(source)
    shot = one_shot(audio, rate, treatment.rate, round(treatment.seconds * treatment.rate))
    loud = np.abs(audio)
    channels = soundfile.info(source).channels
    onset = float(np.argmax(loud >= ONSET * loud.max())) / rate
    level = 20.0 * np.log10(np.abs(shot).max() / loud.max())
    flip = treatment.polarity and begins_downwards(shot)
    steps = {
        f"{channels} channels averaged": channels > 1,
        f"resampled from {rate} Hz": rate != treatment.rate,
        f"onset moved by {-1000.0 * onset:.1f} ms": onset > 0.001,
        f"cut from {audio.size / rate:.2f} s": audio.size / rate - onset > treatment.seconds + 0.001,
        f"level {level:+.1f} dB": abs(level) >= 0.05,
        "flipped": flip,
    }
    return -shot if flip else shot, ", ".join(step for step, taken in steps.items() if taken) or "copied"


def begins_downwards(shot: Audio) -> bool:
    """Whether the first half-wave of `shot` [frames] that reaches a quarter of its peak is negative."""
    loud = np.abs(shot)
    return bool(shot[np.argmax(loud >= SIGNIFICANT * loud.max())] < 0.0)


def _flac(shot: Audio, treatment: Treatment, comment: str) -> bytes:
    """A FLAC file in memory, so that a full disk is met by `Path.write_bytes`, which says so."""
    import soundfile

    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", treatment.rate, 1, f"PCM_{treatment.bits}", format="FLAC") as file:
        file.comment = comment
        file.write(shot)
    return buffer.getvalue()
