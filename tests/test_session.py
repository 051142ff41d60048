"""What is left of an evening when the daemon ends, however it ends."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from latentaudio.session import Session
from latentaudio.state import State
from tests.fakes import library
from tests.test_state import played

SPACE = library()


def play(folder: Path, state: State, fingerprint: str = "f00", **extras: object) -> None:
    """An evening that ends in `state`."""
    session = Session(folder)
    session.start()
    session.offer(state, SPACE, fingerprint, extras)
    session.close()


def restore(folder: Path, fingerprint: str = "f00") -> tuple[State | None, list[str]]:
    restored = Session(folder).restore(SPACE, fingerprint, problems := [])
    return (restored[0] if restored else None), problems


def with_level(level: float) -> State:
    state = State.of(SPACE)
    state.values["master.level"] = level
    return state


def test_the_first_start_has_nothing_to_restore(tmp_path):
    assert restore(tmp_path / "new") == (None, [])


def test_the_next_start_goes_on_where_the_last_ended(tmp_path):
    play(tmp_path / "new", played())
    state, problems = restore(tmp_path / "new")
    assert (state.to_plain(), problems) == (played().to_plain(), [])


def test_what_else_was_handed_over_comes_back(tmp_path):
    play(tmp_path, played(), walk={"seed": 3, "velocity": [0.5, -1.0]})
    assert Session(tmp_path).restore(SPACE, "f00", [])[1] == {"walk": {"seed": 3, "velocity": [0.5, -1.0]}}


def test_the_next_start_knows_the_model_that_played(tmp_path):
    space = replace(SPACE, path=tmp_path / "mine.safetensors")
    session = Session(tmp_path)
    session.start()
    session.offer(with_level(0.0), space, "f00", {})
    session.close()
    assert Session(tmp_path).model() is None  # its file has gone
    space.path.write_bytes(b"")
    assert Session(tmp_path).model() == space.path and Session(tmp_path / "none").model() is None


def test_what_is_played_on_does_not_reach_what_was_handed_over(tmp_path):
    session, state = Session(tmp_path), with_level(-3.0)
    session.offer(state, SPACE, "f00", {})
    state.values["master.level"] = -50.0
    session._write()
    assert restore(tmp_path)[0].values["master.level"] == -3.0


def test_nothing_is_written_while_nothing_changes(tmp_path):
    session = Session(tmp_path)
    session.offer(played(), SPACE, "f00", {}), session._write()
    before = (tmp_path / "session.json").stat()
    session.offer(played(), SPACE, "f00", {}), session._write()
    assert (tmp_path / "session.json").stat().st_ino == before.st_ino
    session.offer(with_level(0.0), SPACE, "f00", {}), session._write()
    assert (tmp_path / "session.json").stat().st_ino != before.st_ino


def test_starting_anew_keeps_the_five_sessions_before(tmp_path):
    for level in range(7):
        play(tmp_path, with_level(-level))
        Session(tmp_path).set_aside()
        assert restore(tmp_path) == (None, [])
    kept = [json.loads((tmp_path / f"session.{n}.json").read_text()) for n in range(1, 6)]
    assert [each["state"]["values"]["master.level"] for each in kept] == [-6.0, -5.0, -4.0, -3.0, -2.0]
    assert len(list(tmp_path.iterdir())) == 5


def test_a_session_of_another_model_is_kept_and_a_new_one_begins(tmp_path):
    play(tmp_path, played(), fingerprint="ba4")
    state, problems = restore(tmp_path)
    assert state is None and (tmp_path / "session.1.json").exists()
    assert problems == ["the last session was played with another model ('test'); it is kept, and this one starts anew"]


@pytest.mark.parametrize("text", [
    "", "{", "[]", "3", "\0", "[" * 100_000, '{"fingerprint": "f00", "state": []}',
    '{"fingerprint": "f00", "state": {"points": [[1]]}}', '{"fingerprint": "f00", "extras": []}',
    '{"fingerprint": "f00", "state": {"points": [[NaN, 1, 1, 1, 1, 1, 1, 1]]}}', " " * 4_000_001,
])  # fmt: skip
def test_a_damaged_session_is_set_aside_with_a_sentence(tmp_path, text):
    (tmp_path / "session.json").write_text(text)
    state, (problem,) = restore(tmp_path)
    assert state is None and problem.startswith("the last session cannot be restored")
    assert (tmp_path / "session.damaged.json").read_text() == text


def test_a_session_cut_anywhere_is_set_aside(tmp_path):
    play(tmp_path, played())
    whole = (tmp_path / "session.json").read_bytes()
    for end in range(0, len(whole), 997):
        (tmp_path / "session.json").write_bytes(whole[:end])
        assert restore(tmp_path)[0] is None


def test_a_slip_in_a_session_is_told_and_the_rest_counts(tmp_path):
    text = '{"fingerprint": "f00", "state": {"values": {"focus": 3, "gone.parameter": 1}}}'
    (tmp_path / "session.json").write_text(text)
    state, problems = restore(tmp_path)
    assert state.values["focus"] == 3.0 and len(problems) == 1


def test_a_disk_that_takes_nothing_is_told_once_and_the_next_try_counts(tmp_path, caplog):
    session = Session(tmp_path / "gone")
    for level in (-1.0, -2.0):
        session.offer(with_level(level), SPACE, "f00", {}), session._write()
    assert len(caplog.records) == 1 and "the session cannot be saved" in caplog.text
    (tmp_path / "gone").mkdir()
    session._write()
    assert restore(tmp_path / "gone")[0].values["master.level"] == -2.0


def test_a_folder_that_nobody_may_write_to_keeps_nobody_from_playing(tmp_path):
    (tmp_path / "file").touch()
    session = Session(tmp_path / "file")
    session.set_aside()
    assert session.restore(SPACE, "f00", []) is None
    session.start(), session.close()


PLAYER = """
import sys; from pathlib import Path
from latentaudio.session import Session; from latentaudio.state import State; from tests.fakes import library
session, space, n = Session(Path(sys.argv[1]), period_s=0.001), library(), 0
state = State.of(space)
session.start()
while True:
    n += 1
    state.points[:] = n % 50
    session.offer(state, space, "f00", {"n": n % 50})
    if n >= 2000 and n % 100 == 0 and Path(sys.argv[1], "session.json").exists():
        print("playing", flush=True)
"""


def test_a_player_that_is_killed_leaves_a_whole_session(tmp_path):
    for wait in (0.0, 0.013):
        player = subprocess.Popen([sys.executable, "-c", PLAYER, str(tmp_path)], stdout=subprocess.PIPE)
        player.stdout.readline()
        time.sleep(wait)
        player.kill()
        player.communicate()
        state, extras = Session(tmp_path).restore(SPACE, "f00", problems := [])
        assert np.all(state.points == extras["n"]) and problems == []
    play(tmp_path, played())
    assert [path.name for path in tmp_path.iterdir()] == ["session.json"]
