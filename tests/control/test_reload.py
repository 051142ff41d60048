"""A mapping that is saved is played by at once; one that is wrong is reported, and the last good one holds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentaudio.config import user_mappings
from latentaudio.control.mapping import Mapping
from latentaudio.control.reload import MappingFiles
from latentaudio.errors import MappingError, UsageError
from tests.control.conftest import eventually
from tests.control.desk import Desk as MidiDesk
from tests.control.desk import mapping_of

GOOD = "midi: {bindings: [{cc: 1, to: focus}]}"
BETTER = "midi: {bindings: [{cc: 1, to: tempo}]}"
WRONG = "midi:\n  bindings: [{cc: 1, to: temperatur}]"


class Desk:
    """Mapping files, and all that they told: mappings and refusals."""

    def __init__(self, *names: str, ports: Callable[[], list[str]] = list) -> None:
        self.taken: list[Mapping] = []
        self.refused: list[str] = []
        self.files = MappingFiles(names, ports, self.taken.append, self.refused.append)
        self.first = self.files.load()

    def look(self) -> None:
        """Until nothing changes any more."""
        for _ in range(3):
            self.files.look()

    def fails(self, mapping: Mapping) -> None:
        raise RuntimeError("of ours")

    def targets(self) -> list[str]:
        return [mapping.bindings_for_cc(0, 1)[0].to for mapping in self.taken]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def own_mappings() -> Path:
    user_mappings().mkdir(parents=True)
    return user_mappings()


def test_a_mapping_that_is_saved_is_taken_once(file: Path) -> None:
    desk = Desk(str(file))
    desk.look()
    assert desk.taken == []
    file.write_text(BETTER)
    desk.look()
    assert desk.targets() == ["tempo"]


def test_an_editor_may_put_a_new_file_in_its_place(file: Path, tmp_path: Path) -> None:
    desk = Desk(str(file))
    (tmp_path / "new").write_text(BETTER)
    (tmp_path / "new").replace(file)
    desk.look()
    assert desk.targets() == ["tempo"]


def test_a_file_that_is_still_being_written_is_left_alone(file: Path) -> None:
    desk = Desk(str(file))
    for end in range(10, len(BETTER), 7):
        file.write_text(BETTER[:end])
        desk.files.look()
    assert (desk.taken, desk.refused) == ([], [])


def test_a_wrong_mapping_is_reported_once_by_file_and_line_and_the_last_good_one_holds(file: Path) -> None:
    desk = Desk(str(file))
    file.write_text(WRONG)
    desk.look()
    assert desk.taken == [] and desk.refused == [desk.files.problem]
    assert desk.files.problem.startswith("mine.yaml:2: no parameter 'temperatur'; did you mean 'temperature'?")


def test_a_mapping_that_a_fault_of_ours_keeps_out_is_told_of_and_taken_when_it_is_saved_again(file: Path) -> None:
    desk = Desk(str(file))
    desk.files._take = desk.fails
    file.write_text(BETTER)
    with pytest.raises(RuntimeError):
        desk.look()
    assert desk.refused == ["mapping 'mine' cannot be played by: of ours; save it again to try again"]
    desk.files._take = desk.taken.append
    file.write_text(f"{BETTER} # again")
    desk.look()
    assert desk.targets() == ["tempo"] and desk.files.problem == ""


def test_a_mapping_put_right_again_is_taken_and_its_problem_is_over(file: Path) -> None:
    desk = Desk(str(file))
    for text in (WRONG, BETTER):
        file.write_text(text)
        desk.look()
    assert (desk.targets(), desk.files.problem) == (["tempo"], "")


def test_a_file_that_goes_is_reported_and_taken_when_it_is_back(file: Path, tmp_path: Path) -> None:
    desk = Desk(str(file))
    file.rename(tmp_path / "away")
    desk.look()
    assert desk.refused == [f"no mapping file {file}"]
    (tmp_path / "away").rename(file)
    desk.look()
    assert desk.targets() == ["focus"]


def test_a_file_that_is_gone_for_a_blink_is_not_missed(file: Path, tmp_path: Path) -> None:
    desk = Desk(str(file))
    file.rename(tmp_path / "away")
    desk.files.look()
    (tmp_path / "away").rename(file)
    desk.look()
    assert (desk.taken, desk.refused) == ([], [])


def test_the_later_of_two_files_still_wins_when_the_earlier_is_saved(file: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.yaml"
    later.write_text("midi: {bindings: [{cc: 2, to: draw}]}")
    desk = Desk(str(file), str(later))
    file.write_text("midi: {bindings: [{cc: 1, to: tempo}, {cc: 2, to: zero}]}")
    desk.look()
    assert [desk.taken[0].bindings_for_cc(0, cc)[0].to for cc in (1, 2)] == ["tempo", "draw"]


def test_a_users_file_of_a_shipped_name_takes_its_place_when_it_comes(own_mappings: Path) -> None:
    desk = Desk()
    (own_mappings / "default.yaml").write_text(BETTER)
    desk.look()
    assert desk.targets() == ["tempo"] and desk.files.files == (own_mappings / "default.yaml",)


def test_a_controller_that_is_plugged_in_later_brings_its_mapping_and_keeps_it(own_mappings: Path) -> None:
    ports = ["Midi Through"]
    desk = Desk(ports=lambda: ports)
    ports[:] = ["nanoPAD2:nanoPAD2 MIDI 1 20:0"]
    desk.look()
    ports.clear()
    desk.look()
    assert [file.stem for file in desk.files.files] == ["default", "korg-nanopad2"]
    assert len(desk.taken) == 1


def test_a_users_mapping_that_cannot_be_read_is_for_no_controller(own_mappings: Path) -> None:
    (own_mappings / "broken.yaml").write_text("midi: {port: nanoPAD2, bindings: 7}")
    desk = Desk(ports=lambda: ["nanoPAD2 1"])
    assert [file.stem for file in desk.files.files] == ["default", "korg-nanopad2"]


def test_what_is_wrong_at_the_start_ends_it(file: Path) -> None:
    file.write_text(WRONG)
    with pytest.raises(MappingError, match=r"mine\.yaml:2"):
        Desk(str(file))
    with pytest.raises(UsageError, match="did you mean 'default'"):
        Desk("defualt")


def test_the_status_tells_where_files_are_without_asking_the_disk_again(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    desk = Desk(str(link))
    link.unlink()
    assert desk.files.report()["files"] == [str(file.resolve())]


def test_the_looks_have_a_thread_of_their_own(file: Path) -> None:
    desk = Desk(str(file))
    desk.files.start()
    file.write_text(BETTER)
    assert eventually(lambda: desk.targets() == ["tempo"])
    desk.files.close()


def test_of_two_mappings_that_fit_a_port_the_one_that_names_more_of_it_is_taken() -> None:
    desk = Desk(ports=lambda: ["Launchpad Mini MK3 LPMiniMK3 MI"])
    assert [file.stem for file in desk.files.files] == ["default", "novation-launchpad-mini-mk3"]


@given(st.binary(max_size=80) | st.sampled_from([GOOD, BETTER, WRONG]).map(str.encode))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_saved_the_mapping_that_holds_is_a_good_one_and_what_is_wrong_is_said(
    file: Path, data: bytes
) -> None:
    file.write_text(GOOD)
    desk = Desk(str(file))
    file.write_bytes(data)
    desk.look()
    assert desk.files.mapping is (desk.taken or [desk.first])[-1]
    assert (desk.taken == []) == bool(desk.refused) or data == GOOD.encode()


def test_a_note_that_is_held_while_the_mapping_changes_is_let_go_of(tmp_path: Path) -> None:
    desk = MidiDesk(mapping_of(tmp_path, "pads: {36: 3}"))
    desk.stage.gate = True
    desk.send([0x90, 36, 99])
    desk.midi.mapping = mapping_of(tmp_path, "bindings: [{note: 36, to: draw}]")
    desk.send([0x80, 36, 0])
    assert desk.stage.ended == [("release", 3, 0.0)]
    assert desk.send([0x90, 36, 99]) == "draw"


def test_a_parameter_that_is_held_up_while_the_mapping_changes_is_let_go_of_unless_it_is_still_bound(
    tmp_path: Path,
) -> None:
    held = "{cc: 64, to: walk.run, momentary: true}"
    desk = MidiDesk(mapping_of(tmp_path, f"bindings: [{held}]"))
    desk.send([0xB0, 64, 127])
    desk.midi.mapping = mapping_of(tmp_path, f"bindings: [{held}, {{cc: 1, to: map.x}}]")
    desk.send([0xB0, 1, 0])
    assert desk.set("walk.run") == [1.0]
    desk.midi.mapping = mapping_of(tmp_path, "bindings: [{cc: 64, to: draw}]")
    desk.send([0xB0, 64, 0])
    assert desk.set("walk.run") == [1.0, 0.0]
