"""The same moves from a MIDI controller on JACK, by the shipped mapping: what is turned is what is heard."""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import rtmidi

from latentaudio.cli import main
from tests.jack import running
from tests.playing import Playing, Sound, is_same, likeness
from tests.test_daemon import Drummer

KICK = 36  # the note of pad 1
TURNED = {"map.x": 16, "a dim": 22, "brightness": 74, "pitch": 79, "draw": 80, "zero": 81}
UNDO = 82


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Playing, Drummer]]:
    """A daemon, and a controller that it found by name."""
    folder = tmp_path_factory.mktemp("stage")
    with pytest.MonkeyPatch.context() as patch, running(folder, patch):
        drummer = Drummer()
        player = Playing(folder, "--midi-api", "jack", "--seed", "1", midi="drummer*")
        player.wait_for(lambda: any("drummer" in port for port in player.status()["midi"]["ports"]))
        player.send("/la/velocity/layers/n", 1)
        yield player, drummer
        player.stop()
        drummer.close()


def hear(stage: tuple[Playing, Drummer], note: int = KICK) -> Sound:
    """A hit by a note, once all turns before have arrived."""
    player, drummer = stage
    time.sleep(0.05)  # JACK hands it over in its next cycle
    player.settle()
    return player.hear_at_once(lambda: drummer.hit(note))


def test_notes_play_their_pads(stage):
    assert is_same(hear(stage, KICK + 2), stage[0].hear("/la/pad/3/trigger"))
    assert is_same(hear(stage, 35), stage[0].hear("/la/pad/1/trigger"))


@pytest.mark.parametrize("control", TURNED.values(), ids=TURNED)
def test_what_is_turned_is_heard_and_undone(stage, control):
    _, drummer = stage
    before = hear(stage)
    time.sleep(0.5)  # a turn after a rest is a step of its own
    drummer.turn(control, 120)
    assert not is_same(hear(stage), before)
    drummer.turn(UNDO, 127)
    drummer.turn(UNDO, 0)
    assert is_same(hear(stage), before)


def test_a_fader_rides_the_morph(stage):
    player, drummer = stage
    ends = []
    for pad, store in ((3, 102), (4, 103)):
        player.send("/la/focus/n", pad)
        player.settle()
        drummer.turn(store, 127)
        ends.append(hear(stage, KICK + pad - 1))
    for amount, sound in ((127, ends[1]), (0, ends[0])):
        drummer.turn(1, amount)
        assert is_same(hear(stage, KICK + 3), sound)
    player.send("/la/focus/n", 1)


def test_a_program_change_recalls_a_preset(stage):
    player, drummer = stage
    before = hear(stage)
    player.order("/la/preset/save", "005 five")
    drummer.turn(80, 127)
    assert likeness(hear(stage), before) < 0.99
    drummer.out.send_message([0xC9, 5])
    assert is_same(hear(stage), before)


def test_a_clock_drives_the_sweep_and_its_stop_holds_it(stage):
    player, drummer = stage
    player.send("/la/morph/amount", 0.0)
    player.send("/la/tempo/clock", "midi")
    player.wait_for(lambda: drummer.out.send_message([0xF8]) or player.status()["tempo"]["source"] == "clock")
    player.send("/la/morph/beats/beats", 4)
    player.send("/la/morph/shape", "up")
    player.send("/la/morph/sweep", 1)
    player.sync()
    drummer.out.send_message([0xFA])
    for _ in range(48 + 1):  # the first is beat 0
        drummer.out.send_message([0xF8])
        time.sleep(0.01)
    drummer.out.send_message([0xFC])
    held = hear(stage)
    amount = player.ask("/la/morph/amount")[0]
    assert amount == pytest.approx(0.5, abs=0.1) and is_same(hear(stage), held)
    player.send("/la/morph/sweep", 0)
    player.send("/la/morph/amount", 0.0)
    player.send("/la/morph/amount", amount)
    assert likeness(hear(stage), held) > 0.99


def test_a_controller_that_is_plugged_in_brings_its_own_mapping(stage):
    player, _ = stage
    lpd8 = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="LPD8")
    lpd8.open_virtual_port("pads")
    player.wait_for(
        lambda: [Path(file).stem for file in player.status()["mapping"]["files"]] == ["default", "akai-lpd8"]
    )
    lpd8.close_port()
    lpd8.delete()


def test_a_knob_that_is_turned_is_learned(stage, tmp_path):
    player, drummer = stage
    stop = threading.Event()

    def turn() -> None:
        for value in itertools.cycle(range(128)):
            drummer.turn(119, value)
            if stop.wait(0.02):
                return

    hand = threading.Thread(target=turn)
    hand.start()
    try:
        words = ["learn", "morph.beats", "--mapping", str(tmp_path / "mine.yaml"), "--for", "20"]
        assert main([*words, "--osc-port", str(player.port)]) == 0
    finally:
        stop.set()
        hand.join()
    assert "    - {cc: 119, to: morph.beats}" in (tmp_path / "mine.yaml").read_text().splitlines()
