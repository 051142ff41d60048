"""Every way through the space of sounds, played by OSC and listened to: locks, draws, map, morph, walk, attributes."""

import time

import numpy as np
import pytest

from tests.playing import Playing, Sound, centroid, is_same, level, likeness

A, B = "/la/pad/3/trigger", "/la/pad/4/trigger"  # two pads that are nothing like each other


def focus(player: Playing, pad: int) -> None:
    player.send("/la/focus/n", pad)


def store_a_and_b(player: Playing) -> tuple[Sound, Sound]:
    """Pads 3 and 4 become the morph's ends; pad 1 has the focus again."""
    for pad, station in ((3, "a"), (4, "b")):
        focus(player, pad)
        player.send(f"/la/morph/{station}", 1)
    focus(player, 1)
    return player.hear(A), player.hear(B)


# Latent sliders, locks, draws, zero.


def test_the_same_hit_is_the_same_sound(player):
    assert np.array_equal(player.hear(), player.hear())


def test_a_dim_moves_the_next_hit_and_undo_takes_it_back(player):
    before = player.hear()
    player.send("/la/latent/3", 1.0)
    assert not is_same(before, player.hear())
    player.send("/la/undo")
    assert is_same(before, player.hear())
    player.send("/la/redo")
    assert not is_same(before, player.hear())


def test_all_dims_at_once_make_one_pad_sound_like_another(player):
    focus(player, 3)
    point = player.ask("/la/latent/all")
    focus(player, 1)
    player.send("/la/latent/all", *point)
    assert likeness(player.hear(), player.hear(A)) > 0.99


def test_a_draw_is_another_sound_and_only_of_the_focused_pad(player):
    before, other = player.hear(), player.hear(A)
    player.send("/la/draw")
    assert likeness(before, player.hear()) < 0.9
    assert is_same(other, player.hear(A))


def test_what_is_locked_stays_whatever_moves_the_pad(player):
    before = player.hear()
    player.send("/la/lock/*", 1)
    player.send("/la/draw")
    player.send("/la/map/xy", 0.1, 0.9)
    assert is_same(before, player.hear())
    player.send("/la/zero")
    assert is_same(before, player.hear())
    player.send("/la/lock/*", 0)
    player.send("/la/draw")
    assert likeness(before, player.hear()) < 0.99


def test_a_locked_dim_moves_by_its_own_control(player):
    before = player.hear()
    player.send("/la/lock/3", 1)
    player.send("/la/latent/3", 1.0)
    assert not is_same(before, player.hear())


def test_cool_draws_are_alike_and_hot_ones_are_not(player):
    def alike(temperature: float) -> float:
        player.send("/la/temperature", temperature)
        draws = []
        for _ in range(3):
            player.send("/la/draw")
            draws.append(player.hear())
        return min(likeness(draws[0], other) for other in draws[1:])

    assert alike(0.0) > 0.8 > alike(0.8) + 0.2


def test_zero_is_one_sound_wherever_one_comes_from(player):
    player.send("/la/zero")
    focus(player, 3)
    player.send("/la/zero")
    assert is_same(player.hear("/la/pad/1/trigger"), player.hear(A))


def test_a_hit_does_not_cut_another(player):
    one, other = (player.hear(address, 0.5) for address in (A, B))
    both = player.hear_at_once(lambda: player.together(A, B, velocity=0.5))
    assert likeness(both, one + other) > 0.99


def test_a_softer_hit_is_softer(player):
    assert level(player.hear(A, 1.0)) - level(player.hear(A, 0.5)) == pytest.approx(12.0, abs=0.5)


def test_a_softer_hit_is_darker_where_there_are_layers(player):
    player.send("/la/velocity/layers/n", 4)
    player.send("/la/pad/1/velocity", 0.0)
    assert centroid(player.hear("/la/trigger", 1.0)) > 1.1 * centroid(player.hear("/la/trigger", 0.1))


def test_panning_a_pad_is_heard(player):
    before = player.hear(A)
    player.send("/la/pad/3/pan", 0.25)
    assert level(player.hear(A)) == pytest.approx(level(before) + 2.3, abs=0.2)  # the left


def test_tuning_a_pad_is_heard(player):
    before = player.hear(A)
    player.send("/la/pad/3/tune/st", 12)
    assert likeness(player.hear(A)[: len(before) // 2], before[::2]) > 0.95


# The map.


def test_a_finger_on_the_map_moves_the_next_hit(player):
    player.send("/la/map/xy", 0.2, 0.3)
    there = player.hear()
    player.send("/la/map/xy", 0.8, 0.6)
    assert likeness(there, player.hear()) < 0.95
    player.send("/la/map/xy", 0.2, 0.3)
    assert is_same(there, player.hear())


def test_snap_takes_a_whole_sound_and_blend_what_lies_between(player):
    player.send("/la/map/snap", "snap")
    player.send("/la/map/xy", 0.35, 0.35)
    sound = player.hear()
    place = player.ask("/la/map/nearest")[1:]
    player.send("/la/map/snap", "blend")
    between = player.hear()
    player.send("/la/map/xy", *place)
    assert is_same(player.hear(), sound) and not is_same(between, sound)


def test_zoom_changes_what_a_place_reaches(player):
    player.send("/la/map/xy", 0.75, 0.5)
    wide = player.hear()
    player.send("/la/map/zoom", 0.2)  # 32 ** 0.2 = 2 times
    player.send("/la/map/xy", 0.7501, 0.5)
    assert likeness(player.hear(), wide) < 0.99
    player.send("/la/map/xy", 1.0, 0.5)
    assert is_same(player.hear(), wide)


def test_pan_moves_the_map_under_the_finger_and_reset_shows_all_of_it(player):
    player.send("/la/map/xy", 0.5, 0.5)
    middle = player.hear()
    player.send("/la/map/zoom", 0.2)
    player.send("/la/map/pan/x", 0.75)
    player.send("/la/map/xy", 0.0, 0.5)
    assert is_same(player.hear(), middle)
    player.send("/la/map/reset")
    player.send("/la/map/xy", 0.5, 0.5001)
    assert likeness(player.hear(), middle) > 0.99


def test_the_layer_of_draws_has_other_sounds(player):
    player.send("/la/map/snap", "snap")
    player.send("/la/map/xy", 0.4, 0.4)
    real = player.hear()
    player.send("/la/map/layer", "synth")
    assert likeness(player.hear(), real) < 0.99
    assert player.ask("/la/map/nearest")[0].startswith("draw ")


def test_the_layer_of_a_folder_is_none_before_one_is_loaded(player):
    before = player.hear()
    assert "load a folder first" in player.refusal("/la/map/layer", "data")
    assert player.ask("/la/map/layer/n") == [0.0]
    assert is_same(player.hear(), before)


def test_a_place_outside_the_map_is_its_edge(player):
    player.send("/la/map/xy", 1.0, 0.0)
    edge = player.hear()
    player.send("/la/map/xy", 70.0, -3.0)
    assert is_same(player.hear(), edge)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_what_is_no_number_moves_nothing(player, wrong):
    player.send("/la/map/xy", 0.3, 0.3)
    before = player.hear()
    assert player.refusal("/la/map/xy", wrong, 0.5)
    assert player.refusal("/la/latent/1", wrong)
    assert is_same(player.hear(), before)


# Morph.


@pytest.mark.parametrize("method", ["linear", "slerp", "sounds"])
def test_a_morph_begins_as_a_and_ends_as_b(player, method):
    a, b = store_a_and_b(player)
    player.send("/la/morph/method", method)
    heard = []
    for amount in (0.5, 1.0, 0.0):
        player.send("/la/morph/amount", amount)
        heard.append(player.hear())
    half, last, first = heard
    assert is_same(first, a) and is_same(last, b)
    assert max(likeness(half, a), likeness(half, b)) < 0.99


def test_a_chain_goes_by_way_of_its_stations(player):
    a, _ = store_a_and_b(player)
    focus(player, 6)
    player.send("/la/morph/station/3")
    last = player.hear()
    player.send("/la/morph/method", "linear")
    player.send("/la/morph/amount", 1.0)
    assert is_same(player.hear(), last)
    player.send("/la/undo")
    player.send("/la/morph/amount", 0.0)
    assert is_same(player.hear(), a)


def test_a_sweep_goes_with_the_beats_and_holds_with_them(player):
    a, _ = store_a_and_b(player)
    player.send("/la/morph/amount", 0.0)
    player.send("/la/tempo/bpm", 120)
    player.send("/la/morph/beats/beats", 4)
    player.send("/la/morph/sweep", 1)
    player.wait_for(lambda: player.ask("/la/morph/amount")[0] > 0.3)
    player.send("/la/tempo/stop")
    held = player.hear()
    amount = player.ask("/la/morph/amount")[0]
    assert is_same(player.hear(), held) and likeness(held, a) < 0.99
    player.send("/la/morph/sweep", 0)
    player.send("/la/tempo/start")
    player.send("/la/morph/amount", 0.0)
    player.send("/la/morph/amount", amount)
    assert likeness(player.hear(), held) > 0.99


def test_a_morph_without_stations_says_what_to_do(player):
    before = player.hear()
    assert "store A and B first" in player.refusal("/la/morph/amount", 0.5)
    assert player.ask("/la/morph/amount") == [0.0]
    assert is_same(player.hear(), before)


# Walk.


def one_step(player: Playing, seed: int) -> Sound:
    """The hit after the first step of a walk from pad 1's point."""
    player.order("/la/preset/load", "the beginning")
    player.send("/la/walk/step", 1.0)
    player.send("/la/walk/rate/hz", 1.0)
    player.send("/la/walk/seed/n", seed)
    here = player.ask("/la/latent/all")
    player.send("/la/walk/run", 1)
    player.wait_for(lambda: player.ask("/la/latent/all") != here)
    player.send("/la/walk/run", 0)
    return player.hear()


def test_the_same_seed_is_the_same_walk(player):
    start = player.hear()
    first, other, again = one_step(player, 7), one_step(player, 8), one_step(player, 7)
    assert is_same(first, again)
    assert max(likeness(first, start), likeness(first, other)) < 0.99


def test_a_guided_walk_arrives_at_its_station(player):
    _, b = store_a_and_b(player)
    player.send("/la/walk/step", 1.0)
    player.send("/la/walk/rate/hz", 60.0)
    player.send("/la/walk/guide/n", 2)
    player.send("/la/walk/run", 1)
    deadline = time.monotonic() + 20.0
    while likeness(player.hear_at_once(lambda: player.send("/la/trigger")), b) < 0.999:
        assert time.monotonic() < deadline
    player.send("/la/undo")
    player.send("/la/walk/run", 0)


def test_a_whole_walk_is_one_step_to_undo(player):
    before = player.hear()
    player.send("/la/walk/rate/hz", 30.0)
    player.send("/la/walk/step", 1.0)
    player.send("/la/walk/run", 1)
    player.wait_for(lambda: likeness(player.hear_at_once(lambda: player.send("/la/trigger")), before) < 0.95)
    player.send("/la/walk/freeze", 1)
    frozen = player.hear()
    assert is_same(player.hear(), frozen)
    player.send("/la/walk/freeze", 0)
    player.send("/la/walk/run", 0)
    player.send("/la/undo")
    assert is_same(player.hear(), before)


# Variations.


def test_a_variation_is_another_sound_and_the_first_is_the_centre(player):
    before = player.hear()
    player.send("/la/variation/intensity", 1.0)
    player.send("/la/variation/make")
    player.send("/la/variation/pick/n", 7)
    seventh = player.hear()
    assert likeness(seventh, before) < 0.99
    player.send("/la/variation/make")
    player.send("/la/variation/pick/n", 2)
    player.send("/la/variation/pick/n", 1)
    assert is_same(player.hear(), seventh)


def test_variations_are_the_more_alike_the_less_intense(player):
    before, heard = player.hear(), []
    for intensity in (0.0, 1.0):
        player.order("/la/preset/load", "the beginning")
        player.send("/la/variation/intensity", intensity)
        player.send("/la/variation/make")
        player.send("/la/variation/pick/n", 16)
        heard.append(likeness(player.hear(), before))
    assert heard[0] > 0.99 > heard[1]


def test_variations_spread_over_the_pads_and_back(player):
    before = [player.hear(f"/la/pad/{pad}/trigger") for pad in (1, 2, 9)]
    player.send("/la/variation/make")
    player.send("/la/variation/spread")
    after = [player.hear(f"/la/pad/{pad}/trigger") for pad in (1, 2, 9)]
    assert is_same(after[0], before[0])
    assert not is_same(after[1], before[1]) and likeness(after[1], before[0]) > likeness(before[1], before[0])
    player.send("/la/undo")
    assert is_same(player.hear("/la/pad/9/trigger"), before[2])


def test_a_variation_beyond_the_grid_is_none(player):
    player.send("/la/variation/grid", "3x3")
    player.send("/la/variation/make")
    before = player.hear()
    assert "there are 9 variations" in player.refusal("/la/variation/pick/n", 10, said_of="/la/variation/pick")
    assert is_same(player.hear(), before)


# Attributes.


def heard_with(player: Playing, attribute: str, amount: float) -> Sound:
    player.send(f"/la/attribute/{attribute}", (amount + 3.0) / 6.0)
    return player.hear()


def test_brightness_moves_the_centre_of_the_spectrum(player):
    before = player.hear()
    assert centroid(heard_with(player, "brightness", 2.0)) > 1.3 * centroid(before)
    player.send("/la/attribute/zero")
    assert is_same(player.hear(), before)


def test_loudness_moves_the_level_as_heard(player):
    assert level(heard_with(player, "loudness", 2.0)) > level(heard_with(player, "loudness", -2.0)) + 1.0


def test_an_attribute_learned_from_two_sounds_leads_to_either(player):
    a, b = store_a_and_b(player)
    for pad, side in ((3, "positive"), (4, "negative")):
        focus(player, pad)
        player.send(f"/la/attribute/learn/{side}")
    focus(player, 1)
    player.send("/la/morph/method", "linear")
    player.send("/la/morph/amount", 0.5)
    player.order("/la/attribute/learn/name", "threeness")
    up, down = heard_with(player, "threeness", 2.0), heard_with(player, "threeness", -2.0)
    assert likeness(up, a) > likeness(up, b) and likeness(down, b) > likeness(down, a)


def test_an_attribute_without_an_example_says_what_it_needs(player):
    before = player.hear()
    player.send("/la/attribute/learn/clear")
    assert "positive example" in player.refusal("/la/attribute/learn/name", "deep")
    assert is_same(player.hear(), before)


def test_an_attribute_that_nobody_learned_is_none(player):
    before = player.hear()
    assert "learned" in player.refusal("/la/attribute/learned/1", 1.0)
    assert is_same(player.hear(), before)
