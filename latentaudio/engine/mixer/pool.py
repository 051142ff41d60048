"""The pool of voices: which is free, which ends, which gives way. Compiled; the audio thread's.

A voice that is choked, stolen or followed fades where it is, so nothing clicks; it no longer counts as playing, and
the spare voices of the pool replace it at once.
"""

from latentaudio.engine.layout import FADING, FREE, PLAYING, VOICES
from latentaudio.engine.mixer.atomics import floats
from latentaudio.engine.mixer.compiled import Record, inner
from latentaudio.engine.mixer.results import finish

CHOKE_S = 0.002
LOOK_AHEAD = 512  # frames: a quarter period of 40 Hz at 44.1 kHz, so that a zero crossing is not taken for silence
LOOKS = 16


@inner
def fade(state: Record, voice: Record, seconds: float) -> None:
    """Let a playing voice end in `seconds`, linearly."""
    if voice.phase == PLAYING:
        voice.phase = FADING
        voice.fade_step = 1.0 / (seconds * state.sample_rate)


@inner
def vacate(state: Record) -> Record:
    """A voice for a new hit: steals one where `polyphony` are playing, and ends the most faded where the pool
    is used up.
    """
    playing = 0
    faintest = -1
    for index in range(VOICES):
        voice = state.voices[index]
        if voice.phase == PLAYING:
            playing += 1
        elif voice.phase == FADING and (faintest < 0 or voice.fade < state.voices[faintest].fade):
            faintest = index
    if playing >= state.polyphony:
        fade(state, state.voices[_least_missed(state)], CHOKE_S)
        state.stolen += 1
    free = vacant(state)
    if free < 0:
        free = faintest  # there is one: fewer may play than the pool holds
        end_voice(state, state.voices[free])
    return state.voices[free]


@inner
def vacant(state: Record) -> int:
    """A free voice, -1 where there is none."""
    for index in range(VOICES):
        if state.voices[index].phase == FREE:
            return index
    return -1


@inner
def end_voice(state: Record, voice: Record) -> None:
    """Give a voice back; where no other reads the same sound for the same command, say so."""
    voice.phase = FREE
    for index in range(VOICES):
        other = state.voices[index]
        if other.serial == voice.serial and other.phase != FREE:
            return
    finish(state, voice.serial)


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
