"""The patches that ship: every address in them exists, and Pure Data really plays a whole daemon with its own."""

import re
from collections.abc import Iterator

import pytest

from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Addresses
from latentaudio.control.osc_routes import instrument_routes
from latentaudio.control.osc_session import session_routes
from patches.make import HERE
from tests.control.conftest import Stage
from tests.playing import Playing
from tests.pure_data import PureData


@pytest.fixture(scope="module")
def pd(playing: Playing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PureData]:
    """The shipped patch, opened beside the daemon."""
    pd = PureData(HERE / "kicks.pd", tmp_path_factory.mktemp("pd"), playing.port)
    pd.wait_for("/la/focus/n 1", "heard")  # it has subscribed, and is told what is
    yield pd
    pd.close()


def test_every_address_in_the_patches_exists():
    stage = Stage()
    known = Addresses(session_routes(None, None, stage.post) | instrument_routes(Mapping(), stage.hands()))
    sent = set(re.findall(r"la-out list (/[^ ;]+)", (HERE / "kicks.pd").read_text()))
    assert {"/la/subscribe", "/la/pad/1/trigger", "/la/latent/128", "/la/map/xy"} <= sent
    assert [address for address in sent if not known.find(address)] == []


@pytest.mark.parametrize(("name", "value", "address", "number"), [
    ("/la/pad/3/level/db", -12, "/la/pad/3/level/db", -12.0),  # a fader in its unit
    ("/la/latent/2", 0.75, "/la/latent/2", 0.75),  # without one
    ("/la/lock/7", 1, "/la/lock/7", 1.0),  # a toggle
    ("hand/la/focus/n", 4, "/la/focus/n", 5.0),  # the fifth cell of those that are counted from 1
    ("la-out", "list /la/map/xy 0.25 0.5", "/la/map/x", 0.25),  # another patch
])  # fmt: skip
def test_what_is_moved_in_pure_data_moves_the_daemon(pd, player, name, value, address, number):
    pd.touch(name, value)
    player.wait_for(lambda: player.ask(address) == [pytest.approx(number)])


def test_a_button_of_pure_data_plays_a_pad(pd, player):
    before = player.status()["trigger"]["count"]
    pd.touch("hand/la/pad/3/trigger", "bang")
    player.wait_for(lambda: player.status()["trigger"]["count"] == before + 1)


def test_what_is_moved_elsewhere_moves_pure_datas_widgets_and_comes_to_other_patches(pd, player):
    player.send("/la/tempo/bpm", 90)
    pd.wait_for("/la/tempo/bpm 90", "heard")
    assert not [line for line in pd.lines("said") if line.startswith("/la/tempo")]  # nothing is sent back
    pd.touch("/la/tempo/bpm", "bang")  # the fader says where it is
    pd.wait_for("/la/tempo/bpm 90", "said")


def test_the_place_on_the_map_comes_to_what_marks_it(pd, player):
    player.send("/la/map/xy", 0.25, 0.75)
    pd.wait_for("/la/map/x 0.25", "heard")
    pd.touch("la-spot-ask", "bang")
    pd.wait_for("/la/map/xy 0.25 0.75", "said")


def test_pure_data_hears_hits_answers_and_why_not(pd, player):
    player.send("/la/pad/5/trigger", 0.5)
    pd.wait_for("/la/pad/5/trigger 0.5", "heard")
    pd.touch("la-out", "list /la/ping")
    pd.wait_for("/la/pong", "heard")
    pd.touch("la-out", "list /la/morf/amount 1")
    pd.wait_for(
        "latentaudio-error: /la/morf/amount no\\ such\\ address\\;\\ did\\ you\\ mean\\ '/la/morph/amount'?", ""
    )
