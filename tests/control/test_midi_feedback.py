"""A controller shows what its controls have become, whoever moved them, and nothing of that comes back as a move."""

from collections.abc import Callable
from pathlib import Path

import pytest

from latentaudio.control import midi_feedback, midi_outputs, midi_ports
from latentaudio.control.lamp import lamps_of
from latentaudio.control.loop_guard import LoopGuard
from latentaudio.control.mapping import load_mapping
from latentaudio.control.midi_feedback import MidiFeedback
from latentaudio.control.midi_outputs import counterpart
from latentaudio.control.patience import Patience
from latentaudio.events import Set
from latentaudio.parameters import PARAMETERS
from tests.control.desk import Desk, mapping_of

FRAME_NS = 16_700_000
MS = 1_000_000


class Lit(Desk):
    """A desk with an output beside its input, which notes what it is shown and may send something back."""

    def __init__(self, folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(mapping_of(folder, text))
        self.shown: list[list[int]] = []
        self.back: Callable[[list[int]], list[int]] | None = None
        self.breaks = False
        self.feedback = MidiFeedback(self.values.get)
        self.guard = self.midi._guard = self.midi._controls._guard = self.feedback.guard
        self.told = 0
        monkeypatch.setattr(midi_feedback, "new_output", lambda api: self)
        monkeypatch.setattr(midi_feedback, "open_output", lambda api, name: self)
        self.plug("desk")

    def plug(self, *inputs: str) -> None:
        self.feedback.attend(self.midi.mapping, inputs, None)
        self.frame()

    def frame(self, count: int = 1) -> list[list[int]]:
        """Let the state thread and the feedback thread come round; what is shown meanwhile."""
        before = len(self.shown)
        for _ in range(count):
            self.now_ns += FRAME_NS
            self.catch_up()
            new, self.told = self.stage.events[self.told :], len(self.stage.events)
            changes = {each.name: (each.value, each.origin, False) for each in new if isinstance(each, Set)}
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(midi_feedback, "perf_counter_ns", lambda: self.now_ns)
                self.feedback.changed(changes)
            self.feedback.send(self.now_ns + MS)
        return self.shown[before:]

    def osc(self, name: str, value: float) -> list[list[int]]:
        """Someone else moves a parameter; what is shown of it."""
        self.elsewhere(name, value)
        return self.frame()

    # What an rtmidi.MidiOut does.

    def get_ports(self) -> list[str]:
        return ["desk"]

    def send_message(self, data: list[int]) -> None:
        if self.breaks:
            raise OSError("gone")
        self.shown.append(data)
        if self.back:
            self.midi.receive("midi:desk", self.back(data), self.now_ns + MS)

    def close_port(self) -> None:
        self.shown.append([])

    def delete(self) -> None:
        pass


@pytest.fixture
def lit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Lit]:
    return lambda text: Lit(tmp_path, text, monkeypatch)


@pytest.mark.parametrize(
    ("binding", "name", "value", "shown"),
    [
        ("cc: 1, to: map.x", "map.x", 1.0, [[0xB0, 1, 127]]),
        ("cc: 1, to: master.level, invert: true", "master.level", 6.0, [[0xB0, 1, 0]]),
        ("cc: 1, bits: 14, to: map.x", "map.x", 0.75, [[0xB0, 1, 96], [0xB0, 33, 0]]),
        ("nrpn: 300, to: map.x", "map.x", 1.0, [[0xB0, 99, 2], [0xB0, 98, 44], [0xB0, 6, 127]]),
        ("rpn: 1, bits: 14, to: map.x", "map.x", 1.0,
         [[0xB0, 101, 0], [0xB0, 100, 1], [0xB0, 6, 127], [0xB0, 38, 127]]),
        ("bend: true, to: pad.1.pan", "pad.1.pan", 1.0, [[0xE0, 127, 127]]),
        ("pressure: true, to: map.x", "map.x", 1.0, [[0xD0, 127]]),
        ("aftertouch: 9, to: map.x", "map.x", 1.0, [[0xA0, 9, 127]]),
        ("note: 9, to: walk.run, toggle: true", "walk.run", 1.0, [[0x90, 9, 127]]),
        ("cc: 1, to: focus, relative: twos", "focus", 16.0, [[0xB0, 1, 127]]),
        ("cc: 1, to: map.layer, toggle: true, feedback: {note: 5, channel: 3, on: 60, off: 12}", "map.layer", 2.0,
         [[0x92, 5, 60]]),
    ],
)  # fmt: skip
def test_a_change_goes_back_as_the_message_that_makes_it(
    lit: Callable[[str], Lit], binding: str, name: str, value: float, shown: list[list[int]]
) -> None:
    board = lit(f"feedback: true, bindings: [{{{binding}}}]")
    assert board.osc(name, value) == shown
    assert board.frame() == []


def test_the_whole_state_is_shown_when_the_port_comes_and_when_it_comes_back(lit: Callable[[str], Lit]) -> None:
    board = lit(
        "feedback: true, bindings: [{cc: 1, to: map.x}, {cc: 2, to: map.y}, {cc: 3, to: draw, feedback: {on: 9}}]"
    )
    whole = [[0xB0, 1, 64], [0xB0, 2, 64], [0xB0, 3, 9]]
    assert board.shown == whole
    board.plug()
    board.plug("desk")
    assert board.shown == [*whole, [], *whole]


def test_changes_of_a_frame_are_one_message_with_the_latest(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    for value in (0.1, 0.2, 1.0):
        board.elsewhere("map.x", value)
    assert board.frame() == [[0xB0, 1, 127]]


def test_a_fader_in_a_hand_is_left_alone_until_it_rests(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    board.turn(100, after_s=0.01)
    assert board.osc("map.x", 0.0) == []
    assert board.frame(40) == [[0xB0, 1, 0]]


def test_a_fader_that_made_the_value_is_not_told_of_it(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.layer, feedback: true}, {cc: 2, to: map.layer, feedback: true}]")
    board.turn(100, after_s=0.01)  # anywhere in the last of three zones
    assert board.frame(60) == [[0xB0, 2, 127]]


def test_a_button_lights_up_at_once(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{note: 9, to: walk.run, toggle: true, feedback: {on: 5}}]")
    board.send([0x90, 9, 100], after_s=0.0)
    assert board.frame() == [[0x90, 9, 5]]


def test_a_control_on_all_channels_is_told_on_the_one_it_was_heard_on(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, channel: all, to: map.x, feedback: true}]")
    board.send([0xB4, 1, 10], after_s=0.0)
    board.frame(40)
    assert (board.shown[0], board.osc("map.x", 1.0)) == ([0xB0, 1, 64], [[0xB4, 1, 127]])


@pytest.mark.parametrize(
    "binding",
    [
        "cc: 1, to: map.x",
        "cc: 1, bits: 14, to: map.x",
        "nrpn: 3, bits: 14, to: map.x",
        "note: 1, to: walk.run, toggle: true",
        "cc: 1, relative: twos, to: focus",
    ],
)
def test_a_port_that_echoes_everything_moves_nothing(lit: Callable[[str], Lit], binding: str) -> None:
    board = lit(f"pads: {{36: 1}}, feedback: true, bindings: [{{{binding}}}]")
    board.back = list
    for value in (0.3, 1.0, 0.7123):
        for name in ("map.x", "walk.run", "focus"):
            board.osc(name, PARAMETERS[name].natural(value))
    board.frame(300)
    assert all(change.origin == "osc:somebody" for change in board.stage.of(Set))
    assert board.midi.counters.echoes > 0


def test_a_hand_is_heard_after_an_echo_of_the_same_message(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    board.back = list
    board.osc("map.x", 1.0)
    board.osc("map.x", 0.2)
    assert board.turn(127, after_s=0.0) == "map.x = 1"


def test_a_key_that_is_pressed_again_is_pressed_though_its_light_was_the_same_message(
    lit: Callable[[str], Lit],
) -> None:
    board = lit("bindings: [{note: 9, to: walk.run, toggle: true, feedback: true}]")
    board.send([0x90, 9, 127], after_s=0.01)
    assert board.frame() == [[0x90, 9, 127]]
    assert board.send([0x90, 9, 127], after_s=0.1) == "walk.run = 0"


@pytest.mark.parametrize(
    ("binding", "back"),
    [
        ("cc: 1, to: map.x, feedback: {cc: 2}", lambda value: 127 - value),  # a fader turned round
        ("cc: 1, relative: offset, step: 0.1, to: map.x, feedback: {cc: 2}", lambda value: 74 if value < 64 else 54),
        ("cc: 1, toggle: true, to: map.snap, feedback: {cc: 2}", lambda value: 127),
    ],
)
def test_a_mapping_that_loops_settles(lit: Callable[[str], Lit], binding: str, back: Callable[[int], int]) -> None:
    board = lit(f"bindings: [{{{binding}}}]")
    board.back = lambda data: [0xB0, 1, back(data[2])]
    board.osc("map.x", 0.9)
    board.osc("map.snap", 1.0)
    minutes = [len(board.frame(60 * 60)) for _ in range(3)]
    assert 60 < minutes[0] < 100 and minutes[2] <= 1


def test_a_light_follows_a_hand_that_turns_for_long(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: {cc: 2}}]")
    for frame in range(600):
        board.turn(frame % 128, after_s=0.0)
        board.frame()
    assert len(board.shown) > 540


def test_a_port_that_breaks_is_said_once(lit: Callable[[str], Lit], caplog: pytest.LogCaptureFixture) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    board.breaks = True
    board.osc("map.x", 1.0)
    board.osc("map.x", 0.0)
    assert caplog.messages == ["MIDI port desk cannot be told of changes: gone"]


def test_a_ring_that_was_turned_is_lit_again_when_its_controller_comes_back(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    board.turn(100)
    board.plug()
    board.midi.gone("midi:desk", board.now_ns)
    board.plug("desk")
    assert board.shown[-1] == [0xB0, 1, 100]


def test_what_was_sent_long_ago_is_not_kept_for_ever() -> None:
    guard = LoopGuard()
    for value in range(2**14):
        guard.sent("midi:desk", [0xE0, value & 127, value >> 7], MS)
    assert len(guard._sent) < 2**13 and guard.is_echo("midi:desk", [0xE0, 127, 127], MS)


def test_no_port_of_a_midi_system_that_has_just_gone_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "gone")
    assert midi_outputs.open_output("jack", "LPD8:in") is None
    assert midi_ports.open_port("jack", "LPD8:out") is None


def test_another_mapping_shows_its_own(lit: Callable[[str], Lit], tmp_path: Path) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    board.midi.mapping = mapping_of(tmp_path, "bindings: [{cc: 5, to: map.x, feedback: true}]")
    board.plug("desk")
    assert board.shown[-1] == [0xB0, 5, 64] and board.osc("map.x", 0.0) == [[0xB0, 5, 0]]


def test_what_a_mapping_shows_is_found_once_and_not_at_every_look(
    lit: Callable[[str], Lit], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = lit("bindings: [{cc: 1, to: map.x, feedback: true}]")
    monkeypatch.setattr(midi_feedback, "lamps_of", None)
    board.plug("desk")
    assert board.osc("map.x", 1.0) == [[0xB0, 1, 127]]


def test_two_controllers_show_what_each_has_on_the_same_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Lit(tmp_path, "", monkeypatch)
    guests = [tmp_path / f"{name}.yaml" for name in ("desk", "rack")]
    for guest, name in zip(guests, ("map.x", "map.y"), strict=True):
        guest.write_text(
            f"midi: {{port: {guest.stem}, channel: 1, bindings: [{{cc: 1, to: {name}, channel: 1, feedback: true}}]}}"
        )
    board.midi.mapping = load_mapping([], guests)
    board.plug("desk")
    board.osc("map.y", 0.0)
    assert board.osc("map.x", 1.0) == [[0xB0, 1, 127]]


def test_a_mapping_without_feedback_opens_no_output(lit: Callable[[str], Lit]) -> None:
    board = lit("bindings: [{cc: 1, to: map.x}]")
    assert board.feedback.ports == [] and board.osc("map.x", 1.0) == []


def test_of_two_lights_on_one_message_the_first_is_shown(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "feedback: true, bindings: [{cc: 1, to: map.x}, {cc: 1, to: map.y}]")
    assert [lamp.binding.to for lamp in lamps_of(mapping)] == ["map.x"]


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "found"),
    [
        ("LPD8:LPD8 MIDI 1 20:0", ["LPD8:LPD8 MIDI 1 20:0"], ["LPD8:LPD8 MIDI 1 20:0"], "LPD8:LPD8 MIDI 1 20:0"),
        ("LPD8:out", ["LPD8:out"], ["LPD8:in", "Synth:in"], "LPD8:in"),
        ("a2j:LPD8 (capture)", ["a2j:LPD8 (capture)"], ["a2j:Synth (playback)", "a2j:LPD8 (playback)"],
         "a2j:LPD8 (playback)"),
        ("system:midi_capture_2", ["system:midi_capture_1"], ["system:midi_playback_2"], None),
        ("LPD8 1", ["nanoPAD2 0", "LPD8 1"], ["Synth 0", "LPD8 2"], "LPD8 2"),
        ("LPD8 1", ["LPD8 0", "LPD8 1"], ["LPD8 1x", "LPD8 2", "LPD8 3"], "LPD8 3"),
        ("nanoKONTROL2 SLIDER/KNOB", ["nanoKONTROL2 SLIDER/KNOB"], ["nanoKONTROL2 CTRL"], "nanoKONTROL2 CTRL"),
        ("Launchpad Mini MIDI Out", ["Launchpad Mini DAW Out", "Launchpad Mini MIDI Out"],
         ["Launchpad Mini DAW In", "Launchpad Mini MIDI In"], "Launchpad Mini MIDI In"),
        ("LPD8 0", ["LPD8 0"], ["Synth 0"], None),
    ],
)  # fmt: skip
def test_the_output_of_a_controller_is_found_by_the_name_of_its_input(
    name: str, inputs: list[str], outputs: list[str], found: str | None
) -> None:
    assert counterpart(name, inputs, outputs) == found


def test_patience_doubles_while_sending_is_answered_and_a_hand_ends_it() -> None:
    patience, now, sent = Patience(3), 1000 * MS, []
    for _ in range(10_000):
        if patience.is_over(now):
            sent.append(now)
            patience.sent(now)
            patience.moved(now + MS)
        now += FRAME_NS
    assert sent[-1] - sent[-2] > 30_000 * MS
    patience.moved(now)
    assert patience.is_over(now)
