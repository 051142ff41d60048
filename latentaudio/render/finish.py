"""From what the decoder made to what a voice plays: starts at its onset, ends where it is silent."""

from functools import lru_cache

import numpy as np

from latentaudio.events import Samples

ONSET = 10 ** (-40 / 20)  # of the peak
PRE_ROLL = 0.0005  # seconds kept before the onset
TAIL = 10 ** (-80 / 20)  # of the peak: what lies below is not heard under a -1 dBFS peak
FADE = 0.005  # seconds over which a trimmed end fades


def finish(raw: Samples, rate: int, wanted: int) -> Samples:
    """`raw` [frames] at `rate`, aligned, trimmed and resampled once to `wanted` Hz.

    `raw` is faded where it lies: at its own rate the answer is a part of it. A render of silence or with NaN comes back
    whole: the player refuses it by name.
    """
    level = np.abs(raw)
    peak = float(level.max(initial=0.0))
    if not np.isfinite(peak) or peak == 0.0:
        return raw
    onset = int(np.argmax(level > ONSET * peak))
    start = max(0, onset - int(PRE_ROLL * rate))
    end = (level > TAIL * peak).tobytes().rfind(1) + 1  # a search from the end: NumPy's own takes ten times as long
    samples = raw[start:end]
    rise, fall = _ramp(onset - start), _ramp(min(len(samples), int(FADE * rate)))[::-1]
    samples[: len(rise)] *= rise
    samples[len(samples) - len(fall) :] *= fall
    if wanted == rate:
        return samples
    import soxr  # only streams at another rate than the model's need it

    return np.ascontiguousarray(soxr.resample(samples, rate, wanted), np.float32)


@lru_cache
def _ramp(frames: int) -> Samples:
    """From 0 up to 1, which comes after its last."""
    return np.linspace(0.0, 1.0, frames, endpoint=False, dtype=np.float32)
