"""A binding that is put into a mapping: every other character stays where it was, and means what it meant."""

import difflib
from collections.abc import Mapping as Table
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentaudio.config import shipped_mappings
from latentaudio.control.layer import Layer, read_layer
from latentaudio.control.mapping_edit import with_binding

FILES = sorted(shipped_mappings().glob("*.yaml"))
TURNED = {"cc": 90, "to": "focus"}


def changed(before: str, after: str) -> list[str]:
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in diff if line[0] in "+-"]


def layer(folder: Path, text: str) -> Layer:
    path = folder / "edited.yaml"
    path.write_text(text)
    return read_layer(path)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_mapping_gets_one_line_more_and_loses_none(file: Path, tmp_path: Path) -> None:
    text = file.read_text()
    edited = with_binding(text, "midi", TURNED)
    assert (changed(text, edited.text), edited.replaced) == (["+     - {cc: 90, to: focus}"], ())
    before, after = layer(tmp_path, text), layer(tmp_path, edited.text)
    assert [after.controls.pop(key)[0].to for key in [*after.controls] if key not in before.controls] == ["focus"]
    assert after == before


def test_a_control_that_is_bound_already_is_bound_anew_and_its_comment_stays() -> None:
    text = (
        "midi:\n  bindings:\n    # knobs\n    - {cc: 1, to: map.x, range: [0, 1]}   # left\n    - {cc: 2, to: map.y}\n"
    )
    edited = with_binding(text, "midi", {"cc": 1, "to": "tempo"})
    assert edited.text == text.replace("{cc: 1, to: map.x, range: [0, 1]}", "{cc: 1, to: tempo}")
    assert edited.replaced == ("map.x",)


def test_a_control_that_did_two_things_does_one() -> None:
    text = (
        "midi:\n  bindings:\n    - {cc: 1, to: map.x}\n    - {cc: 2, to: zero}  # keep\n    - {cc: 1, to: map.y}  # 2\n"
    )
    edited = with_binding(text, "midi", {"cc": 1, "to": "tempo"})
    assert edited.text == "midi:\n  bindings:\n    - {cc: 1, to: tempo}\n    - {cc: 2, to: zero}  # keep\n"
    assert edited.replaced == ("map.x", "map.y")


def test_a_binding_in_several_lines_becomes_one_with_its_comments() -> None:
    text = "midi:\n  bindings:\n  - cc: 1  # left\n    # of the upper row\n    to: map.x  # where\n\n# the end\n"
    edited = with_binding(text, "midi", {"cc": 1, "to": "tempo"})
    assert (
        edited.text == "midi:\n  bindings:\n  - {cc: 1, to: tempo}  # left  # of the upper row  # where\n\n# the end\n"
    )


def test_channels_tell_controls_apart_but_one_that_hears_all_is_the_same() -> None:
    text = "midi: {bindings: [{cc: 1, channel: 2, to: map.x}]}"
    assert with_binding(text, "midi", {"cc": 1, "channel": 3, "to": "tempo"}).replaced == ()
    assert with_binding(text, "midi", {"cc": 1, "to": "tempo"}).replaced == ("map.x",)


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("", "midi:\n  bindings:\n    - {cc: 90, to: focus}\n"),
        ("# to come\n", "# to come\nmidi:\n  bindings:\n    - {cc: 90, to: focus}\n"),
        ("name: x\n", "name: x\nmidi:\n  bindings:\n    - {cc: 90, to: focus}\n"),
        ("name: x", "name: x\nmidi:\n  bindings:\n    - {cc: 90, to: focus}\n"),
        ("midi:\n    port: all  # of them\n\nosc: {}\n",
         "midi:\n    port: all  # of them\n    bindings:\n      - {cc: 90, to: focus}\n\nosc: {}\n"),
        ("midi: {port: all}", "midi: {port: all, bindings: [{cc: 90, to: focus}]}"),
        ("midi: {}", "midi: {bindings: [{cc: 90, to: focus}]}"),
        ("{name: x}", "{name: x, midi: {bindings: [{cc: 90, to: focus}]}}"),
        ("midi: {bindings: []}", "midi: {bindings: [{cc: 90, to: focus}]}"),
        ("midi: {bindings: [{cc: 2, to: zero},]}", "midi: {bindings: [{cc: 2, to: zero}, {cc: 90, to: focus}]}"),
        ("midi: {bindings: {cc: 2, to: zero}}", "midi: {bindings: [{cc: 2, to: zero}, {cc: 90, to: focus}]}"),
        ("midi:\n  bindings:\n  - {cc: 2, to: zero} # a\n# b\n",
         "midi:\n  bindings:\n  - {cc: 2, to: zero} # a\n  - {cc: 90, to: focus}\n# b\n"),
        ("midi:\n  bindings:\n  - cc: 2\n    to: zero",
         "midi:\n  bindings:\n  - cc: 2\n    to: zero\n  - {cc: 90, to: focus}"),
    ],
)  # fmt: skip
def test_however_a_mapping_is_written_the_binding_finds_its_place(text: str, edited: str, tmp_path: Path) -> None:
    assert with_binding(text, "midi", TURNED).text == edited
    assert any(kind == "cc" and number == 90 for _, kind, number in layer(tmp_path, edited).controls)


def test_an_address_of_another_program_is_bound_under_osc() -> None:
    edited = with_binding("name: x\n", "osc", {"address": "/1/fader1", "to": "map.x"})
    assert edited.text == "name: x\nosc:\n  bindings:\n    - {address: /1/fader1, to: map.x}\n"


BINDINGS = st.fixed_dictionaries(
    {"cc": st.integers(0, 119)}, optional={"channel": st.integers(1, 16), "bits": st.just(7)}
).map(lambda table: table | {"to": "temperature"})


@given(st.sampled_from(FILES), st.lists(BINDINGS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_learned_all_else_in_a_mapping_stays(
    tmp_path: Path, file: Path, bindings: list[Table[str, object]]
) -> None:
    text = file.read_text()
    for binding in bindings:
        text = with_binding(text, "midi", binding).text
    comments = [line.partition("#")[2] for line in file.read_text().splitlines() if "#" in line]
    assert [line.partition("#")[2] for line in text.splitlines() if "#" in line] == comments
    before, after = read_layer(file), layer(tmp_path, text)
    touched = {binding["cc"] for binding in bindings}
    for each in (before, after):
        for key in [key for key in each.controls if key[1] == "cc" and key[2] in touched]:
            del each.controls[key]
    assert after == before
