"""A Pure Data patch: the program itself opens it without a complaint, and each widget says what it should."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentaudio.control.osc_codec import encode
from latentaudio.parameters import PARAMETERS
from latentaudio.surface.formats import FORMATS, Place
from latentaudio.surface.layout import Dot, Layout, lay_out
from latentaudio.surface.widget import Widget
from tests.pure_data import PureData

Line = tuple[str, float]  # an address and a number


def layout(**more: object) -> Layout:
    return lay_out("kicks", "tablet", dots=(Dot(0.25, 0.5, "5d4dbe"),), **more)


def patch(**more: object) -> str:
    return FORMATS["pd"].write(layout(**more), Place("127.0.0.1", 9000)).decode()


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Stands where the daemon would, and says nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@pytest.fixture(scope="module")
def pd(listener: socket.socket, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PureData]:
    file = tmp_path_factory.mktemp("pd") / "kicks.pd"
    file.write_text(patch())
    pd = PureData(file, file.parent, listener.getsockname()[1])
    yield pd
    pd.close()


def said(widget: Widget) -> tuple[str, Line]:
    """The name that touches a widget with a value of 0.25 of its range, or its second choice; what it then says."""
    if widget.kind == "button":
        return f"hand{widget.address}", (widget.address, 1.0)
    if widget.kind in ("choice", "tabs"):
        return f"hand{widget.address}", (widget.address, widget.span[0] + 1.0)
    if widget.kind == "toggle":
        return widget.reports, (widget.address, 1.0)
    row = PARAMETERS[widget.to[0]]
    return (widget.natural, (widget.natural, row.low + 0.25 * (row.high - row.low))) if widget.natural else (
        widget.reports, (widget.address, 0.25))  # fmt: skip


def test_every_widget_says_what_a_hand_does(pd):
    moved = [each for each in layout().widgets() if each.kind in ("button", "choice", "tabs", "toggle", "fader")]
    expected = [said(each) for each in moved if each.address]
    for name, (_, value) in expected:
        pd.touch(name, 1 if name.startswith("hand") else value)
    pd.touch("la-out", "list /end")
    pd.wait_for("/end", "said")
    heard = {line.split()[0]: float(line.split()[1]) for line in pd.lines("said") if " " in line}
    assert len(expected) > 500 and {name: pytest.approx(value, rel=1e-4) for _, (name, value) in expected} == heard


def test_what_comes_is_shown_and_nothing_is_sent_back(pd, listener):
    to = listener.recvfrom(65536)[1]
    said = len(pd.lines("said"))
    for line in ("/la/latent/128 0.5", "/la/lock/128 1", "/la/focus/n 4", "/la/walk/guide/n 8"):
        listener.sendto(encode(line.split()[0], float(line.split()[1])), to)
        pd.wait_for(line, "heard")
    assert set(pd.lines("said")[said:]) <= {"/la/subscribe", "/la/ping"}  # which it says again and again
    for name in ("/la/latent/128", "hand/la/focus/n", "hand/la/walk/guide/n"):
        pd.touch(name, "bang")  # a widget says what it shows
    for line in ("/la/latent/128 0.5", "/la/focus/n 4", "/la/walk/guide/n 8"):
        pd.wait_for(line, "said")


def test_pure_data_opens_it_without_a_complaint(pd):
    assert pd.other_lines() == []


def test_the_same_layout_is_the_same_file():
    assert patch() == patch()


def test_a_patch_for_another_root_shows_what_comes_under_it(tmp_path):
    file = tmp_path / "kicks.pd"
    file.write_bytes(FORMATS["pd"].write(layout(), Place("127.0.0.1", 9000, "/band/kicks")))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        pd = PureData(file, tmp_path, daemon.getsockname()[1], "/band/kicks")
        said, to = daemon.recvfrom(65536)
        daemon.sendto(encode("/band/kicks/latent/128", 0.5), to)
        pd.wait_for("/band/kicks/latent/128 0.5", "heard")
        pd.close()
    assert said == encode("/band/kicks/subscribe")


def test_a_mappings_own_address_is_sent_to_and_ours_is_heard():
    fader = re.search(r"hsl \S+ \S+ 0 1 0 0 empty (\S+) amount", patch(foreign={("morph.amount",): "/1/fader1"}))
    assert fader[1] == "/la/morph/amount" and "list /1/fader1 " in patch(foreign={("morph.amount",): "/1/fader1"})


def test_dots_lie_on_the_map_in_their_colours():
    assert re.search(r"#X obj 146 293 cnv 1 6 6 empty empty empty 0 0 0 8 #5d4dbe", patch())


def test_it_speaks_to_the_place_that_it_is_made_for(tmp_path):
    made = FORMATS["pd"].write(layout(), Place("10.0.0.7", 9100)).decode()
    assert "connect 10.0.0.7 \\$1" in made and "#X obj 20 60 f 9100;" in made
    assert "10.0.0.7:9100" in FORMATS["pd"].advice(Path("kicks.pd"), Place("10.0.0.7", 9100))
