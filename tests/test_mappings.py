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


def test_the_default_moves_latents_with_the_mod_wheel(default: Mapping) -> None:
    (binding,) = default.bindings_for_cc(3, 1)
    assert (binding.to, binding.value(0.0), binding.value(1.0)) == ("latent.1", -3.0, 3.0)
