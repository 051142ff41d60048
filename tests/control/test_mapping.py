"""Mapping files: what they bind, how layers lie over each other, and how they say what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentaudio.control.curve import midi_position
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.errors import MappingError

Write = Callable[..., Mapping]


@pytest.fixture
def mapping(tmp_path: Path) -> Write:
    """Loads texts as layered files `1.yaml`, `2.yaml`."""

    def write(*texts: str) -> Mapping:
        paths = [tmp_path / f"{number}.yaml" for number, _ in enumerate(texts, 1)]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        return load_mapping(paths)

    return write


def error(mapping: Write, *texts: str) -> str:
    with pytest.raises(MappingError) as raised:
        mapping(*texts)
    return str(raised.value)


def test_a_range_of_notes_plays_a_range_of_pads(mapping: Write) -> None:
    loaded = mapping("midi: {pads: {36-43: 1-8, 35: 1, 50-51: 9}}")
    assert [loaded.pad_for(0, note) for note in (36, 43, 35, 50, 51, 44)] == [1, 8, 1, 9, 9, None]


def test_pads_listen_to_the_mappings_channel_alone(mapping: Write) -> None:
    loaded = mapping("midi: {channel: 10, pads: {36: 1}}")
    assert (loaded.pad_for(9, 36), loaded.pad_for(0, 36)) == (1, None)


def test_a_binding_can_have_a_channel_of_its_own(mapping: Write) -> None:
    loaded = mapping("midi: {channel: 10, bindings: [{cc: 3, to: latent.1, channel: 1}]}")
    assert [bool(loaded.bindings_for_cc(channel, 3)) for channel in (0, 9)] == [True, False]


def test_one_knob_can_move_two_parameters(mapping: Write) -> None:
    loaded = mapping("midi: {bindings: [{cc: 1, to: latent.1}, {cc: 1, to: latent.2, invert: true}]}")
    assert [binding.value(1.0) for binding in loaded.bindings_for_cc(0, 1)] == [3.0, -3.0]


def test_a_range_is_in_the_parameters_own_unit(mapping: Write) -> None:
    (binding,) = mapping("midi: {bindings: [{cc: 7, to: master.level, range: [-20, 0]}]}").bindings_for_cc(0, 7)
    assert [binding.value(position) for position in (0.0, 0.5, 1.0)] == pytest.approx([-20.0, -10.0, 0.0])


def test_a_range_may_run_downwards(mapping: Write) -> None:
    (binding,) = mapping("midi: {bindings: [{cc: 7, to: pad.1.pan, range: [1, -1]}]}").bindings_for_cc(0, 7)
    assert [binding.value(position) for position in (0.0, 1.0)] == pytest.approx([1.0, -1.0])


@pytest.mark.parametrize(
    ("binding", "zones"),
    [
        ("to: walk.run", {0: 0, 63: 0, 64: 1, 127: 1}),
        ("to: map.layer", {0: 0, 42: 0, 43: 1, 84: 1, 85: 2, 127: 2}),
        ("to: map.layer, invert: true", {0: 2, 127: 0}),
        ("to: walk.division, range: [3, 4]", {0: 3, 63: 3, 64: 4, 127: 4}),
        ("to: focus, range: [8, 1]", {0: 8, 16: 7, 127: 1}),
    ],
)
def test_a_knob_over_choices_and_numbers_has_a_zone_of_the_same_size_for_each(
    mapping: Write, binding: str, zones: dict[int, int]
) -> None:
    (bound,) = mapping(f"midi: {{bindings: [{{cc: 1, {binding}}}]}}").bindings_for_cc(0, 1)
    assert {value: bound.value(midi_position(value)) for value in zones} == zones


def test_a_toggle_goes_through_its_choices_and_begins_again(mapping: Write) -> None:
    loaded = mapping(
        "midi: {bindings: [{note: 1, to: map.layer, toggle: true}]}",
        "midi: {bindings: [{cc: 1, to: walk.division, range: [4, 3], toggle: true}]}",
    )
    (layer,), (division,) = loaded.bindings_for_note(0, 1), loaded.bindings_for_cc(0, 1)
    assert [layer.following(value) for value in (0, 1, 2)] == [1, 2, 0]
    assert [division.following(value) for value in (0, 3, 4, 6)] == [3, 4, 3, 3]


def test_a_mapping_may_want_no_programs_and_a_guest_has_no_say(tmp_path: Path) -> None:
    host, guest = tmp_path / "host.yaml", tmp_path / "guest.yaml"
    host.write_text("midi: {programs: false}")
    guest.write_text("midi: {programs: true, pads: {36: 1}}")
    assert [load_mapping(*files).programs for files in (([guest],), ([host],), ([host], [guest]))] == [
        True,
        False,
        False,
    ]


def test_a_foreign_address_can_set_two_parameters(mapping: Write) -> None:
    loaded = mapping("osc: {bindings: [{address: /1/xy1, to: [latent.2, latent.1]}], clients: ['10.0.0.7:9001']}")
    assert [binding.to for binding in loaded.addresses["/1/xy1"]] == ["latent.2", "latent.1"]
    assert loaded.clients == (("10.0.0.7", 9001),)


def test_a_later_file_wins_control_by_control(mapping: Write) -> None:
    loaded = mapping(
        "midi: {port: all, bindings: [{cc: 1, to: latent.1}, {cc: 2, to: latent.2}]}",
        "midi: {port: LPD8, channel: 3, bindings: [{cc: 1, to: zero}]}",
    )
    assert [loaded.bindings_for_cc(2, cc)[0].to for cc in (1, 2)] == ["zero", "latent.2"]
    assert (loaded.ports, loaded.bindings_for_cc(0, 1)) == (("LPD8",), ())


def test_a_later_file_can_make_a_pads_note_a_button_and_back(mapping: Write) -> None:
    pad, button = "midi: {pads: {36: 1}}", "midi: {bindings: [{note: 36, to: draw}]}"
    assert mapping(pad, button).pad_for(0, 36) is None
    assert mapping(button, pad).bindings_for_note(0, 36) == ()


def test_no_files_are_an_empty_mapping_for_all_ports() -> None:
    assert load_mapping([]) == Mapping()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("midi:\n  bindings:\n    - {cc: 1, to: morf.amount}", "1.yaml:3: no parameter 'morf.amount'"),
        ("midi:\n  bindings:\n    - {cc: 1, to: master.levl}", "did you mean 'master.level'?"),
        ("midi:\n  prot: all", "1.yaml:2: no key 'prot' here; did you mean 'port'?"),
        ("name: a\nname: b", "1.yaml:2: 'name' stands here twice; first in line 1"),
        ("midi: {pads: {36-40: 1-4}}", "1.yaml:1: 5 notes cannot play 4 pads"),
        ("midi: {pads: {36-128: 1}}", "notes must be a number or a range"),
        ("midi: {pads: {36: 17}}", "pads must be a number or a range"),
        ("midi: {channel: 17}", "channel must be a whole number in 1..16, got 17"),
        ("midi:\n bindings:\n - {cc: 128, to: zero}", "1.yaml:3: cc must be a whole number in 0..119"),
        ("midi: {bindings: [{cc: 1, note: 2, to: zero}]}", "needs one of 'cc', 'nrpn', 'rpn', 'bend'"),
        ("midi: {bindings: [{cc: 1}]}", "a binding needs 'to'"),
        ("midi: {bindings: [{cc: 1, to: zero, range: [0, 1]}]}", "'zero' is an action and has no range"),
        ("midi: {bindings: [{cc: 1, to: master.level, range: [0, 9]}]}", "two numbers in -60..6 db"),
        ("midi: {bindings: [{cc: 1, to: focus, range: [.nan, 1]}]}", "expected a number"),
        ("midi: {bindings: [{cc: 1, to: focus, curve: log}]}", "one of linear, exponential, s, got 'log'"),
        ("midi: {bindings: [{note: 1, to: focus}]}", "a note presses an action or toggles"),
        ("midi: {bindings: [{note: 1, to: walk.run}]}", "a note presses an action or toggles"),
        ("midi:\n bindings:\n - {cc: 1, to: draw, toggle: true}", "1.yaml:3: 'draw' has no choices to toggle through"),
        ("midi: {bindings: [{cc: 1, to: tempo, toggle: true}]}", "'tempo' has no choices to toggle through"),
        ("midi: {bindings: [{cc: 1, to: walk.run, toggle: 1}]}", "expected true or false"),
        ("midi: {programs: none}", "expected true or false"),
        ("midi: {pads: {36: 1}, bindings: [{note: 36, to: zero}]}", "note 36 plays pad 1 already"),
        (
            "midi: {bindings: [{cc: 1, to: map.x, relative: twos}, {cc: 1, channel: 2, to: map.y}]}",
            "cc 1 is bound already, and cannot be both relative and not",
        ),
        ("osc: {bindings: [{address: 1/x, to: focus}]}", "'1/x' is no OSC address"),
        ("osc: {bindings: [{address: '/x/*', to: focus}]}", "'/x/*' is no OSC address"),
        ("osc: {bindings: [{address: /é, to: focus}]}", "is no OSC address"),
        ("osc: {bindings: [{address: /la/x, to: focus}]}", "addresses under /la are the instrument's own"),
        ("osc: {clients: [nowhere]}", "a client is 'host:port'"),
        ("midi: [", "1.yaml:2:"),
        ("a: &x 1\nb: *x", "1.yaml:2: aliases are not allowed"),
        ("[" * 40, "nested too deeply"),
        ("name: !!python/object:os.system {}", "1.yaml:1:"),
        ("midi: !!int x", "1.yaml:1:"),
        ("just words", "expected keys and values"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_the_nearest_right_name(
    mapping: Write, text: str, message: str
) -> None:
    assert message in error(mapping, text)


@pytest.mark.parametrize("text", ["", "# to be written", "name: mine", "midi: {bindings: []}"])
def test_a_mapping_that_binds_nothing_is_said(mapping: Write, caplog: pytest.LogCaptureFixture, text: str) -> None:
    assert mapping(text).controls == {}
    assert caplog.messages == ["1.yaml: an empty mapping, which binds nothing"]


def test_a_file_that_is_not_text_or_far_too_large_is_refused(tmp_path: Path) -> None:
    binary, large, missing = tmp_path / "b.yaml", tmp_path / "l.yaml", tmp_path / "m.yaml"
    binary.write_bytes(b"name: ok\nmidi: \xff")
    large.write_bytes(b"#" * 1_000_001)
    for path, message in ((binary, "b.yaml:2: not UTF-8"), (large, "larger than 1 MB"), (missing, "No such file")):
        with pytest.raises(MappingError, match=message):
            load_mapping([path])


@given(st.binary(max_size=200) | st.text(" \n-:{}[]&*!|>?'\"#%@,abc019.midpotbngscx", max_size=120).map(str.encode))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_mapping_or_a_mapping_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_bytes(data)
    try:
        assert isinstance(load_mapping([path]), Mapping)
    except MappingError as refusal:
        assert "hostile.yaml" in str(refusal) and "\n" not in str(refusal)
