"""What MIDI bytes do to the instrument."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentaudio.control.binding import Binding
from latentaudio.control.hands import Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.midi_control import Control
from latentaudio.control.midi_messages import MidiMessages
from latentaudio.events import Act, Clock, Event, Played, Program, Set, Trace
from tests.control.conftest import Stage

ORIGIN = "midi:LPD8"
MAPPING = Mapping(
    channel=9,
    note_pads={36: 1, 38: 2},
    controls={
        Control("cc", 9, 1): (Binding("latent.1"), Binding("pad.1.pan", invert=True)),
        Control("cc", 9, 2): (Binding("draw"),),
        Control("cc", 9, 3): (Binding("map.snap", toggle=True),),
        Control("note", 9, 50): (Binding("zero"),),
        Control("note", 9, 51): (Binding("trigger"),),
        Control("note", 9, 52): (Binding("walk.run", toggle=True),),
    },
)


@pytest.fixture
def midi(stage: Stage) -> MidiMessages:
    return MidiMessages(MAPPING, stage.hands(), lambda: True)


def test_a_note_plays_its_pad_with_its_velocity_and_arrival(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0x99, 38, 127], 12345)
    assert stage.hits == [(2, 1.0, 12345, 0)]
    assert stage.of(Played) == [Played(ORIGIN, 2, 1.0, True)]


def test_the_sound_starts_before_anything_is_reported(stage: Stage) -> None:
    hit_by_then: list[int] = []
    hands = Hands(stage.hit, lambda _: hit_by_then.append(len(stage.hits)) is None, lambda: stage.focus)
    MidiMessages(MAPPING, hands, lambda: False).receive(ORIGIN, [0x99, 36, 1], 0)
    assert hit_by_then == [1]


@pytest.mark.parametrize("data", [[0x99, 36, 0], [0x89, 36, 64], [0x90, 36, 100], [0x99, 37, 100]])
def test_releases_other_channels_and_other_notes_play_nothing(
    midi: MidiMessages, stage: Stage, data: list[int]
) -> None:
    midi.receive(ORIGIN, data, 0)
    assert stage.hits == [] and stage.of(Trace)[0].effect.startswith("nothing")


def test_a_knob_moves_all_it_is_bound_to(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0xB9, 1, 127], 7)
    assert stage.of(Set) == [Set(ORIGIN, "latent.1", 3.0), Set(ORIGIN, "pad.1.pan", -1.0)]
    assert stage.of(Set)[0].arrival_ns == 7


def test_a_button_acts_when_pressed_and_not_when_released(midi: MidiMessages, stage: Stage) -> None:
    for value in (127, 0):
        midi.receive(ORIGIN, [0xB9, 2, value], 0)
    midi.receive(ORIGIN, [0x99, 50, 100], 0)
    assert stage.of(Act) == [Act(ORIGIN, "draw"), Act(ORIGIN, "zero")]


def test_a_note_as_a_button_is_pressed_however_soft_the_hit(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0x99, 50, 1], 0)
    assert stage.of(Act) == [Act(ORIGIN, "zero")]


@pytest.mark.parametrize(("press", "release"), [([0x99, 52, 1], [0x99, 52, 0]), ([0xB9, 3, 127], [0xB9, 3, 0])])
def test_a_button_that_toggles_gives_a_switch_the_other_value_at_each_press(
    midi: MidiMessages, stage: Stage, press: list[int], release: list[int]
) -> None:
    for now in (0.0, 1.0):
        stage.values |= {"walk.run": now, "map.snap": now}
        midi.receive(ORIGIN, press, 0)
        midi.receive(ORIGIN, release, 0)
    assert [change.value for change in stage.of(Set)] == [1.0, 0.0]


def test_a_button_toggles_nothing_that_there_is_not(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0x99, 52, 90], 0)
    assert stage.of(Set) == [] and stage.of(Trace)[0].effect == "nothing: no walk.run here"


def test_a_program_change_is_a_preset_by_its_number(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0xC9, 5], 7)
    assert stage.of(Program) == [Program(ORIGIN, 5)] and stage.of(Program)[0].arrival_ns == 7


@pytest.mark.parametrize(
    ("bank", "number"),
    [
        ([(0, 1)], 128 * 128 + 5),
        ([(32, 2)], 2 * 128 + 5),
        ([(0, 1), (32, 2)], 130 * 128 + 5),
        ([(32, 2), (0, 1)], 128 * 128 + 5),  # the upper half clears the lower
        ([(0, 0), (32, 0)], 5),
    ],
)
def test_a_bank_is_latched_for_the_programs_after_it(
    midi: MidiMessages, stage: Stage, bank: list[tuple[int, int]], number: int
) -> None:
    for controller, value in bank:
        midi.receive(ORIGIN, [0xB9, controller, value], 0)
    for _ in range(2):
        midi.receive(ORIGIN, [0xC9, 5], 0)
    assert [program.number for program in stage.of(Program)] == [number] * 2


def test_a_bank_is_its_own_ports_and_channels(stage: Stage) -> None:
    midi = MidiMessages(Mapping(), stage.hands(), lambda: True)
    midi.receive(ORIGIN, [0xB0, 32, 1], 0)
    for origin, status in ((ORIGIN, 0xC1), ("midi:other", 0xC0), (ORIGIN, 0xC0)):
        midi.receive(origin, [status, 0], 0)
    assert [program.number for program in stage.of(Program)] == [0, 0, 128]


@pytest.mark.parametrize(("mapping", "status"), [(MAPPING, 0xC0), (Mapping(programs=False), 0xC9)])
def test_programs_of_other_channels_and_unwanted_ones_load_nothing(stage: Stage, mapping: Mapping, status: int) -> None:
    MidiMessages(mapping, stage.hands(), lambda: True).receive(ORIGIN, [status, 5], 0)
    assert stage.of(Program) == [] and stage.of(Trace)[0].effect.startswith("nothing")


def test_a_mapping_that_binds_the_bank_controllers_has_them(stage: Stage) -> None:
    mapping = Mapping(controls={Control("cc", 0, 32): (Binding("latent.1"),)})
    midi = MidiMessages(mapping, stage.hands(), lambda: True)
    midi.receive(ORIGIN, [0xB0, 32, 1], 0)
    midi.receive(ORIGIN, [0xC0, 5], 0)
    assert len(stage.of(Set)) == 1 and stage.of(Program) == [Program(ORIGIN, 5)]


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ([0xF8], Clock(ORIGIN, "tick")),
        ([0xFA], Clock(ORIGIN, "start")),
        ([0xFB], Clock(ORIGIN, "continue")),
        ([0xFC], Clock(ORIGIN, "stop")),
        ([0xF2, 3, 1], Clock(ORIGIN, "position", 131)),
    ],
)
def test_a_midi_clock_goes_on_with_its_arrival(midi: MidiMessages, stage: Stage, data: list[int], event: Event) -> None:
    midi.receive(ORIGIN, data, 77)
    assert stage.of(Clock) == [event] and stage.of(Clock)[0].arrival_ns == 77
    assert len(stage.of(Trace)) == (event != Clock(ORIGIN, "tick"))


def test_a_note_bound_to_trigger_plays_the_focused_pad_at_its_velocity(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0x99, 51, 64], 0)
    assert stage.pads == [(stage.focus, round(64 / 127, 3))]


def test_where_every_note_plays_the_focused_pad_notes_of_no_pad_do_too(midi: MidiMessages, stage: Stage) -> None:
    stage.aimed = (3, 7.0)
    for note in (36, 43, 50):  # one of a pad, one of none, a button
        midi.receive(ORIGIN, [0x99, note, 127], 0)
    midi.receive(ORIGIN, [0x90, 43, 127], 0)  # another channel
    assert (stage.pads, stage.pitches, stage.of(Act)) == ([(3, 1.0)] * 2, [7.0] * 2, [Act(ORIGIN, "zero")])
    assert stage.of(Trace)[0].effect == "pad 3 at velocity 1.00, +7 semitones"


@pytest.mark.parametrize("release", [[0x89, 38, 64], [0x99, 38, 0]])
def test_the_end_of_a_note_ends_a_gated_pad(midi: MidiMessages, stage: Stage, release: list[int]) -> None:
    stage.gate = True
    midi.receive(ORIGIN, release, 0)
    midi.receive(ORIGIN, [release[0] & 0xF0, 38, 0], 0)  # another channel
    assert stage.ended == [("release", 2, 0.0)] and stage.of(Trace)[0].effect == "releases pad 2"


def test_a_held_note_ends_what_it_began_though_the_mode_has_changed(midi: MidiMessages, stage: Stage) -> None:
    stage.gate = True
    for aimed, data in (((5, 2.0), [0x99, 38, 90]), ((9, 0.0), [0x89, 38, 0]), ((9, 0.0), [0x89, 38, 0])):
        stage.aimed = aimed
        midi.receive(ORIGIN, data, 0)
    assert stage.ended == [("release", 5, 2.0), ("release", 9, 0.0)]


def test_a_grabbed_key_chokes_what_it_began_though_the_mode_has_changed(midi: MidiMessages, stage: Stage) -> None:
    for aimed, data in (((5, 2.0), [0x99, 38, 90]), ((9, 0.0), [0xA9, 38, 127])):
        stage.aimed = aimed
        midi.receive(ORIGIN, data, 0)
    assert stage.ended == [("choke", 5, 0.0)]


def test_a_note_beyond_127_is_no_note_in_any_mode(midi: MidiMessages, stage: Stage) -> None:
    stage.aimed = (3, 7.0)
    midi.receive(ORIGIN, [0x99, 128, 90], 0)
    assert stage.hits == [] and midi.counters.malformed == 1


@pytest.mark.parametrize(
    ("pressures", "chokes"), [([127, 0], 1), ([127, 0, 127, 0], 2), ([40, 127, 0], 0), ([127, 127, 0], 1), ([0], 0)]
)
def test_a_grabbed_cymbal_chokes_its_pad_and_a_pressed_pad_rings_on(
    midi: MidiMessages, stage: Stage, pressures: list[int], chokes: int
) -> None:
    for pressure in pressures:
        midi.receive(ORIGIN, [0xA9, 38, pressure], 0)
    assert stage.ended == [("choke", 2, 0.0)] * chokes


@pytest.mark.parametrize("data", [[0xA0, 38, 127], [0xA9, 37, 127], [0xA9, 50, 127]])
def test_pressure_on_other_channels_and_notes_chokes_nothing(midi: MidiMessages, stage: Stage, data: list[int]) -> None:
    midi.receive(ORIGIN, data, 0)
    assert stage.ended == [] and stage.of(Trace)[0].effect.startswith("nothing")


def test_all_sound_off_is_panic(midi: MidiMessages, stage: Stage) -> None:
    midi.receive(ORIGIN, [0xB0, 120, 0], 0)
    assert stage.ended == [("silence", 0, 0.0)]


@pytest.mark.parametrize(
    ("data", "message", "effect"),
    [
        ([0x99, 36, 64], "note_on note 36 velocity 64 channel 10", "pad 1 at velocity 0.50"),
        ([0x90, 36, 64], "note_on note 36 velocity 64 channel 1", "nothing: channel 1, and the mapping"),
        ([0xB9, 9, 1], "control_change control 9 value 1 channel 10", "nothing: not in the mapping"),
        ([0xE9, 0, 64], "pitchwheel pitch 0 channel 10", "nothing: not in the mapping"),
        ([0x99, 36], "99 24", "nothing: not a MIDI message"),
    ],
)
def test_monitor_says_what_a_message_did_or_why_nothing(
    midi: MidiMessages, stage: Stage, data: list[int], message: str, effect: str
) -> None:
    midi.receive(ORIGIN, data, 0)
    (trace,) = stage.of(Trace)
    assert trace.message == message and trace.effect.startswith(effect)


def test_a_pad_without_sound_and_a_full_queue_are_said_so(midi: MidiMessages, stage: Stage) -> None:
    stage.silent = True
    midi.receive(ORIGIN, [0x99, 36, 64], 0)
    assert stage.of(Played)[0].sounded is False
    assert stage.of(Trace)[0].effect == "nothing: pad 1 has no sound yet"


BYTE = st.integers(0, 255)
STATUS = st.sampled_from([0x99, 0x89, 0xA9, 0xB9, 0xC9, 0xF0, 0xF2, 0xF8])


@given(st.lists(BYTE, max_size=6) | st.tuples(STATUS, st.sampled_from([36, 1]) | BYTE, BYTE).map(list), st.booleans())
def test_any_bytes_do_something_or_nothing_but_never_harm(data: list[int], chromatic: bool) -> None:
    stage = Stage(aimed=(1, 0.0) if chromatic else None)
    MidiMessages(MAPPING, stage.hands(), lambda: True).receive(ORIGIN, data, 0)
    assert all(1 <= pad <= 16 and 0 < velocity <= 1 for pad, velocity, _, _ in stage.hits)
    assert len(stage.of(Trace)) == (data != [0xF8])
    assert all(0 <= program.number < 128**3 for program in stage.of(Program))
    assert all(byte < 128 for byte in data[1:3]) or not stage.hits
