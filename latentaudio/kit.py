"""The 16 pads as the note path sees them: swapped whole by the state thread, read by any other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Literal, Protocol

from latentaudio.engine.commands import Sound, Strike
from latentaudio.parameters import DECAY_AS_RENDERED, PAD_SETTINGS, PADS
from latentaudio.units import gain_from_db, pan_gains, ratio_from_semitones

Mode = Literal["kit", "focus", "chromatic"]
"""What notes play: each its own pad; all the focused pad; all the focused pad, at their pitches."""


class Port(Protocol):
    """A thread's own way to the audio thread; `engine.CommandPort` is one."""

    def play(self, strike: Strike, gain: float, arrival_ns: int, at_ns: int = 0) -> bool:
        """Start a sound."""

    def follow(self, strike: Strike) -> bool:
        """Let what sounds of a strike's pad go over to its sound."""

    def release(self, pad: int, at_ns: int = 0, pitch: float = 1.0) -> bool:
        """Fade what sounds of a pad at a pitch, slowly."""

    def choke_pad(self, pad: int, at_ns: int = 0) -> bool:
        """Fade what sounds of a pad, fast."""

    def silence(self) -> bool:
        """Fade everything that sounds."""

    def master(self, gain: float) -> bool:
        """Move the master gain."""


@dataclass(frozen=True, slots=True)
class Pad:
    """A pad that can be played: its strikes, and how much velocity moves its level.

    `strikes[turn][layer]`: each hit takes the next turn (round robin); layer 0 is the loudest. Raises ValueError
    where there is no turn, or a turn without a layer.
    """

    strikes: tuple[tuple[Strike, ...], ...]
    velocity: float  # 0..1
    gate: bool = False  # whether the end of a note ends its sound
    _turns: Iterator[tuple[Strike, ...]] = field(init=False, repr=False, compare=False)
    _only: Strike | None = field(init=False, repr=False, compare=False)  # of a pad that has no choice

    def __post_init__(self) -> None:
        if not (self.strikes and all(self.strikes)):
            raise ValueError("a pad needs a turn, and each turn a layer")
        object.__setattr__(self, "_turns", cycle(self.strikes))
        object.__setattr__(
            self, "_only", self.strikes[0][0] if len(self.strikes) == len(self.strikes[0]) == 1 else None
        )

    def strike(self, velocity: float) -> Strike:
        """What a hit at `velocity`, above 0 and at most 1, plays; the next turn's. Any thread."""
        if self._only is not None:
            return self._only
        layers = next(self._turns)  # one step of the interpreter: two threads never get the same turn
        count = len(layers)
        layer = int((1.0 - velocity) * count)
        return layers[layer if layer < count else -1]

    def gain(self, velocity: float) -> float:
        """Linear gain of a hit: the square of the velocity, as General MIDI has it (40 log v dB)."""
        return 1.0 + self.velocity * (velocity * velocity - 1.0)


@dataclass(frozen=True, slots=True)
class Hits:
    """The note path of the one thread that has `port`; `events.Hit` says what it does."""

    kit: "Kit"
    port: Port

    def __call__(self, pad: int, velocity: float, arrival_ns: int, at_ns: int, semitones: float = 0.0) -> bool:
        """Play a pad."""
        kit = self.kit
        ready = kit.pads[pad - 1]
        if ready is None:
            return False
        strike = ready.strike(velocity)
        if semitones:
            strike = _pitched(strike, semitones)
        return self.port.play(strike, ready.gain(velocity), arrival_ns, at_ns or kit.instant(arrival_ns))

    def aim(self, note: int, pad: int | None) -> tuple[int, float] | None:
        """The pad that a note plays, and its semitones."""
        kit = self.kit
        if kit.mode == "kit":
            return None if pad is None else (pad, 0.0)
        return kit.focus, float(note - kit.root) if kit.mode == "chromatic" else 0.0

    def release(self, pad: int, arrival_ns: int, at_ns: int, semitones: float = 0.0) -> bool:
        """End a note of a gated pad, 50 ms."""
        ready = self.kit.pads[pad - 1]
        if ready is None or not ready.gate:
            return False
        return self.port.release(pad, at_ns or self.kit.instant(arrival_ns), ratio_from_semitones(semitones))

    def choke(self, pad: int, arrival_ns: int, at_ns: int) -> bool:
        """End all that sounds of a pad, 2 ms."""
        return self.port.choke_pad(pad, at_ns or self.kit.instant(arrival_ns))

    def silence(self) -> bool:
        """End all that sounds, 5 ms."""
        return self.port.silence()


class Kit:
    """What a hit needs to know, and nothing that it would have to wait for."""

    def __init__(self) -> None:
        """No pad has a sound yet; the first has the focus."""
        self.pads: tuple[Pad | None, ...] = (None,) * PADS
        self.focus = 1  # 1..16
        self.mode: Mode = "kit"
        self.root = 36  # the note, 0..127, that plays the focused pad at its own pitch in chromatic mode
        self.offset_ns = 0  # constant time from a hit's arrival to its sound; 0: the next block's start

    def focused(self) -> int:
        """The focused pad, 1..16. Any thread."""
        return self.focus

    def instant(self, arrival_ns: int) -> int:
        """When what arrived then shall sound; 0: at the start of the next block. Any thread."""
        return arrival_ns + self.offset_ns if self.offset_ns else 0

    def hits(self, port: Port) -> Hits:
        """The note path for the one thread that has `port`."""
        return Hits(self, port)

    def replace(self, index: int, pad: Pad) -> None:
        """Swap one pad (index from 0) in a single step. The state thread."""
        self.pads = (*self.pads[:index], pad, *self.pads[index + 1 :])


def strike_of(sound: Sound, pad: int, settings: Mapping[str, float] = PAD_SETTINGS) -> Strike:
    """How `pad` plays `sound` with `settings`, natural values by name; by default with every pad's defaults."""
    level = gain_from_db(settings["level"])
    left, right = pan_gains(settings["pan"])
    decay = settings["decay"]
    return Strike(
        sound,
        left=level * left,
        right=level * right,
        step=ratio_from_semitones(settings["tune"]),
        decay=0.0 if decay >= DECAY_AS_RENDERED else decay,
        choke=int(settings["choke"]),
        pair=int(settings["output"]) - 1,
        pad=pad,
    )


def _pitched(strike: Strike, semitones: float) -> Strike:
    """The same strike, so much higher. 17 µs, which only notes off their root pay."""
    ratio = ratio_from_semitones(semitones)
    return replace(strike, step=strike.step * ratio, pitch=ratio)
