"""Commands that are off their rings and not yet due, in the order of their time: a linked list in fixed memory.
Compiled; the audio thread's.
"""

from latentaudio.engine.layout import SCHEDULE
from latentaudio.engine.mixer import results
from latentaudio.engine.mixer.compiled import Record, inner

END = -1


@inner
def clear(state: Record) -> None:
    """Make every entry vacant."""
    state.first = END
    state.vacant = 0
    state.scheduled = 0
    for entry in range(SCHEDULE):
        state.links[entry] = entry + 1
    state.links[SCHEDULE - 1] = END


@inner
def insert(state: Record, command: Record) -> None:
    """Copy `command` in, after those of the same time; only where an entry is vacant."""
    entry = state.vacant
    state.vacant = state.links[entry]
    state.schedule[entry] = command
    state.scheduled += 1
    before = END
    after = state.first
    while after != END and state.schedule[after].at_ns <= command.at_ns:
        before = after
        after = state.links[after]
    state.links[entry] = after
    if before == END:
        state.first = entry
    else:
        state.links[before] = entry


@inner
def remove(state: Record, before: int, entry: int) -> None:
    """Make `entry` vacant, which follows `before` (END: is first). Its command can be read until the next `insert`."""
    if before == END:
        state.first = state.links[entry]
    else:
        state.links[before] = state.links[entry]
    state.links[entry] = state.vacant
    state.vacant = entry
    state.scheduled -= 1


@inner
def forget(state: Record, kind: int, pad: int) -> None:
    """Remove all hits, or all that is to be followed, of a pad (0: of every pad); other commands stay."""
    before = END
    entry = state.first
    while entry != END:
        after = state.links[entry]
        command = state.schedule[entry]
        if command.kind == kind and (pad == 0 or command.pad == pad):
            results.abandon(state, command)
            remove(state, before, entry)
        else:
            before = entry
        entry = after
