"""What commands do to voices: they start, go over to another sound, and end. Compiled; the audio thread's."""

import math

from latentaudio.engine.layout import CHOKE_GROUP, CHOKE_PAD, PLAYING, RELEASE, VOICES
from latentaudio.engine.mixer.compiled import Record, inner
from latentaudio.engine.mixer.pool import CHOKE_S, fade, vacant, vacate
from latentaudio.engine.mixer.results import finish

PANIC_S = 0.005
FOLLOW_S = 0.005
RELEASE_S = 0.050
INAUDIBLE = 1e-5  # -100 dB
MINUS_60_DB = math.log(1e-3)


@inner
def start(state: Record, command: Record, frame: int) -> None:
    """Let a hit sound from engine frame `frame` on; where all voices are in use, another gives way."""
    if command.group > 0:
        for index in range(VOICES):
            other = state.voices[index]
            same_hit = other.pad == command.pad and other.started == frame
            if other.group == command.group and not same_hit:
                fade(state, other, CHOKE_S)
    voice = vacate(state)
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
    voice.pitch = command.pitch
    voice.envelope = 1.0
    voice.ratio = 1.0 if command.decay <= 0 else math.exp(MINUS_60_DB / (command.decay * state.sample_rate))
    voice.fade = 1.0
    voice.fade_step = 0.0
    voice.left = command.left
    voice.right = command.right


@inner
def follow(state: Record, command: Record) -> None:
    """Let the playing voices of a pad go over to another sound where they are: each fades, and its double comes in
    by as much. A voice beyond the sound's end only fades; one for which there is no double keeps its sound.
    """
    followed = False
    for index in range(VOICES):
        voice = state.voices[index]
        if voice.phase != PLAYING or voice.pad != command.pad or voice.address == command.address:
            continue
        if voice.position < command.frames:
            free = vacant(state)
            if free < 0:
                break
            state.voices[free] = voice
            _come_in(state, state.voices[free], command)
            followed = True
        fade(state, voice, FOLLOW_S)
    if not followed:
        finish(state, command.serial)


@inner
def coming_in(state: Record, pad: int) -> int:
    """Frames until a pad's voices have come in: two cross-fades at once would not add up to one."""
    frames = 0
    for index in range(VOICES):
        voice = state.voices[index]
        if voice.pad == pad and voice.phase == PLAYING and voice.fade_step < 0.0:
            frames = max(frames, math.ceil((voice.fade - 1.0) / voice.fade_step))
    return frames


@inner
def _come_in(state: Record, voice: Record, command: Record) -> None:
    """Let a copy of a playing voice begin, silent, on the sound of `command`."""
    voice.serial = command.serial
    voice.address = command.address
    voice.frames = command.frames
    voice.fade = 0.0
    voice.fade_step = -1.0 / (FOLLOW_S * state.sample_rate)


@inner
def let_end(state: Record, command: Record) -> None:
    """Fade the voices that a choke or a release means."""
    for index in range(VOICES):
        voice = state.voices[index]
        its_pad = voice.pad == command.pad
        if command.kind == RELEASE and its_pad and voice.pitch == command.pitch:
            fade(state, voice, RELEASE_S)
        elif (command.kind == CHOKE_GROUP and voice.group == command.group) or (command.kind == CHOKE_PAD and its_pad):
            fade(state, voice, CHOKE_S)
