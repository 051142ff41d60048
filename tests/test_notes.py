"""Notes from a controller to what is heard: MIDI bytes in, frames out, with nothing between them replaced."""

import numpy as np
import pytest

from latentaudio.control.hands import Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_messages import MidiMessages
from latentaudio.engine import Engine, Sound, Strike
from latentaudio.kit import Kit, Pad

RATE = 44100
LOW, HIGH = 200, 500  # Hz, of the sounds of pads 1 and 2


class Rig:
    """Two pads of a sine each on notes 36 and 37 of channel 10, the second focused."""

    def __init__(self, gate: bool = False) -> None:
        self.engine, self.kit = Engine(RATE), Kit()
        for index, hertz in enumerate((LOW, HIGH)):
            wave = 0.25 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)
            strike = Strike(Sound(wave.astype(np.float32)), pad=index + 1)
            self.kit.replace(index, Pad(((strike,),), 1.0, gate))
        self.kit.focus = 2
        hands = Hands(self.kit.hits(self.engine.port("midi")), lambda _: True, self.kit.focused)
        self.midi = MidiMessages(Mapping(channel=9, note_pads={36: 1, 37: 2}), hands, lambda: False)

    def send(self, *data: int, arrival: int = 0) -> None:
        """A message that came at a frame."""
        self.midi.receive("midi:pads", list(data), round(arrival * 1e9 / RATE))

    def pitch(self) -> float:
        """What the next tenth of a second is made of, Hz."""
        heard = self.engine.render(RATE // 10)[:, 0]
        return float(np.abs(np.fft.rfft(heard)).argmax() * 10) if heard.any() else 0.0


@pytest.mark.parametrize(
    ("mode", "note", "hertz"),
    [
        ("kit", 36, LOW), ("kit", 37, HIGH), ("kit", 48, 0),
        ("focus", 36, HIGH), ("focus", 48, HIGH),
        ("chromatic", 36, HIGH), ("chromatic", 48, 2 * HIGH), ("chromatic", 24, HIGH // 2),
    ],
)  # fmt: skip
def test_a_note_sounds_as_the_mode_says(mode, note, hertz):
    rig = Rig()
    rig.kit.mode = mode
    rig.send(0x99, note, 127)
    assert rig.pitch() == hertz


def test_all_sound_off_ends_what_was_hit_before_it_and_not_what_comes_after():
    rig = Rig()
    rig.send(0x99, 36, 127), rig.send(0xB9, 120, 0)
    assert rig.pitch() == 0
    rig.send(0x99, 36, 127), rig.send(0xB9, 120, 0), rig.send(0x99, 37, 127)
    assert rig.pitch() == HIGH


def test_notes_of_another_channel_play_in_no_mode():
    rig = Rig()
    for rig.kit.mode in ("kit", "focus", "chromatic"):
        rig.send(0x90, 36, 127)
        rig.send(0x90, 48, 127)
    assert rig.pitch() == 0


def test_each_key_of_a_gated_chord_ends_its_own_note():
    rig = Rig(gate=True)
    rig.kit.mode = "chromatic"
    rig.send(0x99, 36, 127), rig.send(0x99, 48, 100)
    rig.send(0x89, 36, 0)
    rig.engine.render(RATE // 10)
    assert rig.pitch() == 2 * HIGH


def test_a_note_held_through_a_change_of_mode_ends_with_its_key():
    rig = Rig(gate=True)
    rig.send(0x99, 36, 127)
    rig.kit.mode = "focus"
    rig.send(0x89, 36, 0)
    rig.engine.render(RATE // 10)
    assert rig.pitch() == 0


def test_a_note_shorter_than_a_block_sounds_and_then_ends():
    rig = Rig(gate=True)
    rig.kit.offset_ns = 1_000_000
    rig.send(0x99, 36, 127, arrival=1), rig.send(0x89, 36, 0, arrival=20)
    heard = rig.engine.render(4410)[:, 0]
    begins = 1 + RATE // 1000
    assert not heard[:begins].any() and heard[begins + 5 : begins + 50].any() and not heard[begins + 2300 :].any()


def test_a_pad_that_is_not_gated_rings_on_after_its_key():
    rig = Rig()
    rig.send(0x99, 36, 127), rig.send(0x89, 36, 0)
    rig.engine.render(RATE // 10)
    assert rig.pitch() == LOW


def test_a_grabbed_cymbal_is_silent_at_once():
    rig = Rig()
    rig.send(0x99, 36, 127)
    rig.engine.render(1024)
    rig.send(0xA9, 36, 127), rig.send(0xA9, 36, 0)
    assert not rig.engine.render(1024)[90:].any()
