"""A colour for what a sound is like: violet, pink, orange, yellow as the measure rises. numpy alone."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Nine even steps in OKLCh (Ottosson 2020, "A perceptual color space for image processing"): lightness 0.50 to 0.88,
# hue 285 to 85 degrees by way of red, chroma 0.17 or what sRGB holds. So equal steps of the measure look equal, the
# order shows in lightness alone, and no colour is lost on black or white.
STOPS = np.array([
    (0.366, 0.303, 0.745), (0.535, 0.314, 0.747), (0.687, 0.331, 0.711), (0.822, 0.358, 0.644), (0.934, 0.403, 0.553),
    (1.000, 0.489, 0.461), (0.998, 0.613, 0.436), (0.999, 0.718, 0.435), (0.999, 0.818, 0.421),
])  # fmt: skip
ENDS = (5.0, 95.0)  # percentiles of the measure where the ramp begins and ends: a few odd sounds take no colours away


def colours(values: ArrayLike) -> NDArray[np.float32]:
    """Red, green and blue [n, 3] in 0..1 of `values` [n] of one measure.

    What is not a number gets the middle of the ramp, and so does everything where all is alike.
    """
    measure = np.asarray(values, np.float64)
    known = measure[np.isfinite(measure)]
    low, high = np.percentile(known, ENDS) if len(known) else (0.0, 0.0)
    share = (measure - low) / (high - low) if high > low else np.full(measure.shape, 0.5)
    place = np.clip(np.nan_to_num(share, nan=0.5, posinf=1.0, neginf=0.0), 0.0, 1.0) * (len(STOPS) - 1)
    return np.stack([np.interp(place, np.arange(len(STOPS)), stop) for stop in STOPS.T], axis=-1).astype(np.float32)
