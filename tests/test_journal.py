"""Undo and redo, told in gestures."""

import numpy as np
import pytest

from latentaudio.journal import STEPS, Journal
from latentaudio.state import State
from tests.fakes import library


class Player:
    """Somebody who turns things while a clock runs."""

    def __init__(self) -> None:
        self.journal, self.state, self.now = Journal(), State.of(library()), 0.0

    def turn(self, control: str, value: float, after: float = 1.0) -> None:
        self.now += after
        self.journal.before(self.state, control, self.now)
        if control in self.state.values:
            self.state.values[control] = value
        else:
            self.state.points[0, 0] = value

    def undo(self) -> bool:
        return self._restore(self.journal.undo(self.state))

    def redo(self) -> bool:
        return self._restore(self.journal.redo(self.state))

    def _restore(self, state: State | None) -> bool:
        self.state = state or self.state
        return state is not None

    @property
    def dim(self) -> float:
        return float(self.state.points[0, 0])


@pytest.fixture
def player() -> Player:
    player = Player()
    player.state.points[0, 0] = 0.0
    return player


def test_a_turn_of_a_knob_is_one_step(player):
    for value in range(1, 10):
        player.turn("latent.1", value, after=0.4)
    assert player.undo() and player.dim == 0.0
    assert not player.undo()


def test_a_knob_that_rested_begins_a_step(player):
    player.turn("latent.1", 1.0)
    player.turn("latent.1", 2.0, after=0.5)
    assert player.undo() and player.dim == 1.0


def test_a_finger_on_the_map_is_one_step_though_it_moves_two_controls(player):
    for value in range(1, 6):
        player.turn("map.x", value, after=0.01)
        player.turn("map.y", value, after=0.01)
    assert player.undo() and player.dim == 0.0


@pytest.mark.parametrize("pair", [("latent.1", "latent.2"), ("pad.1.level", "pad.2.level"), ("map.x", "morph.amount")])
def test_two_controls_are_two_steps(player, pair):
    player.turn(pair[0], -1.0, after=0.1)
    between = player.state.to_plain()
    player.turn(pair[1], -2.0, after=0.1)
    assert player.undo() and player.state.to_plain() == between


@pytest.mark.parametrize("action", ["draw", "preset.load", "reconstruct"])
def test_each_press_of_a_button_and_each_order_is_a_step(player, action):
    player.turn(action, 1.0, after=0.1)
    player.turn(action, 2.0, after=0.1)
    assert player.undo() and player.dim == 1.0


def test_a_match_that_comes_closer_in_many_moves_is_one_step(player):
    player.turn("match", 1.0), player.turn("match", 2.0, after=0.0)
    assert player.undo() and player.dim == 0.0


def test_a_walk_is_one_step_however_long_and_whatever_else_is_turned(player):
    player.journal.open_run("walk")
    player.turn("walk", 1.0)
    player.turn("pad.1.level", -20.0)
    player.turn("walk", 2.0)
    player.journal.close_run("walk")
    assert player.undo() and player.undo() and player.dim == 0.0
    assert not player.undo()


def test_the_next_walk_is_a_step_of_its_own(player):
    for value in (1.0, 2.0):
        player.journal.open_run("walk")
        player.turn("walk", value, after=0.1)
        player.journal.close_run("walk")
    assert player.undo() and player.dim == 1.0


def test_a_walk_that_was_undone_while_it_runs_begins_another_step(player):
    player.journal.open_run("walk")
    player.turn("walk", 1.0)
    player.undo()
    player.turn("walk", 2.0)
    assert not player.redo()
    assert player.undo() and player.dim == 0.0


def test_what_was_turned_before_it_can_be_undone_while_a_walk_runs(player):
    player.turn("latent.1", 1.0)
    player.journal.open_run("walk")
    player.turn("walk", 2.0)
    player.turn("pad.1.level", -20.0)
    player.undo(), player.turn("walk", 3.0, after=0.1)
    assert player.undo() and player.dim == 1.0


def test_redo_brings_back_what_was_undone(player):
    player.turn("latent.1", 1.0)
    player.turn("latent.1", 2.0)
    player.undo(), player.undo()
    assert player.redo() and player.dim == 1.0
    assert player.redo() and player.dim == 2.0
    assert not player.redo()


def test_a_move_after_undo_is_a_step_and_ends_the_redoing(player):
    player.turn("latent.1", 1.0)
    player.undo()
    player.turn("latent.1", 3.0, after=0.1)
    assert not player.redo()
    assert player.undo() and player.dim == 0.0


def test_a_gesture_that_changed_nothing_leaves_the_way_back(player):
    player.turn("latent.1", 1.0)
    player.undo()
    player.turn("morph.amount", player.state.values["morph.amount"])
    assert player.redo() and player.dim == 1.0


def test_what_was_undone_before_a_move_is_not_done_again_when_the_move_is_undone(player):
    player.turn("latent.1", 1.0)
    player.undo()
    player.turn("latent.1", 2.0)
    assert player.undo() and player.redo() and player.dim == 2.0
    assert not player.redo()


def test_a_gesture_that_changed_nothing_is_no_step(player):
    player.turn("latent.1", 1.0)
    player.turn("pad.1.level", player.state.values["pad.1.level"])
    assert player.undo() and player.dim == 0.0


def test_the_master_level_is_the_evenings_and_stays(player):
    player.turn("latent.1", 1.0)
    player.turn("master.level", -30.0)
    assert player.undo() and player.dim == 0.0
    assert player.state.values["master.level"] == -30.0
    player.turn("master.level", -20.0)
    assert player.redo() and player.dim == 1.0


def test_two_hundred_steps_are_kept(player):
    for value in range(1, STEPS + 50):
        player.turn("latent.1", value)
    undone = 0
    while player.undo():
        undone += 1
    assert (undone, player.dim) == (STEPS, 49.0)


def test_playing_on_from_a_step_changes_none_that_shares_with_it(player):
    for control in ("latent.1", "pad.1.level", "pad.2.level"):
        player.turn(control, 1.0)
    player.undo()
    player.state.points[:] = 9.0
    assert player.undo() and player.dim == 1.0


def test_steps_share_what_did_not_change(player):
    for value in range(1, STEPS):
        player.turn("latent.1", value)
    steps = player.journal._past
    assert len({id(step.values) for step in steps}) == 1
    assert len({id(step.points) for step in steps}) == STEPS - 1


def test_a_learned_attribute_can_be_undone(player):
    player.turn("attribute.learn.name", 1.0)
    player.state.learn("woolly", np.ones(8, np.float32))
    assert player.undo() and not player.state.learned
    assert player.redo() and "woolly" in player.state.attribute_names
