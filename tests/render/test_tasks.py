"""Longer tasks with a worker that dies of one sound, and when they get on between decodes."""

from pathlib import Path

import numpy as np
import pytest

from latentaudio.events import Encoded, Event, Failed, Working
from latentaudio.render import desk
from latentaudio.render.desk import Desk
from latentaudio.render.process import WorkerError
from latentaudio.render.service import Service
from latentaudio.render.tasks import Encoding, Matching, Task
from latentaudio.render.waiting import Request

DEADLY = Path("deadly.wav")


class Mortal:
    """Stands for workers one after another: each encodes two sounds at a time, and dies of `DEADLY`."""

    matching: object = None

    def ask(self, what: str, sounds: list[dict[str, str]], **_: object) -> dict[str, object]:
        if any(sound["path"] == str(DEADLY) for sound in sounds[:2]):
            raise WorkerError("died")
        return {"points": [[1.0, 2.0] for _ in sounds[:2]]}


def run(task: Task) -> list[Event]:
    """All that is told until the task is done."""
    told: list[Event] = []
    while task.left:
        try:
            told += task.step(Mortal())
        except WorkerError:
            told += task.blame()
    return told


def next_of(desk: Desk) -> object:
    return desk.next(lambda: False, 1.0, 64, 1)


@pytest.fixture
def full() -> Desk:
    """A desk with a request of a pad, a long task and a short one."""
    full = Desk()
    for key, count in (("long", 9), ("short", 2)):
        full.begin(Encoding(key, [Path("a.wav")] * count))
    full.put(Request(1, 1, np.zeros((1, 4), np.float32), 0))
    return full


def test_a_sound_that_workers_die_of_is_left_out_and_no_other():
    told = run(Encoding("folder", [Path("a.wav"), DEADLY, Path("b.wav"), Path("c.wav")]))
    assert isinstance(told[-1], Encoded) and told[-1].names == ("a.wav", "b.wav", "c.wav")
    assert told[-1].skipped == (("deadly.wav", "the renderer died of it"),)
    assert [event.done for event in told if isinstance(event, Working)] == [1, 2, 4]


def test_deaths_with_different_sounds_do_not_add_up():
    task = Encoding("folder", [Path("a.wav"), Path("b.wav")])
    task.blame()
    task.step(Mortal())
    assert task.blame() == task.blame() == []


def test_a_match_that_workers_die_of_fails():
    task = Matching("match", DEADLY, None, 300)
    told = [task.blame() for _ in range(3)]
    assert told == [[], [], [Failed(key="match", why="deadly.wav: the renderer died of it")]] and not task.left


def test_a_folder_without_a_sound_says_why():
    told = run(Encoding("folder", [DEADLY, DEADLY]))
    assert told[-1] == Failed(key="folder", why="no sound of 2 (of deadly.wav: the renderer died of it)")


def test_no_sounds_at_all_are_a_sentence():
    assert Encoding("none", []).step(Mortal())[-1] == Failed(key="none", why="there are no sounds to encode")


def test_decodes_go_before_tasks_and_the_shortest_before_the_others(full, monkeypatch):
    monkeypatch.setattr(desk, "PATIENCE_S", 1e9)
    pieces, task = next_of(full), next_of(full)
    assert [piece.request.pad for piece in pieces] == [1] and task.key == "short"


def test_a_task_that_waits_too_long_gets_on_though_a_finger_drags(full, monkeypatch):
    monkeypatch.setattr(desk, "PATIENCE_S", -1.0)
    assert next_of(full).key == "short"


def test_nothing_is_told_of_a_step_whose_task_was_stopped_meanwhile(full):
    told: list[Event] = []
    service, task = Service(full, told.append), Encoding("short", [Path("a.wav"), *[Path("b.wav")] * 3])
    service.advance(Mortal(), task)  # another task has its key
    assert told == []
    full.begin(task)
    service.advance(Mortal(), task)
    assert isinstance(told[-1], Encoded)


def test_a_stopped_task_and_what_was_wanted_ahead_for_it_are_forgotten(full):
    full.stop("short")
    full.put(Request(0, 0, np.zeros((1, 4), np.float32), 0, 2, "long"))
    next_of(full)
    full.stop("long")
    assert not full.wanted and full.next(lambda: True, None, 64, 1) == []
