"""The folder of presets as a performer uses it: by name, by number, one after another, and when the power goes."""

import os
import random
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from latentaudio.errors import PresetError
from latentaudio.presets import PresetFolder
from latentaudio.state import State
from tests.fakes import library

SPACE = library()
EVENING = datetime(2026, 11, 22, 20, 15)


class Shelf(PresetFolder):
    """A folder to put presets in with few words."""

    def put(self, name: str, level: float = -3.0, tags: tuple[str, ...] | None = None, **more: object) -> str:
        state = State.of(SPACE)
        state.values["pad.1.level"] = level
        return self.save(name, state, SPACE, "f00", EVENING, tags, **more)

    def level(self, name: str) -> float:
        return self.load(name, SPACE, "f00", [], State.of(SPACE)).values["pad.1.level"]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "presets")


def test_what_was_saved_is_recalled(shelf):
    shelf.put("Deep", level=-10.0)
    assert shelf.level("Deep") == -10.0
    assert shelf.peek("Deep").saved == "2026-11-22T20:15:00"


def test_a_recalled_state_knows_its_preset(shelf):
    shelf.put("Größe")
    assert shelf.load("grösse", SPACE, "f00", [], State.of(SPACE)).preset == "Größe"


def test_presets_stand_in_order_of_their_numbers_then_of_their_names(shelf):
    for name in ("zap", "012 Deep", "100 Loud", "7 Dry", "Air"):
        shelf.put(name)
    assert shelf.list.names() == ["7 Dry", "012 Deep", "100 Loud", "Air", "zap"]


def test_a_program_change_recalls_by_number(shelf):
    shelf.put("131 Deep"), shelf.put("3 Dry")
    assert shelf.list.numbered(1 * 128 + 3) == "131 Deep"
    with pytest.raises(PresetError, match="no preset's name begins with 004"):
        shelf.list.numbered(4)


def test_next_and_previous_go_round(shelf):
    for name in ("1", "2", "3"):
        shelf.put(name)
    assert [shelf.list.beside(name, 1) for name in ("1", "3", "gone")] == ["2", "1", "1"]
    assert [shelf.list.beside(name, -1) for name in ("3", "1", "")] == ["2", "3", "3"]


def test_an_empty_folder_has_no_next(shelf):
    assert shelf.list.names() == []
    with pytest.raises(PresetError, match="there are no presets yet"):
        shelf.list.beside("", 1)


def test_a_search_looks_at_names_and_tags(shelf):
    shelf.put("Deep", tags=("Club", "sub")), shelf.put("Club Dry"), shelf.put("Air")
    assert shelf.list.search("club") == ["Club Dry", "Deep"]
    assert shelf.list.search("SUB deep") == ["Deep"]


def test_a_damaged_preset_is_found_by_its_name(shelf, tmp_path):
    shelf.put("Deep")
    (tmp_path / "presets" / "Bad.yaml").write_text("[")
    assert shelf.list.search("bad") == ["Bad"]


def test_new_tags_are_found_at_once(shelf):
    shelf.put("Deep", tags=("a",)), shelf.list.search("a")
    shelf.put("Deep", tags=("b",))
    assert shelf.list.search("b") == ["Deep"]


def test_saving_again_keeps_the_tags(shelf):
    shelf.put("Deep", tags=("club",))
    shelf.put("Deep", level=-9.0)
    assert (shelf.peek("Deep").tags, shelf.level("Deep")) == (("club",), -9.0)


def test_names_that_differ_in_case_alone_are_one_preset(shelf):
    shelf.put("Deep")
    assert shelf.put("DEEP", level=-20.0) == "Deep"
    assert (shelf.list.names(), shelf.level("deep")) == (["Deep"], -20.0)


def test_a_name_that_is_not_there_is_told_with_the_nearest(shelf):
    shelf.put("012 Deep")
    with pytest.raises(PresetError, match="no preset '012 Dep'; did you mean '012 Deep'"):
        shelf.peek("012 Dep")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "..", "a\0b", "C:x", ""])
@pytest.mark.parametrize("ask", ["put", "peek", "level", "sounds"])
def test_nobody_leaves_the_folder(shelf, name, ask):
    with pytest.raises(PresetError, match="cannot be a name"):
        getattr(shelf, ask)(name)
    assert not list(shelf._folder.parent.iterdir())


def test_a_preset_is_read_once_while_its_file_stays(shelf):
    shelf.put("Deep")
    assert shelf.peek("Deep") is shelf.peek("deep")


def test_a_preset_that_was_edited_is_read_again(shelf):
    shelf.put("Deep", level=-10.0), shelf.peek("Deep")
    path = shelf._folder / "Deep.yaml"
    path.write_text(path.read_text().replace("-10.0", "-11.0"))
    assert shelf.level("Deep") == -11.0


def test_a_preset_that_comes_in_the_moment_of_a_listing_is_seen(shelf):
    shelf.put("Deep")
    moment = time.time_ns()
    for name in ("Deep", "Dry"):
        shelf.put(name)
        os.utime(shelf._folder, ns=(moment, moment))  # a file system's clock stands still for milliseconds
        assert name in shelf.list.names()


def test_only_so_many_presets_are_kept_as_read(shelf):
    text = (shelf._folder / f"{shelf.put('0')}.yaml").read_text()
    for number in range(1, 40):
        (shelf._folder / f"{number}.yaml").write_text(text)
        shelf.peek(str(number))
    assert list(shelf._read) == [str(number) for number in range(8, 40)]


def test_slips_of_a_hand_are_told_with_the_presets_name(shelf):
    shelf.put("Deep")
    (shelf._folder / "Deep.yaml").write_text("state: {values: {pad.1.levle: 3}}")
    shelf.load("Deep", SPACE, "f00", problems := [], State.of(SPACE))
    assert problems == ["preset 'Deep': values: no parameter 'pad.1.levle'; did you mean 'pad.1.level'?"]


@pytest.mark.parametrize(("text", "why"), [
    ("state: [", "preset 'Deep': line 2: "),
    ("model: {name: snares, fingerprint: ba4}\nstate: {}", "preset 'Deep': it was made with the model snares"),
    ("state: {points: [[1, 2]]}", "preset 'Deep': points: row 1: 2 numbers where 8 are expected"),
])  # fmt: skip
def test_what_cannot_be_recalled_is_told_with_the_presets_name(shelf, text, why):
    shelf.put("Deep")
    (shelf._folder / "Deep.yaml").write_text(text + "\n")
    with pytest.raises(PresetError) as refusal:
        shelf.level("Deep")
    assert str(refusal.value).startswith(why)


def test_sounds_come_back_with_the_preset(shelf):
    sounds = [np.full(n + 1, 0.01 * n, np.float32) for n in range(16)]
    shelf.put("Deep", sounds=sounds, sample_rate=48000)
    again, rate = shelf.sounds("Deep")
    assert rate == 48000 and [len(each) for each in again] == [len(each) for each in sounds]
    assert np.allclose(np.concatenate(again), np.concatenate(sounds), atol=2**-23)


def test_saving_again_leaves_no_old_sounds(shelf):
    for level in (0.1, 0.2):
        shelf.put("Deep", sounds=[np.full(9, level, np.float32)] * 16, sample_rate=48000)
        shelf.put("Deep.Er", sounds=[np.full(9, level, np.float32)] * 16, sample_rate=48000)
    assert len(list(shelf._folder.glob("*.flac"))) == 2
    assert shelf.sounds("Deep")[0][0][0] == pytest.approx(0.2)


def test_sounds_that_are_gone_are_told(shelf):
    shelf.put("Deep", sounds=[np.zeros(9, np.float32)] * 16, sample_rate=48000), shelf.put("Dry")
    next(shelf._folder.glob("*.flac")).unlink()
    with pytest.raises(PresetError, match=r"preset 'Deep': its sounds in Deep\..*flac cannot be read"):
        shelf.sounds("Deep")
    with pytest.raises(PresetError, match="preset 'Dry': no sounds are stored with it"):
        shelf.sounds("Dry")


def test_a_disk_that_takes_nothing_is_told_and_the_old_preset_stays(shelf, monkeypatch):
    shelf.put("Deep", level=-10.0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("latentaudio.preset_file.atomic_path", full)
    with pytest.raises(PresetError, match="preset 'Deep': the disk says: No space left on device"):
        shelf.put("Deep", level=-20.0)
    assert shelf.level("Deep") == -10.0


def test_files_that_are_no_presets_are_left_alone(shelf):
    shelf.put("Deep")
    for name in (".hidden.yaml", "notes.txt", "a:b.yaml"):
        (shelf._folder / name).touch()
    (shelf._folder / "folder.yaml").mkdir()
    assert shelf.list.names() == ["Deep", "folder"]
    with pytest.raises(PresetError, match="preset 'folder': no file"):
        shelf.peek("folder")


SAVER = """
import sys; from datetime import datetime; from pathlib import Path
import numpy as np; from latentaudio.presets import PresetFolder; from latentaudio.state import State
from tests.fakes import library
folder, space = PresetFolder(Path(sys.argv[1])), library()
state, n = State.of(space), 0
while True:
    n += 1
    state.points[:] = n
    folder.save("Deep", state, space, "f00", datetime.now(), (), [np.full(99, n / 2**20, np.float32)] * 16, 48000)
    print(n, flush=True)
"""


def test_a_process_that_dies_while_saving_leaves_a_whole_preset(tmp_path):
    shelf = Shelf(tmp_path)
    for turn in range(3):
        saver = subprocess.Popen([sys.executable, "-c", SAVER, str(tmp_path)], stdout=subprocess.PIPE)
        saver.stdout.readline()
        time.sleep(random.Random(turn).uniform(0.0, 0.05))
        saver.kill()
        saver.communicate()
        point = shelf.load("Deep", SPACE, "f00", [], State.of(SPACE)).points
        sounds, _ = shelf.sounds("Deep")
        assert (point == point[0, 0]).all() and round(sounds[15][98] * 2**20) == point[0, 0]
    shelf.put("Deep")
    assert [path.name for path in tmp_path.iterdir()] == ["Deep.yaml"]
