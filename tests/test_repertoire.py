"""Presets on their way, by what becomes of them while the performer goes on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from latentaudio.events import Encoded, Order, Samples
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.presets import PresetFolder
from latentaudio.repertoire import Repertoire
from latentaudio.state import State
from tests.fakes import RecordingListener, RecordingPort, StubRenderer, library

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
        self.encoder, self.told, space = Encoder(), Told(), library()
        folder, now = PresetFolder(home), datetime.now(UTC)
        folder.save("own", State.of(space), space, "mine", now)
        folder.save("foreign", State.of(space), space, "theirs", now, (), [np.ones(100, np.float32)] * 16, 44100)
        self.home = home
        self.instrument = Instrument(space, Kit(), RecordingPort(), StubRenderer(), RecordingListener())
        self.repertoire = Repertoire(folder, self.instrument, lambda: self.encoder, lambda: "mine", self.told, 44100)

    def load(self, name: str) -> None:
        self.repertoire.perform(Order("osc:me", "preset.load", name))


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
