"""What the audio thread answers: that a hit sounded, and that a sound it was given is no longer read. Compiled; the
audio thread's.

Room for its answers is reserved before a command is taken off its ring, so no answer is ever lost and no memory is
freed while it is read.
"""

from latentaudio.engine.layout import FINISHED, FOLLOW, PLAY, STARTED
from latentaudio.engine.mixer import ring
from latentaudio.engine.mixer.compiled import Record, inner


@inner
def _answers(kind: int) -> int:
    """How many answers a command of a kind gets."""
    return 2 if kind == PLAY else int(kind == FOLLOW)


@inner
def reserve(state: Record, kind: int) -> bool:
    """Keep room for the answers to a command; False where there is none: then it must wait."""
    answers = _answers(kind)
    if answers > 0 and ring.room(state.results) < state.reserved + answers:
        return False
    state.reserved += answers
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
    """Say that the sound of a hit, or one that was followed, is no longer read."""
    answer = ring.next_free(state.results)
    answer.kind = FINISHED
    answer.serial = serial
    ring.publish(state.results)
    state.reserved -= 1


@inner
def abandon(state: Record, command: Record) -> None:
    """Say that the sound of a command will never be read, and give the room of its other answer back."""
    finish(state, command.serial)
    state.reserved -= _answers(command.kind) - 1
