"""What a performance is: copied, written down and read again, by machines and by hand."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentaudio.checks import value_of, written
from latentaudio.errors import PresetError
from latentaudio.parameter import Parameter
from latentaudio.state import ATTRIBUTES, VALUES, State
from tests.fakes import library

SPACE = library()


def read(plain: object, base: State | None = None) -> tuple[State, list[str]]:
    problems: list[str] = []
    return State.from_plain(plain, SPACE, problems, base), problems


def played() -> State:
    """A state that differs from a fresh one everywhere."""
    state = State.of(SPACE)
    random = np.random.default_rng(3)
    state.points[:] = random.standard_normal(state.points.shape)
    state.stations = list(random.standard_normal((2, SPACE.dims)).astype(np.float32))
    state.learn("woolly", random.standard_normal(SPACE.dims).astype(np.float32))
    state.attributes[:, -1] = random.uniform(-3, 3, 16)
    state.values |= {name: row.natural(0.3) for name, row in VALUES.items()}
    state.locks[[1, 5]] = True
    state.preset = "012 Tief"
    return state


def test_a_fresh_state_is_the_models_kit_with_everything_at_its_default():
    state = State.of(SPACE)
    assert (state.points == SPACE.kit).all() and not state.attributes.any() and not state.locks.any()
    assert state.values == {name: row.default for name, row in VALUES.items()}
    assert state.attributes.shape == (16, len(ATTRIBUTES))


def test_a_copy_changes_on_its_own():
    state = played()
    before, copy = state.to_plain(), state.copy()
    copy.points += 1
    copy.stations[0] += 1
    copy.attributes += 1
    copy.locks[:] = False
    copy.learn("new", SPACE.mean)
    copy.values["pad.1.level"] = 0.0
    assert state.to_plain() == before


def test_a_state_comes_back_from_text_bit_by_bit():
    state = played()
    again, problems = read(json.loads(json.dumps(state.to_plain())))
    assert again.points.tobytes() == state.points.tobytes()
    assert again.attributes.tobytes() == state.attributes.tobytes()
    assert (again.to_plain(), problems) == (state.to_plain(), [])


def test_a_preset_leaves_out_what_is_at_its_default_and_what_presets_do_not_keep():
    state = State.of(SPACE)
    state.values |= {"pad.3.level": -3.0, "master.level": -20.0}
    assert state.to_plain(preset=True) == {"points": SPACE.kit.tolist(), "values": {"pad.3.level": -3.0}}


def test_a_preset_leaves_the_evenings_levels_where_they_are():
    state, now = played(), State.of(SPACE)
    now.values["master.level"] = -12.0
    recalled, _ = read(state.to_plain(preset=True), base=now)
    assert recalled.values["master.level"] == -12.0
    assert recalled.values["pad.1.level"] == state.values["pad.1.level"]


@pytest.mark.parametrize(("plain", "sentence"), [
    ({"value": {}}, "no key 'value'; did you mean 'values'?"),
    ({"values": {"pad.1.levle": 0}}, "values: no parameter 'pad.1.levle'; did you mean 'pad.1.level'?"),
    ({"values": {"pad.1.level": 40}}, "values: pad.1.level: 40 is outside -60 to 6; 6 is taken"),
    ({"values": {"pad.1.level": "loud"}}, "values: pad.1.level: expected a number, got 'loud'; -6 is taken"),
    ({"values": {"pad.1.level": float("nan")}}, "values: pad.1.level: expected a number, got nan; -6 is taken"),
    ({"values": {"pad.1.level": 10**400}}, "values: pad.1.level: expected a number, got a huge number; -6 is taken"),
    ({"attributes": {"wooly": [1] * 16}, "learned": {"woolly": [1] * 8}},
     "attributes: no attribute 'wooly'; did you mean 'woolly'?"),
    ({"attributes": {"woolly": [9] * 16}, "learned": {"woolly": [1] * 8}},
     "attributes: woolly goes from -3 to 3; what is beyond is clipped"),
    ({"locks": [2, 99]}, "locks: no dim 99; the model has 1 to 8"),
    ({"locks": [1.5]}, "locks: no dim 1.5; the model has 1 to 8"),
])  # fmt: skip
def test_a_slip_of_a_hand_is_told_and_the_rest_counts(plain, sentence):
    state, problems = read(plain | {"points": ["1 2 3 4 5 6 7 8"]})
    assert problems == [sentence]
    assert state.points[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("plain", "sentence"), [
    ([], "state: expected names and values, got a list of 0"),
    ({1: 2}, "state: expected names and values, got a table of 1"),
    ({"points": 3}, "points: expected at most 16 rows of numbers, got 3"),
    ({"points": [[0] * 8] * 17}, "points: expected at most 16 rows of numbers, got a list of 17"),
    ({"points": [[0] * 9]}, "points: row 1: 9 numbers where 8 are expected"),
    ({"points": [[0] * 8, ["a"] * 8]}, "points: row 2: something here is not a number"),
    ({"points": [[10**400] * 8]}, "points: row 1: something here is not a number"),
    ({"stations": [["nan"] * 8]}, "stations: row 1: something here is not a finite number"),
    ({"learned": {"x": [[1] * 8]}}, "learned: x: expected numbers, got a list of 1"),
    ({"learned": {str(n): [0] * 8 for n in range(17)}}, "there are 16 learned attributes already"),
    ({"learned": {"a\0b": [1] * 8}}, r"learned: expected a name of at most 64 characters, got 'a\x00b'"),
    ({"preset": ["a"]}, "preset: expected a name of at most 64 characters, got a list of 1"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_place(plain, sentence):
    with pytest.raises(PresetError) as refusal:
        read(plain)
    assert str(refusal.value).startswith(sentence)


def test_numbers_beyond_reason_are_brought_near():
    state, _ = read({"points": [[1e300] * 8]})
    assert state.points[0].tolist() == [100.0] * 8


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
)
keys = st.sampled_from(["points", "values", "attributes", "locks", "stations", "learned", "preset"])


@settings(max_examples=50)
@given(st.dictionaries(keys, anything) | anything)
def test_nothing_that_a_file_can_say_breaks_the_state(plain):
    try:
        state, _ = read(plain)
    except PresetError:
        return
    assert np.isfinite(state.points).all() and set(state.values) == set(VALUES)


def test_a_choice_is_written_and_read_by_its_name():
    method = Parameter("morph.method", 0, 2, 0, "", integer=True, choices=("linear", "slerp", "data"))
    problems: list[str] = []
    assert [written(method, value_of(method, said, problems, "values")) for said in ("slerp", 2, "slrp")] == [
        "slerp", "data", "linear",
    ]  # fmt: skip
    assert problems == ["values: expected one of linear, slerp, data, got 'slrp'; linear is taken"]
