"""Presets on their way, by what becomes of them while the performer goes on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from latentaudio.errors import LatentAudioError
from latentaudio.events import Act, Ahead, Encoded, Order, Samples, Set
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.presets import PresetFolder
from latentaudio.repertoire import Repertoire
from latentaudio.state import State
from tests.fakes import Later, RecordingListener, RecordingPort, StubRenderer, library

ENCODED = Encoded(key="preset.load", names=("1",), latents=np.full((1, 8), 0.25, np.float32))


@dataclass
class Encoder:
    """Takes what it is asked for and does nothing with it."""

    keys: list[str] = field(default_factory=list)

    def submit_ahead(self, key: str, latents: NDArray[np.float32]) -> None:
        self.keys.append(key)

    def encode(self, key: str, sounds: list[Samples], rate: int) -> None:
        self.keys.append(key)

    def stop(self, key: str) -> None:
        self.keys.remove(key)


@dataclass
class Told:
    """What those who asked heard."""

    failures: list[str] = field(default_factory=list)

    def done(self, origin: str, command: str, *values: str | float) -> None:
        pass

    def fail(self, origin: str, command: str, why: str) -> None:
        self.failures.append(f"{origin}: {why}")

    def progress(self, origin: str, command: str, done: int, of: int) -> None:
        pass


class Rig:
    """A preset of the model that plays, and one of another with its sounds."""

    def __init__(self, home: Path) -> None:
        self.encoder, self.told, self.saving, space = Encoder(), Told(), Later(), library()
        folder, now = PresetFolder(home), datetime.now(UTC)
        folder.save("own", State.of(space), space, "mine", now)
        folder.save("foreign", State.of(space), space, "theirs", now, (), [np.ones(100, np.float32)] * 16, 44100)
        self.home, self.folder = home, folder
        self.instrument = Instrument(space, Kit(), RecordingPort(), StubRenderer(), RecordingListener())
        self.repertoire = Repertoire(folder, self.instrument, lambda: self.encoder, lambda: "mine", self.told, 44100,
                                     self.saving)  # fmt: skip

    def save_draws(self, name: str) -> None:
        state = State.of(library())
        state.points = np.random.default_rng(len(list(self.home.iterdir()))).standard_normal((16, 8), np.float32)
        self.folder.save(name, state, library(), "mine", datetime.now(UTC))

    def load(self, name: str) -> None:
        self.repertoire.perform(Order("osc:me", "preset.load", name))

    def take(self, pad: int, name: str) -> None:
        self.repertoire.perform(Order("osc:me", f"pad.{pad}.preset", name))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_a_preset_of_another_model_gives_way_to_one_that_is_recalled_later(rig):
    rig.load("foreign"), rig.load("own")
    rig.repertoire.perform(ENCODED)
    assert rig.instrument.state.preset == "own" and "preset.load" not in rig.encoder.keys
    assert rig.told.failures == ["osc:me: preset 'foreign': another one was recalled"]


def test_a_preset_that_was_damaged_while_its_sounds_were_encoded_is_refused_to_who_asked(rig):
    rig.load("foreign")
    (rig.home / "foreign.yaml").write_text("model: [")
    rig.repertoire.perform(ENCODED)
    assert len(rig.told.failures) == 1 and "osc:me: preset 'foreign': " in rig.told.failures[0]


def test_a_preset_on_its_way_is_given_up_where_another_model_plays(rig):
    rig.load("foreign")
    rig.repertoire.forget()
    rig.repertoire.perform(ENCODED)
    assert rig.instrument.state.preset == "" and len(rig.told.failures) == 1


def test_stop_gives_up_a_preset_whose_sounds_are_encoded(rig):
    rig.load("foreign")
    assert not rig.repertoire.perform(Act(name="stop"))  # which others hear as well
    rig.repertoire.perform(ENCODED)
    assert rig.told.failures == ["osc:me: preset 'foreign': given up"] and rig.instrument.state.preset == ""


def test_what_is_saved_is_the_preset_that_plays_once_it_is_on_the_disk(rig):
    rig.repertoire.perform(Order("osc:me", "preset.save", "mine"))
    assert rig.instrument.state.preset == ""
    rig.saving.collect()
    assert rig.instrument.state.preset == "mine"


def test_a_preset_that_could_not_be_saved_is_not_the_one_that_plays(rig):
    (rig.home / "mine.yaml").mkdir()
    rig.repertoire.perform(Order("osc:me", "preset.save", "mine"))
    rig.saving.collect()
    assert rig.instrument.state.preset == "" and len(rig.told.failures) == 1


def test_another_preset_that_is_recalled_while_one_is_saved_is_the_one_that_plays(rig):
    rig.repertoire.perform(Order("osc:me", "preset.save", "mine"))
    rig.load("own")
    rig.saving.collect()
    assert rig.instrument.state.preset == "own"


def test_of_presets_passed_by_nothing_is_rendered_ahead_any_more(rig):
    for number in range(5):
        rig.save_draws(f"00{number}")
    rig.load("000"), rig.load("001")
    before = rig.encoder.keys.copy()
    rig.load("002")
    assert len(rig.encoder.keys) == 2 * 16 and not set(rig.encoder.keys) & set(before)


def test_sounds_that_come_late_are_of_no_point_that_was_asked_for_later(rig):
    for number in range(3):
        rig.save_draws(f"00{number}")
    rig.load("000")
    late = rig.encoder.keys[0]
    rig.load("001"), rig.load("000")
    rig.repertoire.perform(Ahead(key=late, sounds=(np.ones(9, np.float32),)))
    assert rig.instrument.sounding.larder.megabytes == 0.0


def test_one_pad_of_a_preset_leaves_all_the_rest_as_it_is(rig):
    rig.save_draws("draws")
    before = rig.instrument.state.copy()
    rig.take(3, "Draws")
    state, drawn = rig.instrument.state, rig.folder.load("draws", library(), "mine", [], before)
    assert np.array_equal(state.points[2], drawn.points[2]) and not np.array_equal(state.points[2], before.points[2])
    assert np.array_equal(np.delete(state.points, 2, 0), np.delete(before.points, 2, 0))
    assert state.values == before.values and state.preset == before.preset


def test_a_pad_of_a_preset_comes_with_its_settings_and_attributes(rig):
    rig.instrument.perform(Set(name="pad.1.pan", value=0.5)), rig.instrument.perform(Set(name="pad.13.pan", value=0.5))
    rig.instrument.state.attributes[:2, 0] = 1.0
    rig.folder.save("turned", rig.instrument.state, library(), "mine", datetime.now(UTC))
    rig.load("own")
    rig.take(1, "turned")
    state = rig.instrument.state
    assert (state.values["pad.1.pan"], state.values["pad.13.pan"]) == (0.5, 0.0)
    assert np.argwhere(state.attributes).tolist() == [[0, 0]]


def test_a_pad_of_a_preset_has_none_of_an_attribute_that_was_learned_since(rig):
    rig.instrument.state.learn("mine", np.ones(8, np.float32))
    rig.instrument.state.attributes[:2] = 1.0
    rig.take(1, "own")
    assert rig.instrument.state.attributes[:2].any(1).tolist() == [False, True]


def test_a_pad_of_a_preset_keeps_locked_dims(rig):
    rig.save_draws("draws")
    rig.instrument.perform(Set(name="lock.2", value=1))
    before = rig.instrument.state.copy()
    rig.take(3, "draws")
    assert (rig.instrument.state.points[2] == before.points[2]).nonzero()[0].tolist() == [1]


def test_a_pad_of_a_preset_is_one_step_to_undo(rig):
    rig.save_draws("draws")
    before = rig.instrument.state.copy()
    rig.take(3, "draws")
    rig.instrument.perform(Act(name="undo"))
    assert np.array_equal(rig.instrument.state.points, before.points)


@pytest.mark.parametrize(("name", "why"), [("foreign", "load it whole"), ("ow", "own")])
def test_a_pad_of_a_preset_that_does_not_fit_or_is_not_there_changes_nothing(rig, name, why):
    before = rig.instrument.state.copy()
    with pytest.raises(LatentAudioError, match=why):
        rig.take(3, name)
    assert np.array_equal(rig.instrument.state.points, before.points)


def test_a_pad_that_is_taken_is_not_replaced_by_a_preset_that_was_asked_for_before(rig):
    rig.save_draws("draws")
    rig.load("foreign"), rig.take(3, "draws")
    taken = rig.instrument.state.points.copy()
    rig.repertoire.perform(ENCODED)
    assert np.array_equal(rig.instrument.state.points, taken)
    assert rig.told.failures == ["osc:me: preset 'foreign': a pad of another one was taken"]
