"""The audio thread's whole job: take commands, mix voices, hand the block over. Compiled.

It never waits, allocates, frees, locks or raises; it reads the clock twice a block and nothing else of the system.
"""

from latentaudio.engine.layout import (
    CHUNK,
    FOLLOW,
    FREE,
    FUTURE,
    MASTER,
    PLAY,
    PORTS,
    SCHEDULE,
    SILENCE,
    VOICES,
)
from latentaudio.engine.mixer import results, ring, schedule, voices
from latentaudio.engine.mixer.clock import now_ns, start_block
from latentaudio.engine.mixer.compiled import Array, Record, inner
from latentaudio.engine.mixer.master import apply_gain, fold_to_mono, interleave, limit, make_finite, record
from latentaudio.engine.mixer.playback import render
from latentaudio.engine.mixer.pool import fade

OUTPUT_UNDERFLOW = 0x4  # PortAudio's paOutputUnderflow
STALE_NS = 0.5e9  # far beyond any xrun or held interpreter
LOAD_S = 1.0  # time constant of the mean load


@inner
def mix(state: Record, output: Record, block: Array, frames: int, flags: int) -> None:
    """Fill `block`, float32 [frames x device channels], interleaved."""
    called_ns = now_ns(state)
    xrun = flags & OUTPUT_UNDERFLOW != 0
    start_block(state, frames, called_ns, xrun, output.offline != 0)
    state.called_ns = called_ns
    state.block_frames = frames
    begin = 0
    while begin < frames:
        count = min(frames - begin, CHUNK)
        chunk_ns = state.block_ns + begin * state.frame_ns
        _drain(state, chunk_ns + count * state.frame_ns)
        _mix_chunk(state, chunk_ns, count)
        interleave(state, output, block, begin, count)
        record(state, count)
        state.frame += count
        begin += count
    _count(state, frames, called_ns, xrun)


@inner
def _drain(state: Record, until_ns: float) -> None:
    """Take what the rings hold, as far as there is room: what must wait stays on its ring."""
    for port in range(PORTS):
        commands = state.commands[port]
        for _ in range(ring.waiting(commands)):
            if state.scheduled == SCHEDULE:
                return
            command = ring.oldest(commands)
            hit = command.kind == PLAY
            if command.kind == SILENCE:
                _silence(state)  # at once, so that what was pushed after it stays
                ring.release(commands)
                continue
            if not results.reserve(state, command.kind):
                break
            if (command.at_ns >= until_ns and state.scheduled >= FUTURE) or (hit and _stale(state, command)):
                state.dropped += 1
                if hit:
                    results.abandon(state, command)
            else:
                if command.kind == FOLLOW:
                    schedule.forget(state, FOLLOW, command.pad)  # only the latest counts
                schedule.insert(state, command)
            ring.release(commands)


@inner
def _silence(state: Record) -> None:
    """Panic: fade what sounds and forget the hits that were to come."""
    schedule.forget(state, PLAY, 0)
    for index in range(VOICES):
        fade(state, state.voices[index], voices.PANIC_S)


@inner
def _stale(state: Record, command: Record) -> bool:
    """Whether a hit waited while the stream stood still: a salvo of the past is no music."""
    asked_ns: int = command.at_ns if command.at_ns > 0 else command.arrival_ns
    return asked_ns > 0 and state.block_ns - asked_ns > STALE_NS


@inner
def _mix_chunk(state: Record, chunk_ns: float, count: int) -> None:
    """Mix `count` frames to the bus, cut where a command is due, so that each acts on its frame."""
    state.bus[: state.channels + 1, :count] = 0.0
    begin = 0
    while begin < count:
        end = count
        while state.first != schedule.END:
            due = _frame_of(state, state.schedule[state.first].at_ns, chunk_ns)
            if due > begin:
                end = min(due, count)
                break
            command = state.schedule[state.first]
            schedule.remove(state, schedule.END, state.first)
            _perform(state, command, begin, chunk_ns, due < begin)
        for index in range(VOICES):
            if state.voices[index].phase != FREE:
                render(state, state.voices[index], begin, end)
        apply_gain(state, begin, end)
        begin = end
    fold_to_mono(state, count)
    make_finite(state, count)
    limit(state, count)


@inner
def _frame_of(state: Record, at_ns: int, chunk_ns: float) -> int:
    """The frame of the chunk that is nearest to `at_ns`; before 0 where that has passed, at most CHUNK."""
    frame: float = (at_ns - chunk_ns) / state.frame_ns
    return round(min(max(frame, -1.0), 1.0 * CHUNK))


@inner
def _perform(state: Record, command: Record, begin: int, chunk_ns: float, overdue: bool) -> None:
    """Do what a command says at frame `begin` of the chunk."""
    if command.kind == PLAY:
        late = 1 if overdue and command.at_ns != 0 else 0
        state.late += late
        results.start(state, command, int(chunk_ns + begin * state.frame_ns), late)
        voices.start(state, command, state.frame + begin)
    elif command.kind == MASTER:
        state.master_target = command.left
    elif command.kind == FOLLOW:
        wait = voices.coming_in(state, command.pad)
        if wait == 0:
            voices.follow(state, command)
        else:
            command.at_ns = int(chunk_ns + (begin + wait) * state.frame_ns)
            schedule.insert(state, command)
    else:
        voices.let_end(state, command)


@inner
def _count(state: Record, frames: int, called_ns: int, xrun: bool) -> None:
    """Keep the books of the block."""
    block_ns = frames * 1e9 / state.sample_rate
    load = (now_ns(state) - called_ns) / block_ns
    state.load += (load - state.load) * min(block_ns * 1e-9 / LOAD_S, 1.0)
    state.load_max = max(state.load_max, load)
    state.blocks += 1
    if xrun:
        state.xruns += 1
    state.voices_in_use = 0
    for index in range(VOICES):
        if state.voices[index].phase != FREE:
            state.voices_in_use += 1
