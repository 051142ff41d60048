"""Conversions between what people say (decibels, semitones) and what is computed (gains, ratios)."""

import math

SILENCE_DB = -60.0  # a level at or below this is silence


def gain_from_db(level: float) -> float:
    """Linear gain of a level in dB; silence at or below -60 dB."""
    return 0.0 if level <= SILENCE_DB else 10.0 ** (level / 20.0)


def ratio_from_semitones(semitones: float) -> float:
    """Playback speed that raises the pitch by `semitones`."""
    return float(2.0 ** (semitones / 12.0))


def pan_gains(pan: float) -> tuple[float, float]:
    """Gains of left and right for a place from -1 to 1: equal power, unity in the middle, 3 dB more at a side."""
    angle = (pan + 1.0) * math.pi / 4.0
    return math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)
