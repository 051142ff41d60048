"""A whole daemon and a motor fader: it is picked up, follows what others move, and waits again after that."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fader import Fader
from tests.jack import running
from tests.playing import Playing

MAPPING = "midi: {port: fader, channel: 1, bindings: [{cc: 1, to: map.x, pickup: pickup, feedback: true}]}"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[Playing, Fader]]:
    with pytest.MonkeyPatch.context() as patch, running(tmp_path, patch):
        (tmp_path / "fader.yaml").write_text(MAPPING)
        fader = Fader("fader")
        player = Playing(
            tmp_path, "--midi-api", "jack", "--mapping", str(tmp_path / "fader.yaml"), "--oscquery", "0", midi="fader"
        )
        yield player, fader
        player.stop()
        fader.close()


def test_a_fader_is_moved_by_others_and_moves_what_it_has_picked_up(stage):
    player, fader = stage

    def turn(*values: int) -> float:
        for value in values:
            fader.to_send.append([0xB0, 1, value])
            time.sleep(0.02)
        player.sync()
        return round(float(player.ask("/la/map/x")[0]), 3)

    player.wait_for(lambda: fader.shown == [[0xB0, 1, 64]])
    assert turn(0, 20) == 0.5
    assert turn(70, 96) == 0.754
    time.sleep(0.6)  # a move after a rest is undone by itself
    player.send("/la/map/x", 1.0)
    player.wait_for(lambda: fader.shown[-1] == [0xB0, 1, 127])
    player.send("/la/undo")
    player.wait_for(lambda: fader.shown[-1] == [0xB0, 1, 96])
    player.send("/la/map/x", 0.25)
    player.wait_for(lambda: fader.shown[-1] == [0xB0, 1, 32])
    assert turn(90, 80) == 0.25
    assert (turn(0), player.status()["midi"]["outputs"]) == (0.0, ["fader:in"])
