"""The surfaces that ship, played: what they send moves a whole daemon, and what moves it elsewhere is seen on them."""

import socket
from collections.abc import Iterator

import pytest

from latentaudio.config import FACTORY_MODEL
from latentaudio.parameters import ACTIONS, PARAMETERS, address
from latentaudio.surface.formats import Place
from latentaudio.surface.make import make_surface
from patches.make import HERE
from tests.max_program import Max
from tests.playing import Playing
from tests.tablet import Tablet, Touch, session_touches

PRESSED = {address(name) for name in ACTIONS}
STEPS = {address(name): max(1.0, row.high - row.low) for name, row in PARAMETERS.items() if row.integer}
MOVERS = {address("walk.run"), address("morph.sweep")}  # they would move what comes next
UNTAUGHT = address("attribute.learned.")  # nothing was learned yet: the daemon says so instead of a value
UNLOADED = {"/la/map/layer/n"}  # the second layer is that of a folder, which was not loaded


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def ready(playing: Playing) -> Playing:
    """The daemon, and all that a surface moves is there: both ends of a morph, variations."""
    for name in ("morph.a", "morph.b", "variation.make"):
        playing.send(address(name), 1)
    playing.settle()
    return playing


@pytest.fixture(scope="module")
def tablet(ready: Playing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tablet]:
    """A tablet with the layout made for this daemon opened."""
    port, file = free_port(), tmp_path_factory.mktemp("tablet") / "kicks.tosc"
    make_surface("tosc", file, ["default"], FACTORY_MODEL, "tablet", Place("127.0.0.1", port - 1))
    tablet = Tablet(file, port)
    tablet.open_a_page(ready.port)
    yield tablet
    tablet.close()


def refused(player: Playing, touches: Iterator[Touch]) -> set[str]:
    """Make every touch that moves something, and compare what the daemon then says: where it is something else."""
    otherwise, count = set(), 0
    for where, numbers in touches:
        if where not in PRESSED and not where.startswith(UNTAUGHT):
            player.send(where, *numbers)
            player.sync()  # what was told before it is not the answer
            rounded = 0.51 / STEPS.get(where, 1e5)
            if player.ask(where) != pytest.approx(numbers, abs=rounded):
                otherwise.add(where)
            if where in MOVERS:
                player.send(where, 0)
            count += 1
    assert count > 400
    return otherwise


def test_a_tablet_shows_what_is_when_a_page_is_opened(ready, tablet):
    ready.wait_for(lambda: tablet.listen()["pad.16.decay"] == {"x": 1.0})
    assert tablet.listen()["/la/pad/1/level/db"] == {"text": -6.0}


@pytest.mark.parametrize("file", ["kicks.maxpat", "kicks.amxd"])
def test_what_a_max_patch_sends_moves_the_daemon(ready, file):
    assert refused(ready, Max(HERE / file).touches()) <= UNLOADED


def test_the_pads_of_a_tablet_play(ready, tablet):
    before = ready.status()["trigger"]["count"]
    for where, numbers in tablet.touches():
        if where.endswith("/trigger"):
            ready.send(where, *numbers)
    ready.wait_for(lambda: ready.status()["trigger"]["count"] == before + 17)


def test_what_a_tablet_sends_moves_the_daemon(ready, tablet):
    assert refused(ready, tablet.touches()) == UNLOADED


def test_what_open_stage_control_sends_moves_the_daemon(ready):
    assert refused(ready, session_touches(HERE / "kicks-open-stage-control.json")) == UNLOADED


def test_a_tablet_shows_what_was_moved_elsewhere(ready, tablet):
    tablet.listen()  # there is room again for what comes now
    for where, *numbers in (("/la/morph/amount", 0.75), ("/la/focus/n", 5), ("/la/map/snap", "blend"),
                            ("/la/map/xy", 0.25, 0.5)):  # fmt: skip
        ready.send(where, *numbers)
    for name, shown in (("morph.amount", {"x": 0.75}), ("focus", {"page": 4.0}), ("map.snap", {"x": 0.0}),
                        ("map.x map.y", {"x": 0.25, "y": 0.5})):  # fmt: skip
        ready.wait_for(lambda name=name, shown=shown: tablet.listen()[name] == shown)
