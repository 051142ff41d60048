"""The pool of voices: start, fade, steal. Compiled; the audio thread's.

A choked or stolen voice fades where it is, so nothing clicks; it no longer counts as playing, and the spare
voices of the pool replace it at once.
"""

import math

from latentaudio.engine.layout import FADING, FREE, PLAYING, VOICES
from latentaudio.engine.mixer.atomics import floats
from latentaudio.engine.mixer.compiled import Record, inner
from latentaudio.engine.mixer.results import finish

CHOKE_S = 0.002
PANIC_S = 0.005
INAUDIBLE = 1e-5  # -100 dB
MINUS_60_DB = math.log(1e-3)
LOOK_AHEAD = 512  # frames: a quarter period of 40 Hz at 44.1 kHz, so that a zero crossing is not taken for silence
LOOKS = 16


@inner
def start(state: Record, command: Record, frame: int) -> None:
    """Let a hit sound from engine frame `frame` on; where all voices are in use, another gives way."""
    if command.group > 0:
        for index in range(VOICES):
            other = state.voices[index]
            same_hit = other.pad == command.pad and other.started == frame
            if other.group == command.group and not same_hit:
                fade(state, other, CHOKE_S)
    voice = _vacate(state)
    voice.phase = PLAYING
    voice.serial = command.serial
    voice.pad = command.pad
    voice.group = command.group
    voice.pair = command.pair if 0 <= 2 * command.pair < state.channels else 0
    voice.started = frame
    voice.address = command.address
    voice.frames = command.frames
    voice.position = 0.0
    voice.step = command.step
    voice.envelope = 1.0
    voice.ratio = 1.0 if command.decay <= 0 else math.exp(MINUS_60_DB / (command.decay * state.sample_rate))
    voice.fade = 1.0
    voice.fade_step = 0.0
    voice.left = command.left
    voice.right = command.right


@inner
def fade(state: Record, voice: Record, seconds: float) -> None:
    """Let a playing voice end in `seconds`, linearly."""
    if voice.phase == PLAYING:
        voice.phase = FADING
        voice.fade_step = 1.0 / (seconds * state.sample_rate)


@inner
def _vacate(state: Record) -> Record:
    """A voice for a new hit: steals one where `polyphony` are playing, and ends the most faded where the pool
    is used up.
    """
    playing = 0
    vacant = -1
    faintest = 0
    for index in range(VOICES):
        phase = state.voices[index].phase
        if phase == FREE:
            vacant = index
        elif phase == PLAYING:
            playing += 1
    if playing >= state.polyphony:
        fade(state, state.voices[_least_missed(state)], CHOKE_S)
        state.stolen += 1
    if vacant >= 0:
        return state.voices[vacant]
    for index in range(VOICES):
        if state.voices[index].fade < state.voices[faintest].fade:
            faintest = index
    finish(state, state.voices[faintest].serial)
    return state.voices[faintest]


@inner
def _least_missed(state: Record) -> int:
    """The oldest playing voice of those at most half as loud as the average; where all are alike, the oldest."""
    total = 0.0
    playing = 0
    for index in range(VOICES):
        voice = state.voices[index]
        if voice.phase == PLAYING:
            voice.level = _level_ahead(voice)
            total += voice.level
            playing += 1
    oldest = -1
    oldest_quiet = -1
    for index in range(VOICES):
        voice = state.voices[index]
        if voice.phase == PLAYING:
            if oldest < 0 or voice.started < state.voices[oldest].started:
                oldest = index
            quiet = voice.level * playing <= 0.5 * total
            if quiet and (oldest_quiet < 0 or voice.started < state.voices[oldest_quiet].started):
                oldest_quiet = index
    return oldest_quiet if oldest_quiet >= 0 else oldest


@inner
def _level_ahead(voice: Record) -> float:
    """How loud a voice is about to be: the peak of a few frames ahead, linear."""
    samples = floats(voice.address, voice.frames)
    peak = 0.0
    for look in range(LOOKS):
        index = int(voice.position) + look * (LOOK_AHEAD // LOOKS)
        if index < voice.frames:
            peak = max(peak, abs(samples[index]))
    gain: float = voice.envelope * max(voice.left, voice.right)
    return peak * gain
