"""Near-duplicates among many one-shots: a fingerprint of each, and who is like whom. numpy only."""

import numpy as np
from numpy.typing import NDArray

from latentaudio.core.audio import Audio, resample

Fingerprint = NDArray[np.float16]

RATE = 22050  # Hz: what is compared lies below 10 kHz, so that a copy at half the rate is still a copy
SECONDS = 1.0
WINDOW = 0.05
HOP = 0.025
BANDS = 40  # mel bands up to TOP
TOP = 10000.0  # Hz
FLOOR = 1e-6  # of the loudest band's power: deeper lie the noise of dither and of lossy coding
COLUMNS = round(SECONDS / HOP)
SLOW_RATE = 1600  # Hz: a kick's body as a waveform, in which a semitone shows; no onset is found as exactly as a hat's
SLOW_SECONDS = 0.25
ALIKE = 0.995  # correlation of log-mels; copies as MP3 or Ogg, at another level, rate or polarity, have more
SAME_WAVE = 0.9  # correlation of slow waveforms, of either sign: 99 % of copies pass, no sound a semitone higher does
BLOCK = 1024  # fingerprints of a matrix product


def _edges() -> NDArray[np.intp]:
    """First bin of each band and the end of the last (O'Shaughnessy's mel scale)."""
    mel = np.linspace(0.0, 2595.0 * np.log10(1.0 + TOP / 700.0), BANDS + 1)
    bins = np.round(700.0 * (10.0 ** (mel / 2595.0) - 1.0) * WINDOW).astype(np.intp)
    return np.maximum(bins, np.arange(BANDS + 1))  # never an empty band


EDGES = _edges()
LEVELS = BANDS * COLUMNS
SIZE = LEVELS + round(SLOW_SECONDS * SLOW_RATE)


def fingerprint(shot: Audio, rate: int) -> Fingerprint:
    """Log-mel of a one-shot's first second and its slow waveform [SIZE], each of mean 0 and length 1.

    A dot product of either part is a correlation. `shot` [frames] at `rate` Hz begins at its onset and is not silent.
    """
    start = shot[: round(SECONDS * rate)]
    both = _log_mel(resample(start, rate, RATE)), _padded(resample(start, rate, SLOW_RATE), SIZE - LEVELS)
    return np.concatenate([_unit(part) for part in both])


def _log_mel(audio: Audio) -> Audio:
    size, hop = round(WINDOW * RATE), round(HOP * RATE)
    audio = _padded(np.pad(audio, (size // 2, 0)), (COLUMNS - 1) * hop + size)
    columns = np.lib.stride_tricks.sliding_window_view(audio, size)[::hop] * np.hanning(size).astype(np.float32)
    power = np.abs(np.fft.rfft(columns)) ** 2
    bands = np.add.reduceat(power[:, : EDGES[-1]], EDGES[:-1], axis=1)
    return np.asarray(np.log(np.maximum(bands, FLOOR * bands.max())).ravel(), np.float32)


def _padded(audio: Audio, frames: int) -> Audio:
    return np.pad(audio[:frames], (0, max(0, frames - audio.size)))


def _unit(values: Audio) -> Fingerprint:
    values = values - values.mean()
    return np.asarray(values / (np.linalg.norm(values) or 1.0), np.float16)


def originals(fingerprints: Fingerprint, threshold: float = ALIKE) -> NDArray[np.intp]:
    """For each of `fingerprints` [sounds, SIZE] the first earlier original that it is like, or itself: [sounds].

    Alike are two whose log-mels correlate by more than `threshold` and whose waveforms do too. A sound like no earlier
    original is an original itself. Rows of zeros are like nothing, and nothing is like anything at a threshold of 1.
    Memory is bounded: blocks of 1,024 are compared at a time.
    """
    first = np.arange(len(fingerprints))
    if threshold >= 1.0:  # half precision rounds a copy's correlation to a little more
        return first
    for start in range(0, len(fingerprints), BLOCK):
        block = fingerprints[start : start + BLOCK].astype(np.float32)
        open_rows = np.ones(len(block), bool)
        for other in range(0, start, BLOCK):
            match = alike(block, fingerprints[other : other + BLOCK].astype(np.float32), threshold)
            match &= first[other : other + BLOCK] == np.arange(other, other + BLOCK)
            found = open_rows & match.any(1)
            first[start : start + BLOCK][found] = other + match[found].argmax(1)
            open_rows &= ~found
        _originals_within(alike(block, block, threshold), open_rows, first, start)
    return first


def alike(some: Audio, others: Audio, threshold: float) -> NDArray[np.bool_]:
    """Which of `some` [n, SIZE] are near-duplicates of which of `others` [m, SIZE]: [n, m]."""
    match = np.asarray(some[:, :LEVELS] @ others[:, :LEVELS].T > threshold)
    if match.any():
        match &= np.abs(some[:, LEVELS:] @ others[:, LEVELS:].T) > SAME_WAVE
    return match


def _originals_within(
    match: NDArray[np.bool_], open_rows: NDArray[np.bool_], first: NDArray[np.intp], start: int
) -> None:
    """The same inside one block, sound after sound; `first` is filled in."""
    for row in np.flatnonzero(open_rows):
        earlier = np.flatnonzero(match[row, :row] & open_rows[:row])
        if earlier.size:
            first[start + row] = start + earlier[0]
            open_rows[row] = False
