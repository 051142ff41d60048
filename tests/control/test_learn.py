"""What a performer moves is recognised for what it is, and bound where the performer will find it again."""

from pathlib import Path

import pytest
from mido import Message

from latentaudio.config import shipped_mappings, user_mappings
from latentaudio.control.heard import Heard, Moved, parse
from latentaudio.control.layer import read_layer
from latentaudio.control.learn import Learnt, check_target, learn
from latentaudio.control.learn_file import place_for, save
from latentaudio.control.midi_words import shown
from latentaudio.errors import DataError, MappingError, UsageError

PORT = "midi:LPD8:LPD8 MIDI 1 20:0"


def binding(target: str, *messages: Message, origin: str = PORT) -> dict[str, object] | None:
    heard = Heard()
    for message in messages:
        heard.hear(origin, shown(message.bytes()), "nothing: not in the mapping")
    learnt = learn(heard, target)
    return learnt.binding if learnt else None


def cc(number: int, *values: int, channel: int = 0) -> list[Message]:
    return [Message("control_change", channel=channel, control=number, value=value) for value in values]


def test_a_knob_is_a_controller_of_seven_bits() -> None:
    assert binding("map.x", *cc(21, 3, 4, 6, 9, 12)) == {"cc": 21, "to": "map.x"}


def test_a_controller_and_the_one_32_above_it_are_fourteen_bits() -> None:
    pairs = [message for step in range(6) for message in cc(2, 10 + step) + cc(34, 17 * step)]
    assert binding("map.x", *pairs) == {"cc": 2, "bits": 14, "to": "map.x"}


@pytest.mark.parametrize("numbers", [(99, 98, "nrpn"), (101, 100, "rpn")])
def test_a_registered_parameter_is_known_by_the_controllers_that_choose_it(numbers: tuple[int, int, str]) -> None:
    upper, lower, kind = numbers
    chosen = cc(upper, 2) + cc(lower, 44)
    assert binding("map.x", *chosen, *cc(6, 1), *chosen, *cc(6, 2)) == {kind: 300, "to": "map.x"}
    assert binding("map.x", *chosen, *cc(6, 1), *cc(38, 5)) == {kind: 300, "bits": 14, "to": "map.x"}
    none = cc(upper, 127) + cc(lower, 127)
    assert binding("map.x", *none, *cc(6, 1), *cc(6, 2)) == {"cc": 6, "to": "map.x"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("pitchwheel", pitch=100), {"bend": True, "to": "map.x"}),
        (Message("aftertouch", value=9), {"pressure": True, "to": "map.x"}),
        (Message("polytouch", note=40, value=9), {"aftertouch": 40, "to": "map.x"}),
    ],
)
def test_wheels_and_pressure_are_what_they_are(message: Message, expected: dict[str, object]) -> None:
    assert binding("map.x", message) == expected


@pytest.mark.parametrize(
    ("values", "relative"),
    [
        ((1, 1, 2, 1, 127, 127, 126), "twos"),
        ((65, 65, 66, 65, 63, 63), "offset"),
        ((1, 1, 1, 65, 65, 66), "sign"),
        ((1, 1, 1, 1, 1), "twos"),
    ],
)
def test_an_encoder_is_known_by_ticks_that_come_again(values: tuple[int, ...], relative: str) -> None:
    assert binding("map.x", *cc(7, *values)) == {"cc": 7, "to": "map.x", "relative": relative}


@pytest.mark.parametrize(
    "values", [range(1, 12), range(127, 116, -1), (64, 65, 64, 63, 62), (60, 60), range(0, 128, 9)]
)
def test_a_knob_is_never_taken_for_an_encoder(values: tuple[int, ...]) -> None:
    assert binding("map.x", *cc(7, *values)) == {"cc": 7, "to": "map.x"}


def test_a_pad_or_button_presses_an_action_and_toggles_a_choice() -> None:
    note = Message("note_on", note=52, velocity=80)
    assert binding("draw", note) == {"note": 52, "to": "draw"}
    assert binding("walk.run", note) == {"note": 52, "to": "walk.run", "toggle": True}
    assert binding("walk.run", *cc(41, 127, 0)) == {"cc": 41, "to": "walk.run", "toggle": True}
    assert binding("draw", Message("program_change", program=5)) == {"program": 5, "to": "draw"}


def test_a_key_cannot_move_what_a_knob_moves_but_its_pressure_can() -> None:
    note = Message("note_on", note=52, velocity=80)
    assert binding("map.x", note) is None
    assert binding("map.x", note, Message("polytouch", note=52, value=3)) == {"aftertouch": 52, "to": "map.x"}


def test_the_control_that_moved_most_is_meant_and_not_one_that_trembles() -> None:
    assert binding("map.x", *cc(9, 64, 65, 64, 65), *cc(21, 3, 4, 6, 9, 12)) == {"cc": 21, "to": "map.x"}


def test_an_address_of_another_program_is_learned_but_not_our_own_nor_one_of_two_numbers() -> None:
    heard = Heard()
    heard.hear("osc:127.0.0.1:9001", "/la/map/x 0.3", "map.x = 0.3")
    heard.hear("osc:127.0.0.1:9001", "/3/xy 0.3 0.4", "nothing: no such address")
    assert learn(heard, "map.x") is None
    for value in (0.1, 0.2, 0.3):
        heard.hear("osc:127.0.0.1:9001", f"/1/fader1 {value}", "nothing: no such address")
    learnt = learn(heard, "map.x")
    assert learnt and (learnt.section, learnt.binding) == ("osc", {"address": "/1/fader1", "to": "map.x"})


@pytest.mark.parametrize("line", ["", "f0 7e", "note_on", "control_change control x", "control_change control 1 value",
                                  "pitchwheel pitch 9999 channel 1", "nonsense a 1", "clock"])  # fmt: skip
def test_a_line_that_shows_no_gesture_is_left(line: str) -> None:
    heard = Heard()
    heard.hear(PORT, line, "nothing")
    assert not heard.values


@pytest.mark.parametrize("message", [*cc(7, 3, channel=9), Message("pitchwheel", pitch=-3, channel=15),
                                     Message("note_on", note=3, velocity=4), Message("program_change", program=2)],
)  # fmt: skip
def test_a_line_of_monitor_is_read_back_as_the_message_it_shows(message: Message) -> None:
    assert parse(shown(message.bytes())) == message


def test_a_parameter_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no parameter 'map\.xx'; did you mean 'map\.x'"):
        check_target("map.xx")


# Where it goes.

KNOB = Learnt(Moved("LPD8 MIDI 1", "cc", 2, 21), "midi", {"cc": 21, "to": "focus"})


def test_a_shipped_mapping_is_copied_to_the_users_own_and_edited_there() -> None:
    shipped = shipped_mappings() / "akai-lpd8.yaml"
    before = shipped.read_text()
    saved = save(KNOB, shipped)
    assert (saved.path, saved.copied, shipped.read_text()) == (user_mappings() / "akai-lpd8.yaml", shipped, before)
    assert [line for line in saved.path.read_text().splitlines() if line not in before.splitlines()] == [
        "    - {cc: 21, to: focus}"
    ]
    assert save(KNOB, shipped).copied is None


def test_a_new_file_is_made_and_an_older_binding_is_said_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    assert save(KNOB, file).replaced == ()
    again = save(Learnt(KNOB.moved, "midi", {"cc": 21, "to": "tempo"}), file)
    assert again.replaced == ("focus",)
    assert file.read_text() == "name: mine\nmidi:\n  bindings:\n    - {cc: 21, to: tempo}\n"


def test_a_control_on_another_channel_than_the_files_keeps_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("midi: {channel: 10, bindings: []}")
    save(KNOB, file)
    assert [channels for channels, *_ in read_layer(file).controls] == [(2,)]


def test_lines_end_as_they_did_and_letters_are_utf_8_on_any_system(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes("name: Größe\r\nmidi:\r\n  bindings:\r\n    - {cc: 1, to: draw}\r\n".encode())
    before = file.read_bytes()
    save(KNOB, file)
    assert file.read_bytes() == before + b"    - {cc: 21, to: focus}\r\n"


def test_a_link_to_a_mapping_stays_one(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    link, file = tmp_path / "mine.yaml", tmp_path / "dotfiles" / "lpd8.yaml"
    link.symlink_to(file)
    save(KNOB, link)
    assert link.readlink() == file and "cc: 21" in file.read_text()


def test_a_mapping_that_cannot_be_written_is_told_in_a_sentence() -> None:
    with pytest.raises(DataError, match=r"^cannot write /proc/mine\.yaml: No such file or directory$"):
        save(KNOB, Path("/proc/mine.yaml"))


def test_what_would_be_no_sound_mapping_is_not_saved(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("midi:\n  pads: {36-43: 1-8}\n")
    with pytest.raises(MappingError, match=r"^mine\.yaml:4: note 40 plays pad 5 already"):
        save(Learnt(Moved("p", "note", 0, 40), "midi", {"note": 40, "to": "draw"}), file)
    assert file.read_text() == "midi:\n  pads: {36-43: 1-8}\n" and [*tmp_path.iterdir()] == [file]


def test_the_topmost_mapping_in_use_for_the_controllers_port_is_meant() -> None:
    files = [shipped_mappings() / f"{name}.yaml" for name in ("default", "akai-lpd8", "korg-nanopad2")]
    assert place_for(None, files, "LPD8:LPD8 MIDI 1").stem == "akai-lpd8"
    assert place_for(None, files, "Some keyboard").stem == "default"
    assert place_for("default", [], "").stem == "default"
    with pytest.raises(UsageError, match="of another machine"):
        place_for(None, [Path("/elsewhere/mine.yaml")], "LPD8")
