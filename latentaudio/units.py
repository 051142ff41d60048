"""Conversions between what people say (decibels, semitones) and what is computed (gains, ratios)."""

import math

SILENCE_DB = -60.0  # a level at or below this is silence


def gain_from_db(level: float) -> float:
    """Linear gain of a level in dB; silence at or below -60 dB."""
    return 0.0 if level <= SILENCE_DB else 10.0 ** (level / 20.0)


def db_from_gain(gain: float) -> float:
    """Level in dB of a linear gain, not below -60 dB."""
    return SILENCE_DB if gain <= 0.001 else 20.0 * math.log10(gain)


def ratio_from_semitones(semitones: float) -> float:
    """Playback speed that raises the pitch by `semitones`."""
    return float(2.0 ** (semitones / 12.0))
