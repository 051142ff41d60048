"""What an input thread can do: play a pad at once, and tell the state thread of everything slower."""

from collections.abc import Callable
from dataclasses import dataclass, field

from latentaudio.control.binding import Binding
from latentaudio.events import Act, Event, Hit, Played, Set
from latentaudio.parameters import PADS, pad_name

FOCUSED = 0  # stands for the focused pad, whichever it is when the trigger comes
TRIGGERS = {"trigger": FOCUSED} | {pad_name(pad, "trigger"): pad for pad in range(1, PADS + 1)}
PRESSED = 0.5  # a button acts from here on; its release sends 0
HELD = 1024  # notes that may be held at once; whoever never lets go loses the oldest

BESIDE = " | "  # between the effects of one message, each of which may be `nothing: ` and why
RELEASE = "nothing: a release"
FULL = "nothing: the instrument is too busy"


def unknown(name: str) -> float | None:
    """What an input knows of a parameter that was told of none: nothing."""
    return None


@dataclass(frozen=True, slots=True)
class Hands:
    """One input thread's grip on the instrument. Its methods say in words what they did, for `monitor`.

    `arrival_ns` is when the gesture came in, `at_ns` when it shall sound (0: as soon as it can), both on the
    `time.perf_counter_ns` clock.
    """

    hit: Hit
    post: Callable[[Event], bool]
    focused: Callable[[], int]  # the focused pad, 1..16; called on the input thread, so it must not wait
    value: Callable[[str], float | None] = unknown  # a parameter's natural value now; must not wait either
    # Pad and semitones that each held note plays, by origin, channel (0..15) and note.
    held: dict[tuple[str, int, int], tuple[int, float]] = field(default_factory=dict)

    def play(self, origin: str, pad: int, velocity: float, arrival_ns: int, at_ns: int = 0,
             semitones: float = 0.0) -> str:  # fmt: skip
        """Play a pad (or FOCUSED) at a velocity above 0 and at most 1, then report it."""
        pad = pad or self.focused()
        sounded = self.hit(pad, velocity, arrival_ns, at_ns, semitones)
        self.post(Played(origin, pad, velocity, sounded, arrival_ns=arrival_ns))
        if not sounded:
            return f"nothing: pad {pad} has no sound yet"
        return f"pad {pad} at velocity {velocity:.2f}" + (f", {semitones:+g} semitones" if semitones else "")

    def note(self, origin: str, note: int, pad: int | None, velocity: float, arrival_ns: int,
             at_ns: int = 0, channel: int = 0) -> str | None:  # fmt: skip
        """Play what a note (0..127) plays in the mode of now; None where that is nothing. `pad` is the mapping's."""
        aimed = self.hit.aim(note, pad)
        if aimed is None:
            return None
        self.held[origin, channel, note] = aimed
        if len(self.held) > HELD:
            del self.held[next(iter(self.held))]
        return self.play(origin, aimed[0], velocity, arrival_ns, at_ns, aimed[1])

    def release(self, origin: str, note: int, pad: int | None, arrival_ns: int, at_ns: int = 0,
                channel: int = 0) -> str:  # fmt: skip
        """End what a note began, whatever the mode has become since; only gated pads heed it."""
        aimed = self.held.pop((origin, channel, note), None) or self.hit.aim(note, pad)
        if aimed is None or not self.hit.release(aimed[0], arrival_ns, at_ns, aimed[1]):
            return RELEASE
        return f"releases pad {aimed[0]}"

    def release_all(self, origin: str, channel: int | None, arrival_ns: int) -> int:
        """End every note that an origin holds, on one channel or on all; how many."""
        held = [key for key in self.held if key[0] == origin and channel in (None, key[1])]
        for key in held:
            pad, semitones = self.held.pop(key)
            self.hit.release(pad, arrival_ns, 0, semitones)
        return len(held)

    def choke(self, origin: str, note: int, pad: int | None, arrival_ns: int, at_ns: int = 0,
              channel: int = 0) -> str | None:  # fmt: skip
        """End all that sounds of the pad that a note plays; None where it plays none."""
        aimed = self.held.get((origin, channel, note)) or self.hit.aim(note, pad)
        if aimed is None:
            return None
        return f"chokes pad {aimed[0]}" if self.hit.choke(aimed[0], arrival_ns, at_ns) else FULL

    def press(self, origin: str, action: str, strength: float, arrival_ns: int, at_ns: int = 0) -> str:
        """Do an action: a trigger at velocity `strength`, any other if `strength` is at least a half."""
        if action in TRIGGERS and strength > 0.0:
            return self.play(origin, TRIGGERS[action], min(strength, 1.0), arrival_ns, at_ns)
        if action in TRIGGERS or strength < PRESSED:
            return RELEASE
        if action == "panic":  # by the way that hits go: one that follows in the same packet is not silenced
            return action if self.hit.silence() else FULL
        return action if self.post(Act(origin, action, arrival_ns=arrival_ns)) else FULL

    def set(self, origin: str, name: str, value: float, arrival_ns: int) -> str:
        """Give a parameter a value in its natural unit."""
        done = self.post(Set(origin, name, value, arrival_ns=arrival_ns))
        return f"{name} = {value:.4g}" if done else FULL

    def step(self, origin: str, binding: Binding, strength: float, arrival_ns: int) -> str:
        """Give a parameter the next of its choices, where the press is at least a half."""
        if strength < PRESSED:
            return RELEASE
        now = self.value(binding.to)
        if now is None:
            return f"nothing: no {binding.to} here"
        return self.set(origin, binding.to, binding.following(now), arrival_ns)

    def turn(self, origin: str, binding: Binding, position: float, arrival_ns: int, at_ns: int = 0) -> str:
        """Move what a binding leads to; `position` is the control's, 0..1."""
        if binding.is_action:
            return self.press(origin, binding.to, binding.position(position), arrival_ns, at_ns)
        if binding.toggle:
            return self.step(origin, binding, position, arrival_ns)
        if binding.momentary:
            position = 1.0 if position >= PRESSED else 0.0
        return self.set(origin, binding.to, binding.value(position), arrival_ns)
