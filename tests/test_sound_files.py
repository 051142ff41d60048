"""Orders that take a sound file, by what becomes of them while the performer goes on."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from latentaudio.engine.engine import Engine
from latentaudio.engine.soundfiles import GrowingFile
from latentaudio.errors import AudioError, UsageError
from latentaudio.events import Act, Encoded, Matched, Order, Set
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.sound_files import SoundFiles
from tests.fakes import AtOnce, Later, RecordingListener, RecordingPort, StubRenderer, library

POINT = np.full((1, 8), 0.25, np.float32)


@dataclass
class Encoder:
    """Takes files and does nothing with them."""

    files: list[Path] = field(default_factory=list)

    def encode_files(self, key: str, paths: list[Path]) -> None:
        self.files += paths

    def match(self, key: str, path: Path) -> None:
        self.files.append(path)

    def stop(self, key: str) -> None:
        self.files.clear()


@dataclass
class Told:
    """What those who asked heard."""

    answers: list[tuple[str, ...]] = field(default_factory=list)

    def done(self, origin: str, command: str, *values: str | float) -> None:
        self.answers.append(("done", origin, command))

    def fail(self, origin: str, command: str, why: str) -> None:
        self.answers.append(("fail", origin, command, why))

    def progress(self, origin: str, command: str, done: int, of: int) -> None:
        self.answers.append(("progress", origin, command))


class Rig:
    """A folder with a kick, and an instrument to put it into."""

    def __init__(self, home: Path) -> None:
        self.folder, self.encoder, self.told, self.errands = home / "sounds", Encoder(), Told(), Later()
        (self.folder / "empty").mkdir(parents=True)
        (self.folder / "kick.wav").touch()
        self.instrument = Instrument(library(), Kit(), RecordingPort(), StubRenderer(), RecordingListener())
        self.files = SoundFiles(self.folder, home, self.instrument, cast(Any, None), lambda: self.encoder, self.told,
                                self.errands)  # fmt: skip

    def order(self, name: str, text: str) -> None:
        self.files.perform(Order("osc:me", name, text))
        self.errands.collect()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.mark.parametrize(("order", "answer"), [
    ("reconstruct", Encoded(key="reconstruct", latents=POINT)), ("match", Matched(key="match", latent=POINT[0])),
])  # fmt: skip
def test_a_sound_goes_into_the_pad_that_had_the_focus_when_it_was_ordered(rig, order, answer):
    rig.order(order, "kick")
    rig.instrument.perform(Set(name="focus", value=3))
    here = rig.instrument.point(3)
    rig.files.perform(answer)
    assert np.array_equal(rig.instrument.point(1), POINT[0]) and np.array_equal(rig.instrument.point(3), here)


def test_an_order_that_is_refused_leaves_the_one_before(rig):
    rig.order("map.load", ""), rig.order("map.load", "empty")
    rig.files.forget()
    said = ("no sound files in empty", "another model plays now")
    assert rig.told.answers == [("fail", "osc:me", "map.load", each) for each in said]


@pytest.mark.parametrize("then", [Act(name="stop"), Order("osc:me", "map.load", "empty")])
def test_a_folder_that_is_looked_into_is_left_where_it_is_given_up_or_another_is_ordered(rig, then):
    rig.files.perform(Order("osc:me", "map.load", ""))
    rig.files.perform(then)
    rig.errands.collect()
    assert not rig.encoder.files
    assert [answer[:3] for answer in rig.told.answers if answer[0] == "fail"] == [("fail", "osc:me", "map.load")]


def test_whoever_ordered_a_map_hears_that_it_cannot_be_made(rig):
    rig.order("map.load", "")
    rig.files.perform(Encoded(key="map.load", names=("kick.wav",), latents=POINT))  # but the model has no map
    assert rig.told.answers == [("fail", "osc:me", "map.load", "no model file test.safetensors")]


def test_what_was_ordered_of_the_model_before_comes_to_nothing(rig):
    rig.order("reconstruct", "kick")
    rig.files.forget()
    assert not rig.files.perform(Encoded(key="reconstruct", latents=np.zeros((1, 3), np.float32)))
    assert [answer[0] for answer in rig.told.answers] == ["fail"]


def test_a_link_in_a_folder_leads_nowhere_else(rig, tmp_path):
    (tmp_path / "secret.wav").touch()
    (rig.folder / "linked.wav").symlink_to(tmp_path / "secret.wav")
    rig.order("map.load", "")
    assert rig.encoder.files == [rig.folder / "kick.wav"]


def test_a_recording_that_broke_says_why_when_it_is_stopped_and_gives_way_to_the_next(rig, tmp_path, monkeypatch):
    def break_down(*_: object) -> None:
        raise OSError("the stick was pulled out")

    engine = Engine(44100)
    files = SoundFiles(rig.folder, tmp_path, rig.instrument, engine, lambda: rig.encoder, rig.told, AtOnce())
    with monkeypatch.context() as patch, pytest.raises(AudioError, match="the stick was pulled out"):
        patch.setattr(GrowingFile, "write", break_down)
        files.perform(Order("osc:me", "record.start", "one"))
        engine.render(1000)
        files.perform(Act(name="record.stop"))
    files.perform(Order("osc:me", "record.start", "two")), files.perform(Act(name="record.stop"))
    assert [answer[0] for answer in rig.told.answers] == ["done"] * 3


def test_where_nothing_can_be_written_no_recording_begins(rig):
    taken = rig.folder / "kick.wav"
    files = SoundFiles(rig.folder, taken, rig.instrument, cast(Any, None), lambda: rig.encoder, rig.told, AtOnce())
    with pytest.raises(UsageError, match="cannot record to"):
        files.perform(Order("osc:me", "record.start", "take"))
