"""One sound at the edge: read from any file, made into a one-shot as training knows it. numpy only.

soundfile and soxr are imported when a file is read, so that a machine without them trains from a cache.
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError

Audio = NDArray[np.float32]

PEAK = 0.891  # -1 dBFS, of every training sound
ONSET = 0.01  # of the peak (-40 dB): where a sound begins
PRE_ROLL = 0.0005  # seconds kept before it
FADE = 0.005  # seconds, at the end
SILENCE = 1e-4  # a peak below it (-80 dBFS) is silence
LONGEST = 30.0  # seconds: a longer file is no one-shot


def read_audio(path: Path) -> tuple[Audio, int]:
    """Samples [frames] and rate in Hz of a sound file, channels averaged; DataError where it is none."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > LONGEST * file.samplerate:
                raise DataError(f"longer than {LONGEST:.0f} s")
            audio = file.read(int(LONGEST * file.samplerate), dtype="float32", always_2d=True)
            mono = audio[:, 0] if audio.shape[1] == 1 else audio.mean(1)
            return np.asarray(mono, np.float32), int(file.samplerate)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        raise DataError(f"not readable as a sound ({unreadable(path, error)})") from error


def unreadable(path: Path, error: Exception) -> str:
    """Why `path` could not be opened as a sound, in words; libsndfile says "System error" of half of it."""
    if isinstance(error, UnicodeEncodeError):
        return "its name is not UTF-8: rename it"
    if not path.exists():
        return "there is no such file"
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        return "no permission to read it"
    if not path.stat().st_size:
        return "0 bytes"
    return str(getattr(error, "error_string", error)).strip().rstrip(".")


def resample(audio: Audio, rate: int, wanted: int) -> Audio:
    """`audio` [frames] at `rate` brought to the rate `wanted`, both in Hz."""
    if rate == wanted:
        return audio
    import soxr

    return np.asarray(soxr.resample(audio, rate, wanted, quality="VHQ"), np.float32)


def one_shot(audio: Audio, rate: int, wanted: int, frames: int) -> Audio:
    """`audio` [n] at `rate` Hz as a one-shot at `wanted` Hz: onset first, peak at -1 dBFS, `frames` at most.

    The end is faded; nothing is padded. Raises DataError for what holds no sound.
    """
    if not audio.size:
        raise DataError("empty")
    if not np.isfinite(audio).all():
        raise DataError("holds values that are not finite numbers")
    original, audio = audio, resample(audio, rate, wanted)
    loud = np.abs(audio)
    if loud.max() < SILENCE:
        raise DataError("silent")
    if never_swings(original, rate):
        raise DataError("nothing but an offset (DC)")
    onset = int(np.argmax(loud >= ONSET * loud.max()))
    start = max(0, onset - int(PRE_ROLL * wanted))
    audio = audio[start : start + frames].copy()
    audio *= PEAK / np.abs(audio).max()
    fade = min(int(FADE * wanted), audio.size)
    audio[audio.size - fade :] *= np.cos(np.linspace(0.0, np.pi / 2, fade, dtype=np.float32)) ** 2
    return audio


def never_swings(audio: Audio, rate: int) -> bool:
    """Whether `audio` [frames] at `rate` Hz is one long pulse: it rises to its peak once and falls once, no more.

    So is a step of direct current, whatever its edges. A wave swings back, on however large an offset it rides; less
    than the onset's -40 dB does not count. A pulse shorter than the fade is a click, which is a sound.
    """
    peak = int(np.abs(audio).argmax())
    pulse = audio / audio[peak]
    if np.count_nonzero(pulse > 0.5) <= FADE * rate:
        return False
    back = [np.maximum.accumulate(rise) - rise for rise in (pulse[: peak + 1], pulse[peak:][::-1])]
    return bool(pulse.min() > -ONSET and max(fall.max() for fall in back) < ONSET)
