"""An SFZ file read back as a sampler does: every hit finds the file that the instrument would play."""

import re

import numpy as np
import pytest

from latentaudio.engine.commands import Sound
from latentaudio.kit import Pad, strike_of
from latentaudio.offline_sfz import sfz_text, velocities
from latentaudio.parameters import PAD_SETTINGS


def regions(text: str) -> list[dict[str, str]]:
    """Each region's opcodes, with those of <global>."""
    shared: dict[str, str] = {}
    found = []
    for header, body in re.findall(r"<(\w+)>([^<]*)", re.sub(r"//.*", "", text)):
        opcodes = dict(re.findall(r"(\w+)=(\S+)", body))
        if header == "global":
            shared = opcodes
        else:
            found.append(shared | opcodes)
    return found


@pytest.mark.parametrize("layers", range(1, 9))
def test_a_velocity_plays_the_layer_that_the_instrument_plays(layers):
    strikes = tuple(strike_of(Sound(np.ones(1, np.float32)), 1) for _ in range(layers))
    pad = Pad((strikes,), 1.0)
    for velocity in range(1, 128):
        low, high = velocities(strikes.index(pad.strike(velocity / 127)), layers)
        assert low <= velocity <= high


def test_pads_lie_where_the_shipped_mappings_have_them():
    found = regions(sfz_text("kit", [(1, ["01.wav"], PAD_SETTINGS), (16, ["16.wav"], PAD_SETTINGS)]))
    assert [(each["key"], each["sample"]) for each in found] == [("36", "01.wav"), ("51", "16.wav")]


def test_a_hit_rings_on_but_that_of_a_gated_pad():
    pads = [(1, ["01.wav"], PAD_SETTINGS), (2, ["02.wav"], PAD_SETTINGS | {"gate": 1.0})]
    free, gated = regions(sfz_text("kit", pads))
    assert free["loop_mode"] == "one_shot" and gated["loop_mode"] == "no_loop" and gated["ampeg_release"] == "0.05"


def test_pads_of_a_choke_group_end_each_other_and_themselves():
    choked, other = regions(sfz_text("kit", [(1, ["a"], PAD_SETTINGS | {"choke": 3.0}), (2, ["b"], PAD_SETTINGS)]))
    assert (choked["group"], choked["off_by"], choked["note_polyphony"]) == ("3", "3", "1") and "group" not in other


def test_velocity_moves_the_level_as_much_as_it_does_here():
    region, = regions(sfz_text("kit", [(1, ["a"], PAD_SETTINGS | {"velocity": 0.25})]))  # fmt: skip
    assert region["amp_veltrack"] == "25"
