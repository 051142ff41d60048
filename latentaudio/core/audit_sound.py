"""What an audit measures of one sound file: in a worker process, with torch on one thread."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from latentaudio.core.audio import LONGEST, SILENCE, Audio, never_swings, one_shot, unreadable
from latentaudio.core.descriptors import describe_sounds, kick_likeness
from latentaudio.core.fingerprint import Fingerprint, fingerprint

RATE = 44100  # Hz: what is compared between sounds is measured at one rate
SHORTEST = RATE // 4  # frames, padded: the descriptors' windows fit
CLIPPED_RUN = 3  # frames at least
CORNER = 16  # quantisation steps: into a clipped run a wave jumps, onto the top of a sine it creeps
PARTS = 10  # of a sound, that an offset moves all to one side


@dataclass(frozen=True, slots=True)
class Measured:
    """One file; all but the name is empty where it could not be read."""

    file: str  # relative to the folder, with forward slashes
    problem: str = ""  # why it cannot be used: unreadable, too long, empty, not finite, silent, only offset
    detail: str = ""
    format: str = ""  # container and encoding
    rate: int = 0  # Hz
    channels: int = 0
    seconds: float = 0.0
    peak: float = 0.0  # linear
    clipped: int = 0  # frames flat at the peak, of all channels
    offset: float = 0.0  # DC, of the peak
    second_hit: float = 0.0  # dB, as `KickLikeness`
    descriptors: tuple[float, ...] = ()  # in the order of DESCRIPTORS


def measure_sound(job: tuple[Path, str]) -> tuple[Measured, Fingerprint | None]:
    """Measure the file at a path, known by a name; never raises for a bad file. A too long one is not read."""
    import soundfile

    path, name = job
    try:
        with soundfile.SoundFile(path) as file:
            kind = (f"{file.format} {file.subtype}", file.samplerate, file.channels, file.frames / file.samplerate)
            if kind[-1] > LONGEST:
                detail = f"{kind[-1]:.0f} s; one of more than {LONGEST:.0f} s is no one-shot"
                return Measured(name, "too long", detail, *kind), None
            audio = file.read(int(LONGEST * file.samplerate), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        return Measured(name, "unreadable", unreadable(path, error)), None
    problem, detail = _problem(audio, kind[1])
    if problem:
        return Measured(name, problem, detail, *kind), None
    mono = np.asarray(audio.mean(1), np.float32)
    shot = one_shot(mono, file.samplerate, RATE, int(LONGEST * RATE))
    padded = torch.from_numpy(np.pad(shot, (0, max(0, SHORTEST - shot.size))))
    return Measured(
        name, "", "", *kind,
        peak=float(np.abs(audio).max()),
        clipped=clipped_frames(audio),
        offset=dc_offset(mono),
        second_hit=kick_likeness(padded, RATE).second_hit,
        descriptors=tuple(describe_sounds(padded.unsqueeze(0), RATE)[0].tolist()),
    ), fingerprint(shot, RATE)  # fmt: skip


def _problem(audio: NDArray[np.float32], rate: int) -> tuple[str, str]:
    """Why `audio` [frames, channels] is no sound at all, as a word and a detail; empty where it is one."""
    if not audio.size:
        return "empty", "no frames"
    wrong = int((~np.isfinite(audio)).sum())
    if wrong:
        return "not finite", f"{wrong} samples are NaN or infinite"
    mono = audio.mean(1)
    if np.abs(mono).max() < SILENCE:
        cancels = np.abs(audio).max() >= SILENCE
        return "silent", "its channels cancel in mono" if cancels else f"never above {20 * np.log10(SILENCE):.0f} dBFS"
    if never_swings(mono, rate):
        return "only offset", "direct current, switched on and off: no wave"
    return "", ""


def clipped_frames(audio: NDArray[np.float32]) -> int:
    """Frames of `audio` [frames, channels] in flat runs of `CLIPPED_RUN` or more at a channel's peak, all added up.

    Flat is within one step of the file's quantisation, so that 8 bits and floats are judged alike. The peak need not
    be full scale: what was cut and then turned down stays cut.
    """
    return sum(_clipped(channel) for channel in audio.T)


def _clipped(channel: Audio) -> int:
    steps = np.abs(np.diff(channel, prepend=channel[:1], append=channel[-1:]))  # before each frame, and after the last
    step = steps[steps > 0.0].min(initial=np.inf)
    loud = np.abs(channel)
    flat = np.concatenate([[False], loud >= loud.max() - step, [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    start, end = edges[::2], edges[1::2]  # of runs, the end not included
    runs = (end - start)[np.maximum(steps[start], steps[end]) > CORNER * step]
    return int(runs[runs >= CLIPPED_RUN].sum())


def dc_offset(audio: Audio) -> float:
    """How far all of `audio` [frames] leans to one side, of its peak, signed.

    The mean of a kick is not 0: its first half-wave is the largest. But only an offset moves every tenth of a sound to
    the same side, so the smallest of the tenths' means is taken, and 0 where their signs differ.
    """
    means = np.array([part.mean() for part in np.array_split(audio, PARTS) if part.size])
    if len(means) < PARTS or np.ptp(np.sign(means)):
        return 0.0
    return float(means[np.abs(means).argmin()] / np.abs(audio).max())
