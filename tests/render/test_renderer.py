"""The renderer process as the player sees it: real torch, real shared memory, a model made on the spot."""

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentaudio.events import Ahead, Encoded, Event, Failed, Matched, Refused, Rendered, Working
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

    def answers(self, last: type[Event]) -> list[Event]:
        """All that comes until there is a `last`."""
        found = [self.answer()]
        while not isinstance(found[-1], last):
            found.append(self.answer())
        return found

    def wait_for(self, come: Callable[[Renderer], bool]) -> None:
        """Look after the worker until something has come about."""
        deadline = time.monotonic() + 30
        while not come(self.renderer):
            self.renderer.watch()
            assert time.monotonic() < deadline, self.renderer.state
            time.sleep(0.01)


def is_ready(renderer: Renderer) -> bool:
    return renderer.state == "ready"


def is_unloaded(renderer: Renderer) -> bool:
    return renderer.state == "unloaded"


@pytest.fixture(scope="module")
def shared(tiny_model: Path) -> Iterator[Player]:
    """One for many tests: a process takes seconds to start."""
    player = Player(tiny_model)
    yield player
    player.renderer.close()


@pytest.fixture
def player(shared: Player) -> Iterator[Player]:
    """A renderer that has nothing to do, whatever the last test asked of it."""
    while not shared.events.empty():
        shared.events.get()
    yield shared
    shared.renderer.stop("match")


@pytest.fixture
def kicks(tmp_path: Path) -> list[Path]:
    """Files: three kicks of falling pitch, and one of silence."""
    time_s = np.arange(4410) / 44100
    paths = [tmp_path / f"{name}.wav" for name in ("a", "b", "c", "silent")]
    for path, hz in zip(paths, (90, 60, 40, 0), strict=True):
        soundfile.write(path, np.sin(2 * np.pi * hz * time_s) * np.exp(-20 * time_s), 44100)
    return paths


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


@pytest.mark.parametrize("count", [8, 9, 20])
def test_a_batch_of_any_size_comes_whole_and_the_next_is_its_own(tiny_model, points, count):
    latents = np.concatenate([points, -points])[:count]
    with Worker(tiny_model, 44100, FRAMES, "cpu") as worker:
        worker.wait_ready()
        sounds = worker.decode(latents)
        alone = [worker.decode(latent[None])[0] for latent in latents]
    assert len(sounds) == count and all(map(partial(np.allclose, atol=1e-5), sounds, alone))


def test_a_killed_worker_is_replaced_and_what_it_held_is_rendered(player, points):
    player.ask(1, 1, points[0])
    first = player.answer()
    restarts = player.renderer.restarts
    os.kill(player.renderer.pid, signal.SIGKILL)
    player.ask(1, 2, points[0])
    second = player.answer()
    assert np.array_equal(first.sounds[0], second.sounds[0]) and player.renderer.restarts == restarts + 1


def test_a_worker_that_dies_idle_is_replaced_before_anyone_moves(player, points):
    player.ask(1, 1, points[0])
    player.answer()
    restarts = player.renderer.restarts
    os.kill(player.renderer.pid, signal.SIGKILL)
    player.wait_for(lambda renderer: renderer.restarts > restarts and is_ready(renderer))


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


def test_a_change_brings_its_first_sound_and_then_the_rest(player, points):
    player.renderer.submit(2, 1, points[:1], 0)
    player.renderer.submit(2, 1, points[1:4], 0, part=1)
    first, rest = player.answer(), player.answer()
    assert [(each.part, len(each.sounds)) for each in (first, rest)] == [(0, 1), (1, 3)]
    player.ask(3, 1, points[2])
    assert np.array_equal(rest.sounds[1], player.answer().sounds[0])


def test_what_is_wanted_ahead_comes_once_no_pad_waits(player, points):
    player.renderer.submit_ahead("next", points[:2])
    player.ask(1, 1, points[0])
    pad, ahead = player.answer(), player.answer()
    assert isinstance(ahead, Ahead) and ahead.key == "next"
    assert np.array_equal(ahead.sounds[0], pad.sounds[0])


def test_what_is_wanted_ahead_and_makes_no_sound_fails_under_its_key(player):
    player.renderer.submit_ahead("next", np.full((1, 8), np.nan, np.float32))
    assert player.answer() == Failed(key="next", why="NaN")


def test_files_come_back_as_points_and_what_holds_no_sound_is_named(player, kicks):
    player.renderer.encode_files("folder", kicks)
    *working, encoded = player.answers(Encoded)
    assert encoded.names == tuple(map(str, kicks[:3])) and encoded.latents.shape == (3, 8)
    assert encoded.skipped == ((str(kicks[3]), "silent"),)
    assert working[-1] == Working(key="folder", done=4, of=4)


def test_samples_are_encoded_as_their_file_is(player, kicks):
    player.renderer.encode_files("files", kicks[:2])
    player.renderer.encode("samples", [soundfile.read(path, dtype="float32")[0] for path in kicks[:2]], 44100)
    files, samples = player.answers(Encoded)[-1], player.answers(Encoded)[-1]
    assert np.allclose(files.latents, samples.latents, atol=1e-3) and samples.names == ("1", "2")


@pytest.mark.parametrize(("name", "why"), [("silent.wav", "silent"), ("none.wav", "there is no such file")])
def test_a_file_that_is_no_sound_fails_with_a_sentence(player, kicks, name, why):
    path = kicks[0].with_name(name)
    player.renderer.encode_files("one", [path])
    assert why in player.answers(Failed)[-1].why
    player.renderer.match("one", path)
    assert player.answers(Failed)[-1].why.startswith(f"{path}: ")


def test_a_match_comes_closer_and_ends(player, kicks):
    player.renderer.match("match", kicks[0], steps=30)
    matched = [event for event in player.answers(Matched) if isinstance(event, Matched)]
    while not matched[-1].done:
        matched += [event for event in player.answers(Matched) if isinstance(event, Matched)]
    losses = [event.loss for event in matched]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0] and matched[-1].latent.shape == (8,)


def test_a_match_begins_where_it_is_told(player, points, kicks):
    player.renderer.match("match", kicks[0], points[0], steps=1)
    assert np.allclose(player.answers(Matched)[-1].latent, points[0])


def test_a_match_goes_on_with_another_worker(player, kicks):
    player.renderer.match("match", kicks[0], steps=100)
    before, restarts = player.answers(Matched)[-1], player.renderer.restarts
    os.kill(player.renderer.pid, signal.SIGKILL)
    after = player.answers(Matched)[-1]
    while not after.done:
        after = player.answers(Matched)[-1]
    assert player.renderer.restarts == restarts + 1 and after.loss < before.loss


def test_decodes_go_before_the_steps_of_a_match(player, points, kicks):
    player.renderer.match("match", kicks[0], steps=10**6)
    player.answers(Matched)
    player.ask(1, 1, points[0])
    assert not any(isinstance(event, Matched) and event.done for event in player.answers(Rendered))


def test_a_match_that_is_stopped_is_not_heard_of_again(player, points, kicks):
    player.renderer.match("match", kicks[0], steps=10**6)
    player.answers(Matched)
    player.renderer.stop("match")
    player.ask(1, 1, points[0])
    player.answers(Rendered)
    time.sleep(0.6)
    assert player.events.empty()


def test_an_unloaded_renderer_has_no_process_and_starts_one_for_the_next_move(player, points):
    player.ask(1, 1, points[0])
    first, pid, restarts = player.answer(), player.renderer.pid, player.renderer.restarts
    player.renderer.unload()
    player.wait_for(is_unloaded)
    assert player.renderer.pid is None and player.renderer.memory_mb == 0 and not Path(f"/proc/{pid}").exists()
    player.ask(1, 2, points[0])
    assert np.array_equal(player.answer().sounds[0], first.sounds[0])
    assert player.renderer.restarts == restarts and player.renderer.memory_mb > 50


def test_unloading_renders_what_waits_and_fails_what_takes_long(player, points, kicks):
    player.renderer.match("match", kicks[0], steps=10**6)
    player.answers(Matched)
    for pad in range(1, 9):
        player.ask(pad, 1, points[pad])
    player.renderer.unload()
    player.wait_for(is_unloaded)
    events = [player.events.get() for _ in range(player.events.qsize())]
    assert sum(isinstance(event, Rendered) for event in events) == 8
    assert Failed(key="match", why="the decoder was unloaded") in events


def test_two_renderers_run_beside_each_other_and_one_ends_at_once(tiny_model, player, points):
    older, restarts = Player(tiny_model), player.renderer.restarts
    player.ask(1, 1, points[0]), older.ask(1, 1, points[0])
    assert np.array_equal(player.answer().sounds[0], older.answer().sounds[0])
    process = Path(f"/proc/{older.renderer.pid}")
    older.renderer.close()
    player.wait_for(lambda _: not process.exists())
    player.ask(1, 2, points[0])
    assert player.answer().version == 2 and player.renderer.restarts == restarts
