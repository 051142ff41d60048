"""What the audio thread answers: that a hit sounded, and that its sound is no longer read. Compiled; the audio
thread's.

Room for both answers is reserved before a hit is taken off its ring, so no answer is ever lost and no memory is
freed while it is read.
"""

from latentaudio.engine.layout import FINISHED, STARTED
from latentaudio.engine.mixer import ring
from latentaudio.engine.mixer.compiled import Record, inner

ANSWERS = 2  # of each hit


@inner
def reserve(state: Record) -> bool:
    """Keep room for one hit's answers; False where there is none: then the hit must wait."""
    if ring.room(state.results) < state.reserved + ANSWERS:
        return False
    state.reserved += ANSWERS
    return True


@inner
def start(state: Record, command: Record, sounded_ns: int, late: int) -> None:
    """Say that a hit sounds, from when, and whether that was later than asked for."""
    answer = ring.next_free(state.results)
    answer.kind = STARTED
    answer.serial = command.serial
    answer.pad = command.pad
    answer.arrival_ns = command.arrival_ns
    answer.sounded_ns = sounded_ns
    answer.late = late
    ring.publish(state.results)
    state.reserved -= 1


@inner
def finish(state: Record, serial: int) -> None:
    """Say that a hit's sound is no longer read."""
    answer = ring.next_free(state.results)
    answer.kind = FINISHED
    answer.serial = serial
    ring.publish(state.results)
    state.reserved -= 1


@inner
def abandon(state: Record, serial: int) -> None:
    """Say that a hit will never sound, and give its other answer's room back."""
    finish(state, serial)
    state.reserved -= 1
