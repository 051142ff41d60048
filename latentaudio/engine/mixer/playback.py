"""One voice's frames: its sound, resampled where its step is not 1, under its decay and fade. Compiled; the
audio thread's.

Three loops, because most voices need the least: a plain copy is exact to the bit and vectorised, the others are not.
"""

import math

import numpy as np

from latentaudio.engine.mixer.atomics import floats
from latentaudio.engine.mixer.compiled import Array, Record, inner
from latentaudio.engine.mixer.pool import end_voice
from latentaudio.engine.mixer.voices import INAUDIBLE


@inner
def render(state: Record, voice: Record, begin: int, end: int) -> None:
    """Add the voice's next frames to frames `begin` to `end` of its pair of the bus; let it go at its end."""
    left = state.bus[2 * voice.pair]
    right = state.bus[2 * voice.pair + 1]
    samples = floats(voice.address, voice.frames)
    count = min(end - begin, math.ceil((voice.frames - voice.position) / voice.step))
    if voice.fade_step > 0.0:
        count = min(count, math.ceil(voice.fade / voice.fade_step))
    if voice.step != 1.0:
        _add_resampled(voice, samples, left, right, begin, count)
    elif voice.ratio != 1.0 or voice.fade_step != 0.0:
        _add_shaped(voice, samples, left, right, begin, count)
    else:
        _add_plain(voice, samples, left, right, begin, count)
    voice.position += count * voice.step
    if count < end - begin or voice.position >= voice.frames or voice.envelope < INAUDIBLE or voice.fade <= 0.0:
        end_voice(state, voice)
    elif voice.fade >= 1.0:
        voice.fade_step = 0.0  # it has come in: the plain loop will do


@inner
def _add_plain(voice: Record, samples: Array, left: Array, right: Array, begin: int, count: int) -> None:
    first = int(voice.position)
    for index in range(count):
        sample = samples[first + index]
        left[begin + index] += sample * voice.left
        right[begin + index] += sample * voice.right


@inner
def _add_shaped(voice: Record, samples: Array, left: Array, right: Array, begin: int, count: int) -> None:
    first = int(voice.position)
    for index in range(count):
        sample = np.float32(samples[first + index] * _next_shape(voice))
        left[begin + index] += sample * voice.left
        right[begin + index] += sample * voice.right


@inner
def _add_resampled(voice: Record, samples: Array, left: Array, right: Array, begin: int, count: int) -> None:
    for index in range(count):
        sample = np.float32(_between(samples, voice.position + index * voice.step) * _next_shape(voice))
        left[begin + index] += sample * voice.left
        right[begin + index] += sample * voice.right


@inner
def _next_shape(voice: Record) -> float:
    """The voice's gain of this frame; moves on to the next."""
    shape: float = voice.envelope * voice.fade
    voice.envelope *= voice.ratio
    voice.fade = min(max(voice.fade - voice.fade_step, 0.0), 1.0)
    return shape


@inner
def _between(samples: Array, position: float) -> float:
    """The sound at `position` frames: the cubic through 4 points with Catmull-Rom's slopes (Hermite form)."""
    index = int(position)
    x = position - index
    if 1 <= index < len(samples) - 2:
        before, here, after, beyond = samples[index - 1], samples[index], samples[index + 1], samples[index + 2]
    else:
        before, here = _at(samples, index - 1), _at(samples, index)
        after, beyond = _at(samples, index + 1), _at(samples, index + 2)
    slope = 0.5 * (after - before)
    bend = here - after
    lift = slope + bend
    curl = lift + bend + 0.5 * (beyond - here)
    value: float = ((curl * x - (lift + curl)) * x + slope) * x + here
    return value


@inner
def _at(samples: Array, index: int) -> float:
    """The sound at a whole frame; silence before and after it."""
    return float(samples[index]) if 0 <= index < len(samples) else 0.0
