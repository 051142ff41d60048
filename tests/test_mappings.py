"""Every shipped mapping loads, names real parameters, and plays pads."""

from pathlib import Path

import pytest

from latentaudio.config import shipped_mappings
from latentaudio.control.mapping import Mapping, load_mapping

FILES = sorted(shipped_mappings().glob("*.yaml"))


@pytest.fixture
def default() -> Mapping:
    return load_mapping([shipped_mappings() / "default.yaml"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_mapping_loads_and_plays_the_first_pad_from_note_36(file: Path) -> None:
    mapping = load_mapping([file])
    assert any(mapping.pad_for(channel, 36) == 1 for channel in range(16))


@pytest.mark.parametrize("file", [f for f in FILES if f.stem != "default"], ids=lambda file: file.stem)
def test_a_controllers_file_is_for_its_own_port_and_says_where_its_numbers_come_from(file: Path) -> None:
    assert load_mapping([file]).ports != ("all",)
    head = file.read_text().split("name:")[0]
    assert "Numbers:" in head and "hardware" in head


def test_there_is_a_file_for_at_least_three_controllers() -> None:
    assert len(FILES) >= 4


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
