"""Every shipped mapping loads, names real parameters, and plays pads."""

from pathlib import Path

import pytest

from latentaudio.config import shipped_mappings
from latentaudio.control.binding import Binding
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.recognise import Recognised
from tests.control.desk import Desk

FILES = sorted(shipped_mappings().glob("*.yaml"))
CONTROLLERS = [file for file in FILES if file.stem != "default"]


def bindings(mapping: Mapping) -> list[Binding]:
    return [each for bound in (*mapping.controls.values(), *mapping.addresses.values()) for each in bound]


def targets(mapping: Mapping) -> set[str]:
    return {each.to for each in bindings(mapping)}


@pytest.fixture
def default() -> Mapping:
    return load_mapping([shipped_mappings() / "default.yaml"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_mapping_loads_and_plays_the_first_pad(file: Path) -> None:
    mapping = load_mapping([file])
    assert 1 in mapping.note_pads.values() or "pad.1.trigger" in targets(mapping)


@pytest.mark.parametrize("file", CONTROLLERS, ids=lambda file: file.stem)
def test_a_controllers_file_is_for_its_own_port_and_says_where_its_numbers_come_from(file: Path) -> None:
    assert load_mapping([file]).ports != ("all",)
    head = file.read_text().split("name:")[0]
    assert "Numbers:" in head and "Not tried" in head and "hardware: check with `latentaudio monitor`" in head


@pytest.mark.parametrize("file", CONTROLLERS, ids=lambda file: file.stem)
def test_every_controller_moves_through_the_sound(file: Path) -> None:
    moved = targets(load_mapping([file]))
    assert moved & {"morph.amount", "morph.a"} and len(moved) >= 3
    if file.stem not in {"gm-edrum", "korg-nanopad2", "arturia-beatstep"}:  # those have no buttons to spare
        assert {"preset.next", "preset.previous"} <= moved and "walk.run" in moved


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("LPD8:LPD8 MIDI 1 20:0", "akai-lpd8"),
        ("MPD218:MPD218 Port A 20:0", "akai-mpd218"),
        ("APC Key 25:APC Key 25 MIDI 1 24:0", "akai-apc-key-25"),
        ("MPKmini2:MPKmini2 MIDI 1 20:0", "akai-mpk-mini-mk2"),
        ("MPK mini 3", "akai-mpk-mini-mk3"),
        ("Launchpad Mini:Launchpad Mini MIDI 1 28:0", "novation-launchpad-mini"),
        ("Launchpad Mini MK3:Launchpad Mini MK3 LPMiniMK3 MI 28:1", "novation-launchpad-mini-mk3"),
        ("Launchkey Mini MK3:Launchkey Mini MK3 MIDI 1 28:0", "novation-launchkey-mini"),
        ("Launch Control XL 0", "novation-launch-control-xl"),
        ("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0", "korg-nanokontrol2"),
        ("nanoPAD2:nanoPAD2 MIDI 1 20:0", "korg-nanopad2"),
        ("Arturia BeatStep:Arturia BeatStep MIDI 1 20:0", "arturia-beatstep"),
        ("Oxygen 49:Oxygen 49 MIDI 1 20:0", "m-audio-oxygen"),
        ("TD-17:TD-17 MIDI 1 20:0", "gm-edrum"),
        ("TouchOSC Bridge", "touchosc"),
        ("from Max 1", "max"),
    ],
)
def test_a_controller_brings_its_own_mapping_alone(port: str, name: str) -> None:
    assert [file.stem for file in Recognised().fitting(["Midi Through:Midi Through Port-0 14:0", port])] == [name]


def test_a_drum_kit_plays_its_pieces_on_pads_of_their_own() -> None:
    kit = load_mapping([shipped_mappings() / "gm-edrum.yaml"])
    kick, snare, closed, opened, pedal = (kit.pad_for(9, note) for note in (36, 38, 42, 46, 44))
    assert kit.pad_for(9, 35) == kick == 1 and len({kick, snare, closed, opened, pedal}) == 5
    (foot,) = kit.bindings_for_cc(9, 4)
    assert foot.to == f"pad.{opened}.decay" and foot.value(0.0) > foot.value(1.0)


@pytest.mark.parametrize("name", ["akai-apc-key-25", "novation-launchpad-mini", "novation-launchpad-mini-mk3"])
def test_a_grid_of_lights_shows_its_pads_and_what_is_on(name: str) -> None:
    shown = {each.to for each in bindings(load_mapping([shipped_mappings() / f"{name}.yaml"])) if each.light}
    assert {"pad.1.trigger", "pad.16.trigger", "walk.run", "map.snap"} <= shown


def test_the_default_plays_sixteen_pads_on_every_channel(default: Mapping) -> None:
    assert [default.pad_for(9, note) for note in range(36, 52)] == list(range(1, 17))
    assert default.pad_for(0, 35) == 1


def test_the_default_moves_the_morph_with_the_mod_wheel(default: Mapping) -> None:
    (binding,) = default.bindings_for_cc(3, 1)
    assert (binding.to, binding.value(0.0), binding.value(1.0)) == ("morph.amount", 0.0, 1.0)


KNOBS = [
    "map.x",
    "map.y",
    "map.zoom",
    "morph.amount",
    "morph.beats",
    "temperature",
    "walk.step",
    "walk.momentum",
    "walk.pull",
    "walk.rate",
    "variation.intensity",
    "variation.pick",
    "focus",
    "master.level",
    "attribute.brightness",
    "attribute.noisiness",
    "attribute.loudness",
    "attribute.decay",
    "attribute.pitch",
    "attribute.click",
    "latent.1",
    "latent.12",
]
BUTTONS = [
    "draw",
    "zero",
    "undo",
    "redo",
    "trigger",
    "tap",
    "preset.next",
    "preset.previous",
    "morph.a",
    "morph.b",
    "walk.reset",
    "variation.make",
    "variation.spread",
    "map.reset",
    "attribute.zero",
    "attribute.learn.positive",
    "attribute.learn.negative",
]
TOGGLES = ["lock.1", "walk.run", "walk.freeze", "map.snap", "map.layer", "morph.sweep", "morph.method", "notes.mode"]


@pytest.mark.parametrize("target", [*KNOBS, *BUTTONS, *TOGGLES])
def test_every_move_through_the_sound_is_on_the_default(default: Mapping, target: str) -> None:
    (binding,) = [each for bound in default.controls.values() for each in bound if each.to == target][:1]
    assert (binding.is_action, binding.toggle) == (target in BUTTONS, target in TOGGLES)


def test_the_default_takes_program_changes_and_leaves_the_controllers_of_banks_alone(default: Mapping) -> None:
    assert default.programs and not default.bindings_for_cc(0, 0) and not default.bindings_for_cc(0, 32)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_control_of_a_shipped_mapping_does_two_things(file: Path) -> None:
    mapping = load_mapping([file])
    assert all(len(bound) == 1 for bound in mapping.controls.values())


def test_a_controller_over_the_default_keeps_its_own_knobs() -> None:
    paths = [shipped_mappings() / f"{name}.yaml" for name in ("default", "korg-nanopad2")]
    assert load_mapping(paths[:1], paths[1:]).bindings_for_cc(0, 16)[0].to == "trigger"


@pytest.mark.parametrize("name", ["akai-apc-key-25", "novation-launchpad-mini", "novation-launchpad-mini-mk3"])
def test_a_row_of_a_grid_chooses_the_pad_that_is_moved(name: str) -> None:
    mapping = load_mapping([shipped_mappings() / f"{name}.yaml"])
    keys = {bound[0].value(1.0): control for control, bound in mapping.controls.items() if bound[0].to == "focus"}
    desk = Desk(mapping)
    for pad in (8.0, 3.0, 1.0):
        desk.send([0x90, keys[pad].number, 127], [0x80, keys[pad].number, 0])
        assert desk.values["focus"] == pad
