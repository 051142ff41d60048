"""What is wrong with a folder of one-shots: every file measured, and compared with all others. Reads, never writes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentaudio.core.audit_compare import far_from_all, scores
from latentaudio.core.audit_sound import Measured, measure_sound
from latentaudio.core.descriptors import DESCRIPTORS
from latentaudio.core.fingerprint import ALIKE, SIZE, originals
from latentaudio.core.pool import in_order
from latentaudio.core.sounds import list_sounds
from latentaudio.errors import DataError

SEVERITY = {  # of each check, worst first
    "unreadable": "error",  # these six cannot be trained on
    "not finite": "error",
    "empty": "error",
    "silent": "error",
    "only offset": "error",
    "too long": "error",
    "clipped": "warning",
    "second hit": "warning",
    "near-duplicate": "warning",
    "offset": "warning",
    "length": "warning",
    "outlier": "warning",
    "rate": "note",  # and these three are mended by preparing or training
    "channels": "note",
    "format": "note",
}
CHECKS = tuple(SEVERITY)
CLIPPED = 10  # frames; fewer are not heard
OFFSET = 0.005  # of the peak; 4 of 1,380 well-kept one-shots have more
SECOND_HIT = 9.0  # dB, where a kick is none any more
LENGTH = 3.0  # robust standard deviations of log2 seconds: from 15 s on among 807 kicks of 0.04 to 1.5 s, and
OCTAVES = 2.0  # four times the usual length at least
FAR = 2.5  # finds half of the hats, snares and claps put among 30 to 800 kicks, and 1.5 % to 0.4 % of the kicks
FEWEST = 20  # sounds, below which none is unusual


@dataclass(frozen=True)
class Finding:
    """One thing that a person should look at."""

    file: str
    check: str  # one of CHECKS
    detail: str

    @property
    def severity(self) -> str:
        """error, warning or note."""
        return SEVERITY[self.check]


@dataclass(frozen=True)
class Audit:
    """All files of a folder, and what was found, worst first."""

    folder: Path
    sounds: tuple[Measured, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Findings of each check that has any, worst first."""
        found = Counter(finding.check for finding in self.findings)
        return {check: found[check] for check in CHECKS if found[check]}


def audit(folder: Path, jobs: int | None = None, progress: Callable[[int, int], None] = lambda done, of: None) -> Audit:
    """Examine every sound below `folder`; DataError where there is none.

    In memory stay some 5 KB of each sound: half a gigabyte of 100,000.
    """
    files = [sound.file for sound in list_sounds(folder, None)]
    if not files:
        raise DataError(f"{folder}: no sound files in it")
    names = [name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in files]
    tasks = [(folder / file, name) for file, name in zip(files, names, strict=True)]
    sounds: list[Measured] = []
    prints = np.zeros((len(tasks), SIZE), np.float16)
    with closing(in_order(measure_sound, tasks, jobs)) as results:
        for number, (measured, print_) in enumerate(results):
            sounds.append(measured)
            if print_ is not None:
                prints[number] = print_
            progress(number + 1, len(tasks))
    first = originals(prints, ALIKE)
    findings = [finding for sound in sounds for finding in _alone(sound)]
    copies = np.flatnonzero(first != np.arange(len(first)))
    findings += [Finding(names[copy], "near-duplicate", f"like {names[first[copy]]}") for copy in copies]
    findings += _compared([sound for sound in sounds if not sound.problem])
    findings.sort(key=lambda finding: (CHECKS.index(finding.check), finding.file))
    return Audit(folder, tuple(sounds), tuple(findings))


def _alone(sound: Measured) -> Iterator[Finding]:
    """What one file shows by itself."""
    if sound.problem:
        yield Finding(sound.file, sound.problem, sound.detail)
    if sound.clipped >= CLIPPED:
        yield Finding(sound.file, "clipped", f"{sound.clipped} frames flat at the peak")
    if sound.second_hit > SECOND_HIT:
        yield Finding(sound.file, "second hit", f"rises again by {sound.second_hit:.0f} dB")
    if abs(sound.offset) > OFFSET:
        yield Finding(sound.file, "offset", f"all of it leans by {100.0 * sound.offset:+.1f} % of its peak (DC)")


def _compared(sounds: Sequence[Measured]) -> Iterator[Finding]:
    """What shows only beside the other sounds."""
    for check, unit in (("rate", " Hz"), ("channels", " channels"), ("format", "")):
        yield from _unlike_most(sounds, check, unit)
    if len(sounds) >= FEWEST:
        yield from _lengths(sounds)
        yield from _outliers(sounds)


def _unlike_most(sounds: Sequence[Measured], check: str, unit: str) -> Iterator[Finding]:
    values = [getattr(sound, check) for sound in sounds]
    for usual, count in Counter(values).most_common(1):
        for sound, value in zip(sounds, values, strict=True):
            if value != usual:
                yield Finding(sound.file, check, f"{value}{unit}; {count} of {len(sounds)} have {usual}")


def _lengths(sounds: Sequence[Measured]) -> Iterator[Finding]:
    lengths = np.log2([sound.seconds for sound in sounds])
    middle = float(np.median(lengths))
    odd = (np.abs(scores(lengths)) > LENGTH) & (np.abs(lengths - middle) > OCTAVES)
    for index in np.flatnonzero(odd).tolist():
        detail = f"{sounds[index].seconds:.3g} s; the median is {2.0**middle:.3g} s"
        yield Finding(sounds[index].file, "length", detail)


def _outliers(sounds: Sequence[Measured]) -> Iterator[Finding]:
    values = np.array([sound.descriptors for sound in sounds])
    far, columns = far_from_all(values)
    low, high = np.percentile(values, 5.0, axis=0), np.percentile(values, 95.0, axis=0)
    for index in np.flatnonzero(far > FAR).tolist():
        column = int(columns[index])
        name, value = tuple(DESCRIPTORS)[column], values[index, column]
        usual = low[column] <= value <= high[column]  # and only all descriptors together are not
        detail = "" if usual else f"; {name} {value:.3g}, most {low[column]:.3g} to {high[column]:.3g}"
        yield Finding(sounds[index].file, "outlier", f"like no other{detail}")
