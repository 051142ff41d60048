"""What a mapping's keys make of a control: which one it is, and the value that its travel becomes and came from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from latentaudio.control.binding import Binding, Light
from latentaudio.control.curve import midi_position
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.control.midi_control import Control
from latentaudio.errors import MappingError

Load = Callable[[str], Mapping]
Bind = Callable[[str], Binding]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """What a file of one line under `midi:` says."""

    def load(text: str) -> Mapping:
        path = tmp_path / "mine.yaml"
        path.write_text(f"midi: {{channel: 1, {text}}}")
        return load_mapping([path])

    return load


@pytest.fixture
def bind(load: Load) -> Bind:
    """The binding that a text between braces makes."""

    def bind(text: str) -> Binding:
        ((binding,),) = load(f"bindings: [{{{text}}}]").controls.values()
        return binding

    return bind


@pytest.mark.parametrize(
    ("text", "control", "bits"),
    [
        ("cc: 1", Control("cc", 0, 1), 7),
        ("cc: 31, bits: 14", Control("cc", 0, 31), 14),
        ("nrpn: 300", Control("nrpn", 0, 300), 7),
        ("nrpn: 16382, bits: 14", Control("nrpn", 0, 16382), 14),
        ("rpn: 2", Control("rpn", 0, 2), 7),
        ("bend: true", Control("bend", 0), 14),
        ("pressure: true", Control("pressure", 0), 7),
        ("aftertouch: 40, channel: 3", Control("aftertouch", 2, 40), 7),
        ("note: 52, momentary: true", Control("note", 0, 52), 7),
    ],
)
def test_every_kind_of_control_can_be_bound(load: Load, text: str, control: Control, bits: int) -> None:
    ((found, (binding,)),) = load(f"bindings: [{{{text}, to: master.level}}]").controls.items()
    assert (found, binding.bits) == (control, bits)


def test_a_program_is_a_button(load: Load) -> None:
    (binding,) = load("bindings: [{program: 5, to: draw}]").bindings_for("program", 0, 5)
    assert binding.is_button


def test_a_file_says_pickup_and_feedback_for_all_that_can_and_say_nothing(load: Load) -> None:
    loaded = load(
        "pickup: scale, feedback: true, bindings: [{cc: 1, to: map.x}, {cc: 2, to: map.y, pickup: jump, "
        "feedback: false}, {cc: 3, to: draw}, {cc: 4, to: focus, relative: sign}, {cc: 5, to: walk.run, toggle: true}]"
    )
    said = {number: loaded.bindings_for_cc(0, number)[0] for number in range(1, 6)}
    assert [said[number].pickup for number in said] == ["scale", "jump", "jump", "jump", "jump"]
    assert [said[number].light is not None for number in said] == [True, False, False, True, True]


def test_a_light_of_its_own_has_its_own_message(bind: Bind) -> None:
    lit = bind("cc: 3, to: walk.run, toggle: true, feedback: {note: 52, channel: 2, on: 60, off: 12}")
    assert lit.light == Light("note", 52, 1, 60, 12)
    assert bind("note: 3, to: draw, feedback: {on: 5}").light == Light(on=5)


def test_a_step_makes_whole_steps_from_the_ranges_lower_end(bind: Bind) -> None:
    tuned = bind("cc: 1, to: pad.1.tune, range: [5.5, -5], step: 2")
    assert [tuned.value(position) for position in (0.0, 0.5, 0.8, 1.0)] == [5.0, 1.0, -3.0, -5.0]
    assert [bind("cc: 1, to: focus, step: 4").value(position) for position in (0.0, 0.2, 1.0)] == [1.0, 5.0, 16.0]


def test_a_dead_zone_keeps_a_worn_knob_at_rest(bind: Bind) -> None:
    panned = bind("cc: 1, to: pad.1.pan, dead: 0.06")
    assert [panned.value(midi_position(value)) for value in (0, 3, 61, 66, 125, 127)] == [-1, -1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "ticks", "value", "moved"),
    [
        ("to: pad.1.pan", 64, 0.0, 1.0),
        ("to: pad.1.pan", -1, 0.0, -2 / 128),
        ("to: pad.1.pan, invert: true", 1, 0.0, -2 / 128),
        ("to: pad.1.pan, range: [0.5, -0.5]", 1, 0.0, -1 / 128),
        ("to: pad.1.pan, range: [-0.5, 0.5]", 99, 0.0, 0.5),
        ("to: pad.1.tune, step: 0.5", -3, 1.0, -0.5),
        ("to: focus", 2, 3.0, 5.0),
        ("to: focus", -9, 3.0, 1.0),
        ("to: temperature, range: [0.1, 3]", 128, 0.1, 3.0),
    ],
)
def test_ticks_of_an_encoder_move_from_where_the_value_is(
    bind: Bind, text: str, ticks: int, value: float, moved: float
) -> None:
    assert bind(f"cc: 1, relative: twos, {text}").moved(value, ticks) == pytest.approx(moved)


@pytest.mark.parametrize(
    "text",
    [
        "to: temperature",
        "to: master.level, range: [0, -20], curve: s",
        "to: pad.1.decay, curve: exponential, invert: true",
        "to: map.x, dead: 0.1",
        "to: map.layer",
        "to: focus, range: [8, 1], invert: true",
        "to: map.y, curve: [0, 0.2, 1]",
    ],
)
def test_a_value_is_shown_where_a_control_would_stand_that_had_given_it(bind: Bind, text: str) -> None:
    bound = bind(f"cc: 1, {text}")
    values = [bound.value(midi_position(value)) for value in range(128)]
    assert [bound.value(bound.travel(value)) for value in values] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cc: 1, nrpn: 2, to: zero", "needs one of 'cc', 'nrpn'"),
        ("cc: 32, bits: 14, to: map.x", "only controllers 0 to 31, nrpn and rpn have 14 bits"),
        ("cc: 1, bits: 8, to: map.x", "bits must be 7 or 14, got 8"),
        ("nrpn: 16383, to: map.x", "nrpn must be a whole number in 0..16382"),
        ("bend: false, to: map.x", "leave 'bend' out"),
        ("note: 1, to: map.x", "a note presses an action or toggles or is momentary"),
        ("note: 1, to: draw, momentary: true", "'draw' is an action and cannot be momentary"),
        ("program: 1, to: map.x, momentary: true", "hears no release of a program"),
        ("cc: 1, to: map.x, curve: [0.5]", "a curve's table has 2 to 128 heights, got 1"),
        ("cc: 1, to: map.x, curve: [0, 2]", "a height must be a number in 0..1, got 2"),
        ("cc: 1, to: map.x, step: 0", "step must be above 0"),
        ("cc: 1, to: map.x, step: 2", "step must be a number in 0..1, got 2"),
        ("cc: 1, to: draw, step: 1", "'draw' is an action and has no steps"),
        ("cc: 1, to: map.x, dead: 0.5", "dead must be a number in 0..0.4"),
        ("cc: 1, to: draw, pickup: scale", "only what is turned is picked up"),
        ("cc: 1, to: map.x, pickup: soft", "expected one of jump, pickup, scale, relative"),
        ("bend: true, to: map.x, relative: twos", "only a cc can be relative"),
        ("cc: 1, to: map.x, relative: twos, curve: s", "a relative control has no 'curve'"),
        ("cc: 1, to: draw, feedback: true", "'draw' cannot be shown so"),
        ("cc: 1, to: draw, feedback: {note: 1}", "'draw' is an action and has no value to show"),
        ("cc: 1, to: map.x, feedback: {note: 1, cc: 2}", "feedback goes to one of 'cc' and 'note'"),
        ("program: 1, to: draw, feedback: {on: 2}", "feedback of a program goes to a 'cc' or a 'note'"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(bind: Bind, text: str, message: str) -> None:
    with pytest.raises(MappingError, match=r"mine\.yaml:1: ") as raised:
        bind(text)
    assert message in str(raised.value)
