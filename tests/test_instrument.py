"""The instrument without sound or time: what a performer does, and what comes of it."""

from time import perf_counter

import numpy as np
import pytest

from latentaudio.events import Act, Clock, Played, Refused, Rendered, Set, SetLatents, SetTogether
from latentaudio.instrument import Instrument
from latentaudio.kit import Kit
from latentaudio.state import State
from tests.fakes import RecordingListener, RecordingPort, StubRenderer, library

KICK = np.sin(np.arange(4410, dtype=np.float32) / 50)
SNAP = np.ones(100, np.float32)


class Rig:
    """An instrument with everything around it recorded."""

    def __init__(self, state: State | None = None) -> None:
        self.port, self.renderer, self.listener = RecordingPort(), StubRenderer(), RecordingListener()
        self.kit = Kit()
        self.instrument = Instrument(library(), self.kit, self.port, self.renderer, self.listener, 1, state)
        self.perform = self.instrument.perform

    def hit(self, pad: int, velocity: float = 1.0, at_ns: int = 0, offset_ns: int = 0) -> bool:
        self.kit.offset_ns = offset_ns
        return self.kit.hits(self.port)(pad, velocity, 1000, at_ns)


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.instrument.load([KICK] * 16)
    return rig


def test_a_pad_without_a_sound_says_so():
    assert Rig().hit(1) is False


def test_a_hit_plays_the_pads_own_sound(rig):
    rig.perform(Rendered(pad=3, version=2, sounds=(SNAP,)))
    rig.hit(3), rig.hit(4)
    assert [len(strike.sound.samples) for strike, *_ in rig.port.played] == [len(SNAP), len(KICK)]


def test_pads_that_wait_for_their_sound_are_counted(rig):
    assert rig.instrument.sounding.waiting == 0
    rig.perform(Set(name="latent.2", value=1.5))
    assert rig.instrument.sounding.waiting == 1
    rig.perform(Rendered(pad=1, version=2, sounds=(SNAP,)))
    assert rig.instrument.sounding.waiting == 0


def test_velocity_is_squared_into_gain(rig):
    rig.hit(1, 0.5)
    assert rig.port.played[0][1] == pytest.approx(0.25)


def test_a_pad_that_ignores_velocity_plays_at_full_level(rig):
    rig.perform(Set(name="pad.1.velocity", value=0.0))
    rig.hit(1, 0.1)
    assert rig.port.played[0][1] == 1.0


def test_the_trigger_offset_is_added_to_the_arrival(rig):
    rig.hit(1, offset_ns=500)
    assert rig.port.played[0][2:] == (1000, 1500)


def test_a_scheduled_hit_keeps_its_own_time(rig):
    rig.hit(1, at_ns=9000, offset_ns=500)
    assert rig.port.played[0][3] == 9000


def test_turning_a_dim_asks_for_a_render_of_the_focused_pad(rig):
    rig.perform(Set(name="focus", value=5))
    rig.perform(Set(name="latent.2", value=1.5, arrival_ns=77))
    pad, _, latents, arrival = rig.renderer.requests[-1]
    assert (pad, latents[0, 1], arrival, rig.renderer.focus) == (5, 1.5, 77, 5)


def test_a_hit_asks_for_no_render(rig):
    rig.hit(1)
    assert not rig.renderer.requests


def test_a_dim_beyond_the_model_is_refused_with_a_sentence(rig):
    rig.perform(Set("osc:1", name="latent.9", value=1.0))
    assert rig.listener.errors == [("osc:1", "latent.9", "test has latent.1 to latent.8")]
    assert not rig.renderer.requests


def test_an_older_render_never_replaces_a_newer_one(rig):
    rig.perform(Rendered(pad=1, version=2, sounds=(SNAP,)))
    rig.perform(Rendered(pad=1, version=1, sounds=(KICK,)))
    rig.hit(1)
    assert rig.port.played[0][0].sound.samples.size == len(SNAP)


def test_a_refused_render_leaves_the_old_sound(rig):
    rig.perform(Refused(pad=1, why="NaN"))
    assert rig.hit(1) and rig.instrument.refused == 1 and rig.listener.errors[0][2] == "NaN"


def test_level_and_pan_change_the_gains_of_the_next_hit(rig):
    rig.perform(Set(name="pad.1.level", value=0.0))
    rig.perform(Set(name="pad.1.pan", value=-1.0))
    rig.hit(1)
    strike = rig.port.played[0][0]
    assert strike.left == pytest.approx(2**0.5) and strike.right == pytest.approx(0.0, abs=1e-6)


def test_tune_decay_choke_and_output_reach_the_mixer(rig):
    for name, value in {"tune": 12, "decay": 0.3, "choke": 2, "output": 2}.items():
        rig.perform(Set(name=f"pad.1.{name}", value=value))
    rig.hit(1)
    strike = rig.port.played[0][0]
    assert (strike.step, strike.decay, strike.choke, strike.pair) == (2.0, 0.3, 2, 1)


def test_a_value_out_of_range_is_clipped_and_reported_so(rig):
    rig.perform(Set(name="master.level", value=40.0))
    assert rig.instrument.value("master.level") == 6.0 and rig.port.masters[-1] == pytest.approx(1.9953, 1e-3)


def test_an_unknown_parameter_is_an_error_with_the_nearest_name(rig):
    rig.perform(Set(name="master.levle", value=0.0))
    assert "did you mean 'master.level'?" in rig.listener.errors[0][2]


def test_a_draw_with_the_same_seed_is_the_same_point(rig):
    other = Rig()
    for each in (rig, other):
        each.perform(Act(name="draw"))
    assert np.array_equal(rig.instrument.point(1), other.instrument.point(1))
    assert not np.array_equal(rig.instrument.point(1), library().kit[0])


def test_temperature_spreads_draws():
    rig = Rig()
    rig.perform(Set(name="temperature", value=3.0))
    rig.perform(Act(name="draw"))
    cool = Rig()
    cool.perform(Act(name="draw"))
    wide, narrow = rig.instrument.point(1) - 0.5, cool.instrument.point(1) - 0.5
    assert np.allclose(wide, 3 * narrow, atol=1e-5)


def test_zero_moves_the_focused_pad_to_the_origin(rig):
    rig.perform(Act(name="zero"))
    assert not rig.instrument.point(1).any() and rig.instrument.point(2).any()


def test_all_dims_at_once_leave_the_others(rig):
    before = rig.instrument.point(1)
    rig.perform(SetLatents(values=(1.0, 9.0)))
    assert rig.instrument.point(1).tolist() == [1.0, 3.0, *before[2:].tolist()]


def test_all_dims_at_once_leave_what_is_locked(rig):
    before = rig.instrument.point(1)
    rig.perform(Set(name="lock.1", value=1)), rig.perform(SetLatents(values=(1.0, 2.0)))
    assert rig.instrument.point(1).tolist() == [before[0], 2.0, *before[2:].tolist()]


def test_a_lock_is_heard_at_once_where_a_pad_varies(rig):
    rig.perform(Set(name="pad.3.vary", value=0.5))
    rig.renderer.requests.clear()
    rig.perform(Set(name="lock.2", value=1))
    for _ in range(2):
        rig.instrument.tick(perf_counter())
    ((pad, _, latents, _),) = rig.renderer.requests
    assert pad == 3 and (latents[:, 1] == rig.instrument.point(3)[1]).all() and len(np.unique(latents[:, 0])) > 1


def test_many_locks_at_once_are_followed_once(rig):
    rig.perform(Set(name="pad.3.vary", value=0.5))
    rig.renderer.requests.clear()
    for dim in (1, 2, 3):
        rig.perform(Set(name=f"lock.{dim}", value=1)), rig.instrument.tick(perf_counter())
    assert not rig.renderer.requests


def test_a_clock_that_is_switched_off_is_not_lost(rig):
    rig.perform(Set(name="tempo.clock", value=1))
    for tick in range(48):
        rig.perform(Clock(kind="tick", arrival_ns=tick * 20_000_000))
    rig.perform(Set(name="tempo.clock", value=0, arrival_ns=960_000_000))
    assert rig.instrument.navigator.tempo.source(10.0) == "internal"


def test_a_map_of_a_folder_that_is_not_loaded_shows_the_models_sounds(rig, caplog):
    state = rig.instrument.state.copy()
    state.values["map.layer"] = 1.0
    assert Rig(state.copy()).instrument.value("map.layer") == 0.0
    rig.instrument.adopt(state, "daemon", 0)
    assert rig.instrument.value("map.layer") == 0.0
    assert caplog.messages == 2 * [
        "the map shows the model's sounds: those of the folder are not loaded (/la/map/load)"
    ]


def test_focus_reports_the_point_of_the_new_pad(rig):
    rig.perform(Set(name="focus", value=2))
    reported = {name: value for name, value, _ in rig.listener.changes}
    assert reported["latent.1"] == pytest.approx(rig.instrument.point(2)[0])


def test_panic_silences(rig):
    rig.perform(Act(name="panic"))
    assert rig.port.silenced == 1


def test_hits_are_reported_with_their_origin(rig):
    rig.perform(Played("midi:LPD8", pad=3, velocity=0.5))
    assert rig.listener.hits == [(3, 0.5, "midi:LPD8")]


def test_only_pads_without_a_sound_are_rendered_at_start():
    rig = Rig()
    rig.instrument.load([KICK, None, KICK])
    rig.instrument.render_missing()
    assert [pad for pad, *_ in rig.renderer.requests] == [2, *range(4, 17)]


def test_freshness_counts_from_the_arrival_of_the_move(rig):
    rig.perform(Rendered(pad=1, version=2, sounds=(SNAP,), arrival_ns=1))
    assert rig.instrument.freshness_ms[0] > 1.0


def test_a_variation_that_was_picked_can_be_undone(rig):
    before = rig.instrument.point(1)
    rig.perform(Act(name="variation.make")), rig.perform(Set(name="variation.pick", value=3))
    assert not np.array_equal(rig.instrument.point(1), before)
    assert rig.perform(Act(name="undo")) and np.array_equal(rig.instrument.point(1), before)


def test_a_walk_that_was_refused_holds_no_steps_together(rig):
    rig.perform(Act(name="morph.a")), rig.perform(Set(name="walk.guide", value=1)), rig.perform(Act(name="morph.clear"))
    assert not rig.perform(Set(name="walk.run", value=1))
    for seconds, value in ((1, 1.0), (3, 2.0)):
        rig.perform(Set(name="walk.step", value=value, arrival_ns=seconds * 10**12))
    assert rig.perform(Act(name="undo")) and rig.instrument.value("walk.step") == 1.0


def test_a_move_that_was_refused_leaves_what_can_be_done_again(rig):
    rig.perform(Set(name="latent.1", value=1.5)), rig.perform(Act(name="undo"))
    assert not rig.perform(Set(name="morph.amount", value=0.5)) and not rig.perform(Act(name="morph.station.8"))
    assert rig.perform(Act(name="redo")) and rig.instrument.value("latent.1") == 1.5


def test_undo_ends_a_walk_where_it_began_and_redo_brings_it_back(rig):
    began = rig.instrument.point(1)
    rig.perform(Set(name="walk.run", value=1))
    rig.instrument.tick(perf_counter() + 1.0)
    walked = rig.instrument.point(1)
    rig.perform(Act(name="undo"))
    rig.instrument.tick(perf_counter() + 2.0)
    assert rig.instrument.value("walk.run") == 0.0 and np.array_equal(rig.instrument.point(1), began)
    assert rig.perform(Act(name="redo")) and np.array_equal(rig.instrument.point(1), walked)


def test_undo_of_something_else_lets_a_walk_go_on(rig):
    rig.perform(Set(name="walk.run", value=1))
    rig.instrument.tick(perf_counter() + 1.0)
    rig.perform(Set(name="pad.1.level", value=-20.0)), rig.perform(Act(name="undo"))
    assert rig.instrument.value("walk.run") == 1.0


def test_a_walk_can_be_ended_though_its_station_is_gone(rig):
    rig.perform(Act(name="morph.a")), rig.perform(Set(name="walk.guide", value=1))
    rig.perform(Set(name="walk.run", value=1)), rig.perform(Act(name="morph.clear"))
    assert rig.perform(Set(name="walk.run", value=0)) and rig.instrument.value("walk.run") == 0.0


def test_undo_ends_a_sweep_with_what_it_moved(rig):
    rig.perform(Act(name="morph.a")), rig.perform(Act(name="draw")), rig.perform(Act(name="morph.b"))
    rig.perform(Set(name="morph.sweep", value=1))
    rig.instrument.tick(perf_counter() + 1.0)
    assert rig.perform(Act(name="undo")) and rig.instrument.value("morph.sweep") == 0.0
    rig.perform(Set(name="morph.amount", value=0.2, arrival_ns=10**15))
    rig.perform(Set(name="morph.amount", value=0.9, arrival_ns=2 * 10**15))
    assert rig.perform(Act(name="undo")) and rig.instrument.value("morph.amount") == 0.2


def test_layers_that_come_with_undo_are_asked_for_once(rig):
    rig.perform(Set(name="vary.turns", value=8)), rig.perform(Set(name="pad.1.vary", value=0.5))
    rig.perform(Set(name="vary.turns", value=2, arrival_ns=10**15))
    rig.renderer.requests.clear()
    rig.perform(Act(name="undo"))
    assert [pad for pad, *_ in rig.renderer.requests] == [1]


def test_another_model_is_walked_as_the_one_before(rig):
    rig.perform(Set(name="walk.step", value=2.0)), rig.perform(Act(name="morph.a"))
    rig.perform(Set(name="walk.guide", value=1)), rig.perform(Set(name="walk.run", value=1))
    rig.instrument.swap(library(), rig.renderer)
    assert rig.instrument.navigator.walk.settings.step == 2.0
    assert rig.perform(Set(name="walk.run", value=1)) and rig.instrument.value("walk.guide") == 0.0


def test_a_walk_goes_on_after_a_restart_with_the_steps_it_had(rig):
    rig.perform(Set(name="walk.step", value=2.0)), rig.perform(Set(name="walk.run", value=1))
    restarted = Rig(rig.instrument.state).instrument
    assert restarted.navigator.walk.settings.step == 2.0


def test_a_finger_where_there_is_no_map_leaves_both_coordinates(rig):
    rig.perform(SetTogether(values=(("map.x", 0.9), ("map.y", 0.9))))
    assert (rig.instrument.value("map.x"), rig.instrument.value("map.y")) == (0.5, 0.5)
    assert [name for _, name, _ in rig.listener.errors] == ["map.x"]


def test_a_value_is_of_the_state_whatever_model_comes(rig):
    rig.instrument.state = State.of(library(dims=4))  # as an input thread finds it while another model is taken up
    assert rig.instrument.value("latent.8") is None and rig.instrument.value("lock.8") is None


def test_the_loudest_sounds_of_a_new_kit_are_asked_for_before_the_rest():
    state = State.of(library())
    state.values |= {f"pad.{pad}.vary": 1.0 for pad in range(1, 17)}
    rig = Rig(state)
    rig.instrument.render_missing()
    assert rig.renderer.parts == [0] * 16 + [1] * 16
