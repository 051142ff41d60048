"""What MIDI bytes do: notes play pads before anything else happens. Called by the MIDI thread."""

from collections.abc import Callable
from dataclasses import dataclass

from mido.messages import Message

from latentaudio.control.hands import BESIDE, FULL, RELEASE, TRIGGERS, Hands
from latentaudio.control.loop_guard import LoopGuard
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_control import Control
from latentaudio.control.midi_controls import Call, MidiControls
from latentaudio.control.midi_ports import MIDI
from latentaudio.control.midi_programs import BANK_LSB, BANK_MSB, Programs
from latentaudio.control.midi_words import shown, why_unbound
from latentaudio.events import Clock, Event, Program, Trace

NOTE_ON = 0x90
ALL_SOUND_OFF, RESET_CONTROLLERS = 120, 121
ALL_NOTES_OFF = range(123, 128)  # and the modes after it, each of which ends all notes as well
GRABBED = 127  # poly aftertouch
UNUSED = "nothing: not used"
MALFORMED = "nothing: not a MIDI message"
TICK = [0xF8]  # of a MIDI clock, 24 to a beat


@dataclass(slots=True)
class Counters:
    """What came in since the start; written by the MIDI thread."""

    messages: int = 0
    malformed: int = 0
    unused: int = 0  # what is bound to nothing, or may do nothing now
    echoes: int = 0  # of our own feedback
    faults: int = 0  # of ours or of a driver; the thread goes on after each


class MidiMessages:
    """Turns one message at a time into hits and events, as the mapping says."""

    def __init__(self, mapping: Mapping, hands: Hands, monitored: Callable[[], bool],
                 guard: LoopGuard | None = None) -> None:  # fmt: skip
        """`mapping` may be replaced at any time: each message looks at it once."""
        self.mapping = mapping
        self.counters = Counters()
        self._known = mapping  # whose controls are in hand
        self._hands = hands
        self._monitored = monitored
        self._guard = guard or LoopGuard()
        self._controls = MidiControls(hands, self._guard)
        self._programs = Programs()
        self._pressures: dict[tuple[str, int, int], int] = {}  # by port, channel and note: poly aftertouch, 0..127
        self._by_type: dict[str, Callable[[Call, Message], str]] = {
            "note_on": self._note,
            "note_off": self._release,
            "polytouch": self._squeeze,
            "aftertouch": self._pressure,
            "pitchwheel": self._bend,
            "control_change": self._control,
            "program_change": self._program,
            **dict.fromkeys(("start", "stop", "continue", "songpos"), self._clock),
        }

    def receive(self, origin: str, data: list[int], arrival_ns: int) -> None:
        """Do what one message of a port says; what is no MIDI is counted and left."""
        self.counters.messages += 1
        whole = self.mapping
        mapping = whole.of(origin.removeprefix(MIDI))
        if self._guard.is_echo(origin, data, arrival_ns):
            self.counters.echoes += 1
            self._trace(origin, data, "nothing: an echo of our own feedback")
            return
        if len(data) == 3 and data[0] & 0xF0 == NOTE_ON and data[1] < 128 and 0 < data[2] < 128:
            channel, note = data[0] & 0x0F, data[1]
            if _for_pads(mapping, channel, note):
                effect = self._hands.note(
                    origin, note, mapping.pad_for(channel, note), data[2] / 127.0, arrival_ns, channel=channel
                )
                if effect is not None:
                    self._trace(origin, data, effect)
                    return
        if data == TICK:  # never traced: they would bury what a performer did
            self._hands.post(Clock(origin, arrival_ns=arrival_ns))
            return
        if whole is not self._known:
            self._known = whole
            self._controls.knobs.change(whole, arrival_ns)
        effect = self._other(mapping, origin, data, arrival_ns)
        self.counters.unused += effect.startswith("nothing") and effect not in (RELEASE, MALFORMED)
        self._trace(origin, data, effect)

    def gone(self, origin: str, arrival_ns: int) -> None:
        """A port has gone: let go of what was held on it, and forget what it said."""
        self._hands.release_all(origin, None, arrival_ns)
        self._controls.knobs.let_go(origin, arrival_ns)
        self._controls.forget(origin)
        self._pressures = {key: value for key, value in self._pressures.items() if key[0] != origin}

    def _other(self, mapping: Mapping, origin: str, data: list[int], arrival_ns: int) -> str:
        """Everything but the start of a pad's note."""
        try:
            message = Message.from_bytes(data)
        except (ValueError, IndexError):
            self.counters.malformed += 1
            return MALFORMED
        do = self._by_type.get(message.type)
        return do(Call(mapping, origin, getattr(message, "channel", 0), arrival_ns), message) if do else UNUSED

    def _note(self, call: Call, message: Message) -> str:
        return self._press(call, message) if message.velocity else self._release(call, message)

    def _pressure(self, call: Call, message: Message) -> str:
        return self._controls.simple(call, "pressure", 0, message.value) or why_unbound(call.mapping, message)

    def _bend(self, call: Call, message: Message) -> str:
        value = message.pitch + 8192  # mido's has its rest at 0
        return self._controls.simple(call, "bend", 0, value, 14) or why_unbound(call.mapping, message)

    def _clock(self, call: Call, message: Message) -> str:
        if self._hands.value("tempo.clock") == 0.0:
            return "nothing: the clock is off (tempo.clock is not 'midi')"
        if message.type == "songpos":
            return self._post(Clock(call.origin, "position", message.pos, arrival_ns=call.arrival_ns), "clock position")
        return self._post(Clock(call.origin, message.type, arrival_ns=call.arrival_ns), f"clock {message.type}")

    def _post(self, event: Event, effect: str) -> str:
        return effect if self._hands.post(event) else FULL

    def _press(self, call: Call, message: Message) -> str:
        """A note as a button: however soft, it is a press."""
        control = Control("note", call.channel, message.note)
        effects = [
            self._controls.knobs.turn(
                call.origin, control, binding, message.velocity / 127.0 if binding.to in TRIGGERS else 1.0,
                call.arrival_ns,
            )
            for binding in call.mapping.controls.get(control, ())
        ]  # fmt: skip
        return BESIDE.join(effects) or why_unbound(call.mapping, message)

    def _release(self, call: Call, message: Message) -> str:
        held = (call.origin, call.channel, message.note) in self._hands.held  # begun by another mapping, maybe
        if not held and not _for_pads(call.mapping, call.channel, message.note):
            return self._controls.simple(call, "note", message.note, 0) or RELEASE
        pad = call.mapping.pad_for(call.channel, message.note)
        return self._hands.release(call.origin, message.note, pad, call.arrival_ns, channel=call.channel)

    def _control(self, call: Call, message: Message) -> str:
        number = message.control
        if number == ALL_SOUND_OFF:
            return self._hands.press(call.origin, "panic", 1.0, call.arrival_ns)
        if number == RESET_CONTROLLERS:
            return self._controls.reset(call)
        if number in ALL_NOTES_OFF:
            ended = self._hands.release_all(call.origin, call.channel, call.arrival_ns)
            return f"lets go of {ended} notes"
        effect = self._controls.controller(call, number, message.value)
        if effect is None and number in (BANK_MSB, BANK_LSB):
            bank = self._programs.choose_bank(call.origin, call.channel, number, message.value)
            return f"bank {bank} for the next program"
        return effect or why_unbound(call.mapping, message)

    def _program(self, call: Call, message: Message) -> str:
        mapping = call.mapping
        if effect := self._controls.simple(call, "program", message.program, 127):
            return effect
        if mapping.channel not in (None, call.channel):
            return why_unbound(mapping, message)
        if not mapping.programs:
            return "nothing: the mapping wants no programs"
        number = self._programs.number(call.origin, call.channel, message.program)
        return self._post(Program(call.origin, number, arrival_ns=call.arrival_ns), f"preset number {number}")

    def _squeeze(self, call: Call, message: Message) -> str:
        """A cymbal that is grabbed jumps from no pressure to all of it, while a finger on a pad comes by degrees."""
        mapping, key = call.mapping, (call.origin, call.channel, message.note)
        if effect := self._controls.simple(call, "aftertouch", message.note, message.value):
            return effect
        before = self._pressures.get(key, 0)
        self._pressures[key] = message.value
        if before or message.value < GRABBED or not _for_pads(mapping, call.channel, message.note):
            return UNUSED
        pad = mapping.pad_for(call.channel, message.note)
        return self._hands.choke(call.origin, message.note, pad, call.arrival_ns, channel=call.channel) or UNUSED

    def _trace(self, origin: str, data: list[int], effect: str) -> None:
        if self._monitored():
            self._hands.post(Trace(origin, shown(data), effect))


def _for_pads(mapping: Mapping, channel: int, note: int) -> bool:
    """Whether a note may play pads: one on the mapping's channel that presses nothing else."""
    return mapping.channel in (None, channel) and not mapping.bindings_for_note(channel, note)
