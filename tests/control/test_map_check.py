"""`map-check` says what a mapping binds, what is doubtful, and everything that is wrong at once."""

from pathlib import Path

import pytest

from latentaudio.config import shipped_mappings
from latentaudio.control.map_check import Checked, check


def checked(folder: Path, *texts: str) -> Checked:
    paths = [folder / f"{number}.yaml" for number, _ in enumerate(texts, 1)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return check(paths)


def test_a_row_says_control_channel_target_and_how(tmp_path: Path) -> None:
    text = """midi:
  channel: 10
  pads: {36-43: 1-8}
  bindings:
    - {cc: 7, to: master.level, range: [-20, 0], curve: s, pickup: pickup, invert: true}
    - {cc: 1, bits: 14, channel: all, to: tempo, feedback: {note: 5}}
osc: {bindings: [{address: /xy, to: [map.x, map.y]}]}"""
    rows = checked(tmp_path, text).rows
    assert [(row.line, row.control, row.channel, row.to, row.how) for row in rows] == [
        (5, "cc 7", "10", "master.level", "-20 to 0 db, curve s, invert, pickup pickup"),
        (6, "cc 1+33", "all", "tempo", "feedback by note 5"),
        (3, "note 36-43", "", "pad 1-8", ""),
        (7, "/xy", "", "map.x", ""),
        (7, "/xy", "", "map.y", ""),
    ]


@pytest.mark.parametrize("file", sorted(shipped_mappings().glob("*.yaml")), ids=lambda file: file.stem)
def test_nothing_is_doubtful_about_a_shipped_mapping(file: Path) -> None:
    found = check([file])
    assert found.rows and not found.warnings and not found.errors


def test_all_that_is_wrong_is_said_at_once_by_file_and_line(tmp_path: Path) -> None:
    text = "midi:\n  bindings:\n    - {cc: 1, to: map.snp}\n    - {cc: 2, to: zero}\n    - {cc: 200, to: zero}\n"
    found = checked(tmp_path, text)
    assert [error.split(",")[0] for error in found.errors] == [
        "1.yaml:3: no parameter 'map.snp'; did you mean 'map.snap'?",
        "1.yaml:5: cc must be a whole number in 0..119",
    ]
    assert [row.to for row in found.rows] == ["zero"]


@pytest.mark.parametrize(
    ("texts", "warning"),
    [
        (("midi: {bindings: [{cc: 1, to: map.x}, {cc: 1, channel: 3, to: map.y}]}",), "cc 1 moves map.x as well"),
        (("midi: {bindings: [{cc: 1, bits: 14, to: map.x}, {cc: 33, to: map.y}]}",), "cc 33 is the lower half of cc 1"),
        (("midi: {pads: {36-39: 1-4}}", "midi: {bindings: [{note: 37, to: draw}]}"),
         "1.yaml:1: 2.yaml makes buttons of notes that play pads here: 37"),
        (("midi: {bindings: [{cc: 1, to: map.x, feedback: {cc: 2}}, {cc: 2, to: map.y}]}",),
         "map.x is shown by cc 2, which moves map.y"),
        (("name: nothing",), "1.yaml:1: binds nothing"),
    ],
)  # fmt: skip
def test_what_its_writer_may_not_have_meant_is_doubtful(tmp_path: Path, texts: tuple[str, ...], warning: str) -> None:
    (said,) = checked(tmp_path, *texts).warnings
    assert warning in said


@pytest.mark.parametrize(
    "text",
    [
        "midi: {bindings: [{cc: 1, channel: 1, to: map.x}, {cc: 1, channel: 2, to: map.y}]}",
        "midi: {bindings: [{cc: 1, to: map.x, feedback: true}, {note: 1, to: draw}]}",
        "midi: {bindings: [{cc: 1, to: map.x, feedback: {cc: 2, channel: 3}}, {cc: 2, channel: 1, to: map.y}]}",
    ],
)
def test_what_is_meant_is_not(tmp_path: Path, text: str) -> None:
    assert checked(tmp_path, text).warnings == []


def test_a_control_that_a_later_file_takes_is_marked_and_not_doubtful(tmp_path: Path) -> None:
    one, other = "midi: {bindings: [{cc: 1, to: map.x}]}", "midi: {bindings: [{cc: 1, to: map.y}]}"
    found = checked(tmp_path, one, other)
    assert ([row.replaced_by for row in found.rows], found.warnings) == (["2.yaml:1", ""], [])


def test_a_file_that_is_no_mapping_is_an_error(tmp_path: Path) -> None:
    assert checked(tmp_path, "midi: [").errors == ["1.yaml:2: did not find expected node content"]
