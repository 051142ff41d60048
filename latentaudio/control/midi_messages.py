"""What MIDI bytes do: notes play pads before anything else happens. Called by the MIDI thread."""

from collections.abc import Callable
from dataclasses import dataclass

from mido.messages import Message

from latentaudio.control.curve import midi_position
from latentaudio.control.hands import BESIDE, FULL, RELEASE, TRIGGERS, Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_programs import BANK_LSB, BANK_MSB, Programs
from latentaudio.events import Clock, Event, Program, Trace

NOTE_ON = 0x90
ALL_SOUND_OFF = 120
GRABBED = 127  # poly aftertouch
TICK = [0xF8]  # of a MIDI clock, 24 to a beat


@dataclass(slots=True)
class Counters:
    """What came in since the start; written by the MIDI thread."""

    messages: int = 0
    malformed: int = 0


class MidiMessages:
    """Turns one message at a time into hits and events, as the mapping says."""

    def __init__(self, mapping: Mapping, hands: Hands, monitored: Callable[[], bool]) -> None:
        """`mapping` may be replaced at any time: each message looks at it once."""
        self.mapping = mapping
        self.counters = Counters()
        self._hands = hands
        self._monitored = monitored
        self._programs = Programs()
        self._pressures: dict[tuple[int, int], int] = {}  # by channel and note: poly aftertouch, 0..127

    def receive(self, origin: str, data: list[int], arrival_ns: int) -> None:
        """Do what one message of a port says; what is no MIDI is counted and left."""
        self.counters.messages += 1
        mapping = self.mapping
        if len(data) == 3 and data[0] & 0xF0 == NOTE_ON and data[1] < 128 and 0 < data[2] < 128:
            channel, note = data[0] & 0x0F, data[1]
            if _for_pads(mapping, channel, note):
                effect = self._hands.note(origin, note, mapping.pad_for(channel, note), data[2] / 127.0, arrival_ns)
                if effect is not None:
                    self._trace(origin, data, effect)
                    return
        if data == TICK:  # never traced: they would bury what a performer did
            self._hands.post(Clock(origin, arrival_ns=arrival_ns))
            return
        effect = self._other(mapping, origin, data, arrival_ns)
        self._trace(origin, data, effect)

    def _other(self, mapping: Mapping, origin: str, data: list[int], arrival_ns: int) -> str:
        """Everything but the start of a pad's note."""
        try:
            message = Message.from_bytes(data)
        except (ValueError, IndexError):
            self.counters.malformed += 1
            return "nothing: not a MIDI message"
        match message.type:
            case "note_on" if message.velocity:
                return self._press(mapping, origin, message, arrival_ns)
            case "note_on" | "note_off":
                return self._release(mapping, message, arrival_ns)
            case "polytouch":
                return self._choke(mapping, message, arrival_ns) or "nothing: not used"
            case "control_change":
                return self._control(mapping, origin, message, arrival_ns)
            case "program_change":
                return self._program(mapping, origin, message, arrival_ns)
            case "start" | "stop" | "continue" | "songpos" if self._hands.value("tempo.clock") == 0.0:
                return "nothing: the clock is off (tempo.clock is not 'midi')"
            case "start" | "stop" | "continue":
                return self._post(Clock(origin, message.type, arrival_ns=arrival_ns), f"clock {message.type}")
            case "songpos":
                return self._post(Clock(origin, "position", message.pos, arrival_ns=arrival_ns), "clock position")
        return "nothing: not used"

    def _post(self, event: Event, effect: str) -> str:
        return effect if self._hands.post(event) else FULL

    def _press(self, mapping: Mapping, origin: str, message: Message, arrival_ns: int) -> str:
        """A note as a button: however soft, it is a press."""
        effects = [
            self._hands.turn(origin, binding, message.velocity / 127.0 if binding.to in TRIGGERS else 1.0, arrival_ns)
            for binding in mapping.bindings_for_note(message.channel, message.note)
        ]
        return BESIDE.join(effects) or "nothing: " + _why_unbound(mapping, message)

    def _control(self, mapping: Mapping, origin: str, message: Message, arrival_ns: int) -> str:
        if message.control == ALL_SOUND_OFF:
            return self._hands.press(origin, "panic", 1.0, arrival_ns)
        bindings = mapping.bindings_for_cc(message.channel, message.control)
        if message.control in (BANK_MSB, BANK_LSB) and not bindings:
            bank = self._programs.choose_bank(origin, message.channel, message.control, message.value)
            return f"bank {bank} for the next program"
        position = midi_position(message.value)
        effects = [self._hands.turn(origin, binding, position, arrival_ns) for binding in bindings]
        return BESIDE.join(effects) or "nothing: " + _why_unbound(mapping, message)

    def _program(self, mapping: Mapping, origin: str, message: Message, arrival_ns: int) -> str:
        if mapping.channel not in (None, message.channel):
            return "nothing: " + _why_unbound(mapping, message)
        if not mapping.programs:
            return "nothing: the mapping wants no programs"
        number = self._programs.number(origin, message.channel, message.program)
        return self._post(Program(origin, number, arrival_ns=arrival_ns), f"preset number {number}")

    def _release(self, mapping: Mapping, message: Message, arrival_ns: int) -> str:
        if not _for_pads(mapping, message.channel, message.note):
            return RELEASE
        return self._hands.release(message.note, mapping.pad_for(message.channel, message.note), arrival_ns)

    def _choke(self, mapping: Mapping, message: Message, arrival_ns: int) -> str | None:
        """A cymbal that is grabbed jumps from no pressure to all of it, while a finger on a pad comes by degrees."""
        key = (message.channel, message.note)
        before = self._pressures.get(key, 0)
        self._pressures[key] = message.value
        if before or message.value < GRABBED or not _for_pads(mapping, *key):
            return None
        return self._hands.choke(message.note, mapping.pad_for(*key), arrival_ns)

    def _trace(self, origin: str, data: list[int], effect: str) -> None:
        if self._monitored():
            self._hands.post(Trace(origin, shown(data), effect))


def _for_pads(mapping: Mapping, channel: int, note: int) -> bool:
    """Whether a note may play pads: one on the mapping's channel that presses nothing else."""
    return mapping.channel in (None, channel) and not mapping.bindings_for_note(channel, note)


def _why_unbound(mapping: Mapping, message: Message) -> str:
    if mapping.channel is not None and mapping.channel != message.channel:
        return f"channel {message.channel + 1}, and the mapping listens to {mapping.channel + 1}"
    return "no pad or button of the mapping" if "note" in message.dict() else "not in the mapping"


def shown(data: list[int]) -> str:
    """A message as `monitor` shows it, channels from 1; bytes where it is no MIDI."""
    try:
        message = Message.from_bytes(data)
    except (ValueError, IndexError):
        return bytes(data).hex(" ")
    words = [f"{key} {value}" for key, value in message.dict().items() if key not in ("type", "time", "channel")]
    if hasattr(message, "channel"):
        words.append(f"channel {message.channel + 1}")
    return " ".join([message.type, *words])
