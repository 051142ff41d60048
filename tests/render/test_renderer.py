"""The renderer process as the player sees it: real torch, real shared memory, a model made on the spot."""

import os
import queue
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from latentaudio.events import Event, Refused, Rendered
from latentaudio.latent.library import read_library
from latentaudio.render import process
from latentaudio.render.process import Worker, WorkerError
from latentaudio.render.renderer import Renderer

FRAMES = 4410
POISON = 13.0
# The worker as it is, with two changes: it decodes batches as on a GPU, and dies of one point.
DEADLY = process.START.replace(
    "\nmain()",
    f"""
import os
from latentaudio.render import worker
decode = worker.Decoder.__call__
def deadly(self, latents):
    if (latents == {POISON}).any():
        os.kill(os.getpid(), 9)
    return decode(self, latents)
worker.Decoder.__call__ = deadly
worker.CPU_BATCH = 64
main()""",
)


class Player:
    """A renderer with its answers in a queue."""

    def __init__(self, model: Path, keep_warm_s: float | None = None) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.renderer = Renderer(model, 44100, FRAMES, "cpu", self.events.put, keep_warm_s)
        self.renderer.start()

    def ask(self, pad: int, version: int, point: np.ndarray) -> None:
        self.renderer.submit(pad, version, point[None], time.perf_counter_ns())

    def answer(self) -> Event:
        return self.events.get(timeout=30)


@pytest.fixture
def player(tiny_model: Path) -> Iterator[Player]:
    player = Player(tiny_model)
    yield player
    player.renderer.close()


@pytest.fixture(scope="module")
def points(tiny_model: Path) -> np.ndarray:
    return read_library(tiny_model).kit


def test_a_point_comes_back_as_its_sound(player, points):
    player.ask(3, 7, points[0])
    answer = player.answer()
    assert isinstance(answer, Rendered) and (answer.pad, answer.version) == (3, 7)
    assert answer.sounds[0].dtype == np.float32 and np.abs(answer.sounds[0]).max() > 1e-3


def test_the_same_point_is_the_same_sound_alone_or_in_a_batch(tiny_model, points):
    with Worker(tiny_model, 44100, FRAMES, "cpu") as worker:
        worker.wait_ready()
        alone, together = worker.decode(points[:1])[0], worker.decode(points[:4])[0]
    assert np.allclose(alone, together, atol=1e-5)


def test_a_killed_worker_is_replaced_and_what_it_held_is_rendered(player, points):
    player.ask(1, 1, points[0])
    first = player.answer()
    os.kill(player.renderer.pid, signal.SIGKILL)
    player.ask(1, 2, points[0])
    second = player.answer()
    assert np.array_equal(first.sounds[0], second.sounds[0]) and player.renderer.restarts == 1


def test_a_worker_that_dies_idle_is_replaced_before_anyone_moves(player, points):
    player.ask(1, 1, points[0])
    player.answer()
    os.kill(player.renderer.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while player.renderer.restarts == 0 or player.renderer.state != "ready":
        player.renderer.watch()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_idle_worker_is_kept_warm_and_nobody_hears_of_it(tiny_model, points):
    player = Player(tiny_model, keep_warm_s=0.02)
    with closing(player.renderer):
        deadline = time.monotonic() + 30
        while player.renderer.kept_warm < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        player.ask(1, 1, points[0])
        assert player.answer().pad == 1 and player.events.empty() and player.renderer.kept_warm >= 3


def test_a_point_that_kills_workers_takes_no_other_pad_along(tiny_model, points, monkeypatch):
    monkeypatch.setattr(process, "START", DEADLY)
    player = Player(tiny_model)
    with closing(player.renderer):
        for pad in range(1, 9):
            player.ask(pad, 1, points[pad] if pad != 3 else np.full(8, POISON, np.float32))
        answers = [player.answer() for _ in range(8)]
    refused = {answer.pad: answer.why for answer in answers if isinstance(answer, Refused)}
    assert refused == {3: "the renderer died of it"}


def test_an_answer_waits_for_room_and_is_not_lost(tiny_model, points):
    heard: list[Event] = []
    refusals = iter([False] * 5)
    renderer = Renderer(
        tiny_model, 44100, FRAMES, "cpu", lambda event: next(refusals, True) and not heard.append(event)
    )
    renderer.start()
    renderer.submit(1, 1, points[:1], 0)
    deadline = time.monotonic() + 30
    while not heard and time.monotonic() < deadline:
        time.sleep(0.05)
    renderer.close()
    assert isinstance(heard[0], Rendered)


def test_a_drag_is_rendered_on_the_way_and_ends_on_its_last_point(player, points):
    player.ask(1, 0, points[0])
    player.answer()
    for version in range(1, 61):
        player.ask(1, version, points[0] * version / 60)
        time.sleep(0.008)
    versions = [player.answer().version]
    while versions[-1] < 60:
        versions.append(player.answer().version)
    assert versions == sorted(versions) and len(versions) > 2


def test_a_point_that_makes_no_sound_is_refused(player, points):
    player.ask(2, 1, np.full(8, np.nan, np.float32))
    answer = player.answer()
    assert isinstance(answer, Refused) and answer.pad == 2 and answer.why == "NaN"


def test_a_model_that_cannot_be_loaded_says_why(tmp_path):
    with Worker(tmp_path / "none.safetensors", 44100, FRAMES, "cpu") as worker, \
         pytest.raises(WorkerError, match="no model file"):  # fmt: skip
        worker.wait_ready()


def test_a_device_that_is_not_there_gives_way_to_one_that_is(tiny_model):
    with Worker(tiny_model, 44100, FRAMES, "mps") as worker:
        assert "no device 'mps' here; there is cpu" in worker.wait_ready().device


def test_no_memory_is_left_behind(tiny_model, points):
    before = set(os.listdir("/dev/shm"))
    player = Player(tiny_model)
    player.ask(1, 1, points[0])
    player.answer()
    os.kill(player.renderer.pid, signal.SIGKILL)
    player.renderer.close()
    assert set(os.listdir("/dev/shm")) - before == set()
