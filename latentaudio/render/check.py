"""Whether a rendered sound may be played at all."""

import numpy as np

from latentaudio.events import Samples

SILENT_PEAK = 1e-3  # -60 dBFS
DC_SHARE = 0.5  # of the peak: a kick's mean over its length is far below a tenth of it


def fault(samples: Samples) -> str | None:
    """Why `samples` must be refused (`NaN`, `silence`, `DC`, `too loud`), or None."""
    if not samples.size:
        return "silence"
    low, high = float(samples.min()), float(samples.max())
    if not np.isfinite(low + high):
        return "NaN"
    peak = max(high, -low)
    if peak < SILENT_PEAK:
        return "silence"
    if peak > 4.0:
        return "too loud"
    return "DC" if abs(float(samples.mean())) > DC_SHARE * peak else None
