"""What a hit picks of a pad: layers, turns; what a note plays, and what its end does."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from latentaudio.engine.commands import Sound, Strike
from latentaudio.kit import Kit, Pad
from tests.fakes import RecordingPort

SOUND = Sound(np.ones(1, np.float32))
STRIKES = tuple(tuple(Strike(SOUND) for _ in range(4)) for _ in range(3))


@pytest.mark.parametrize(("velocity", "layer"), [(1.0, 0), (0.76, 0), (0.75, 1), (0.5, 2), (0.25, 3), (1e-20, 3)])
def test_a_softer_hit_plays_a_softer_layer(velocity, layer):
    assert Pad(STRIKES[:1], 1.0).strike(velocity) is STRIKES[0][layer]


def test_hits_take_turns_whatever_their_layers():
    pad = Pad(STRIKES, 1.0)
    heard = [pad.strike(velocity) for velocity in (1.0, 0.1, 1.0, 0.1)]
    assert heard == [STRIKES[0][0], STRIKES[1][3], STRIKES[2][0], STRIKES[0][3]]


def test_turns_may_have_different_layers():
    pad = Pad((STRIKES[0], STRIKES[1][:1]), 1.0)
    assert [pad.strike(0.1), pad.strike(0.1)] == [STRIKES[0][3], STRIKES[1][0]]


@pytest.mark.parametrize("strikes", [(), ((),), (STRIKES[0], ())])
def test_a_pad_without_a_strike_is_refused(strikes):
    with pytest.raises(ValueError, match="layer"):
        Pad(strikes, 1.0)


def playing(**settings):
    """A kit of one pad with one turn and layer, its note path, and what that told the audio thread."""
    kit, port = Kit(), RecordingPort()
    kit.replace(2, Pad(((Strike(SOUND, pad=3, step=1.5),),), 1.0, **settings))
    kit.focus = 3
    return kit, kit.hits(port), port


@pytest.mark.parametrize(
    ("mode", "named", "unnamed"),
    [("kit", (3, 0.0), None), ("focus", (5, 0.0), (5, 0.0)), ("chromatic", (5, 4.0), (5, 4.0))],
)
def test_the_mode_says_which_pad_a_note_plays(mode, named, unnamed):
    kit = Kit()
    kit.focus, kit.mode = 5, mode
    hit = kit.hits(RecordingPort())
    assert (hit.aim(40, 3), hit.aim(40, None)) == (named, unnamed)


def test_the_root_plays_the_pad_at_its_own_pitch():
    kit = Kit()
    kit.mode, kit.root = "chromatic", 60
    assert [kit.hits(RecordingPort()).aim(note, None)[1] for note in (60, 48, 61)] == [0.0, -12.0, 1.0]


def test_a_hit_is_tuned_by_its_note():
    _, hit, port = playing()
    hit(3, 1.0, 0, 0, 12.0), hit(3, 1.0, 0, 0)
    assert [(strike.step, strike.pitch) for strike, *_ in port.played] == [(3.0, 2.0), (1.5, 1.0)]


def test_the_end_of_a_note_comes_as_long_after_it_as_its_sound():
    kit, hit, port = playing(gate=True)
    kit.offset_ns = 500
    assert hit.release(3, 1000, 0, 12.0) and hit.choke(3, 1000, 0) and hit.choke(3, 1000, 9000)
    assert port.ended == [("release", 3, 1500, 2.0), ("choke", 3, 1500, 1.0), ("choke", 3, 9000, 1.0)]


def test_a_pad_that_is_not_gated_rings_on():
    _, hit, port = playing()
    assert not hit.release(3, 0, 0) and not hit.release(1, 0, 0) and not port.ended


def test_two_threads_share_the_turns_of_a_pad():
    pad = Pad(STRIKES, 1.0)
    with ThreadPoolExecutor(4) as threads:
        heard = Counter(threads.map(lambda _: pad.strike(1.0), range(3000)))
    assert list(heard.values()) == [1000] * 3
