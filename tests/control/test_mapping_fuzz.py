"""Whatever a mapping file holds: it is a mapping, or an error in one line that names file and line."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentaudio.config import shipped_mappings
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.recognise import patterns_of
from latentaudio.errors import MappingError

LINES = [line for file in sorted(shipped_mappings().glob("*.yaml")) for line in file.read_text().splitlines()]
TAGS = [
    "!!int",
    "!!float",
    "!!bool",
    "!!timestamp",
    "!!binary",
    "!!set",
    "!!omap",
    "!!null",
    "!!python/name:os.x",
    "!x",
]
KEYS = ["name", "port", "channel", "programs", "pickup", "feedback", "pads", "bindings", "osc", "midi", "clients"]
VALUES = ["-1", "1e999", ".nan", "-.inf", "0x7f", "0o17", "1:30", "2001-01-01", "''", "~", "[]", "{}", "[[1], 2]",
          "{a: b}", "on", "\u202e", "9" * 5000, "36-43", "999-1", "- 3"]  # fmt: skip
GOOD = ["1", "14", "true", "all", "0.1", "[1, 2]", "[0, 0.5, 1]", "s", "twos", "scale", "map.x", "draw",
        "{note: 1, on: 5}"]  # fmt: skip
SAID = ["cc", "nrpn", "rpn", "bend", "pressure", "aftertouch", "note", "program", "bits", "to", "range", "curve",
        "invert", "step", "dead", "toggle", "momentary", "pickup", "relative", "feedback", "channel",
        "address"]  # fmt: skip
NOISE = st.sampled_from(VALUES) | st.text(" abc:{}[],&*#%'\"\\\t0129", max_size=12)
RULES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_mapping_or_refusal(path: Path, text: str) -> bool:
    path.write_text(text)
    try:
        patterns_of(path)
        return isinstance(load_mapping([path]), Mapping)
    except MappingError as refusal:
        said = str(refusal)
        return bool(re.match(r"hostile\.yaml:\d+: .", said)) and "\n" not in said and len(said) < 400


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    return tmp_path / "hostile.yaml"


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12))
@RULES
def test_lines_of_good_mappings_in_any_order_are_a_mapping_or_refused_by_line(hostile: Path, lines: list[str]) -> None:
    assert is_mapping_or_refusal(hostile, "\n".join(lines))


@given(st.data())
@RULES
def test_a_good_mapping_with_one_value_gone_wrong_is_refused_by_line(hostile: Path, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(KEYS))
    value = data.draw(st.sampled_from(VALUES) | st.text(max_size=20))
    assert is_mapping_or_refusal(hostile, f"name: x\nmidi:\n  {key}: {value}\nosc:\n  {key}: {value}\n")


@given(st.sampled_from(SAID), st.sampled_from(["", *TAGS]), NOISE)
@RULES
def test_a_binding_with_any_tag_and_value_is_refused_by_line(hostile: Path, key: str, tag: str, value: str) -> None:
    assert is_mapping_or_refusal(hostile, f"midi:\n  bindings:\n    - {{cc: 1, to: focus, {key}: {tag} {value}}}\n")


@given(st.dictionaries(st.sampled_from(SAID), st.sampled_from(GOOD), max_size=5))
@RULES
def test_keys_of_bindings_in_any_company_are_a_mapping_or_refused_by_line(hostile: Path, keys: dict[str, str]) -> None:
    said = ", ".join(f"{key}: {value}" for key, value in keys.items())
    assert is_mapping_or_refusal(hostile, f"midi:\n  bindings:\n    - {{{said}}}\n")


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("value", VALUES)
def test_no_tag_makes_a_crash_of_a_value(hostile: Path, tag: str, value: str) -> None:
    assert is_mapping_or_refusal(hostile, f"midi:\n  channel: {tag} {value}\n")


@given(st.binary(max_size=60))
@RULES
def test_a_mapping_cut_off_or_with_bytes_in_it_is_refused_by_line(hostile: Path, noise: bytes) -> None:
    whole = (shipped_mappings() / "default.yaml").read_text()
    assert is_mapping_or_refusal(hostile, whole[: sum(noise) * 37 % len(whole)] + noise.decode("latin-1"))
