"""A mapping saved while one plays: taken at once, or refused while the last good one goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.playing import Playing

TEMPERATURE = "osc: {bindings: [{address: /knob, to: temperature}]}"
ZOOM = "osc: {bindings: [{address: /knob, to: map.zoom}]}"
WRONG = "osc:\n  bindings: [{address: /knob, to: temperatur}]"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mappings") / "mine.yaml"


@pytest.fixture(scope="module")
def playing(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    file.write_text(TEMPERATURE)
    playing = Playing(tmp_path_factory.mktemp("playing"), "--mapping", str(file))
    yield playing
    playing.stop()


def moved(playing: Playing, address: str) -> float:
    """Where a parameter stands, 0..1, once the foreign knob has gone to its end."""
    playing.send(address, 0.0)
    playing.send("/knob", 1.0)
    return float(playing.ask(address)[0])


def save(playing: Playing, file: Path, text: str) -> None:
    """Until the daemon has dealt with it."""
    before = playing.status()["mapping"]
    file.write_text(text)
    playing.wait_for(lambda: playing.status()["mapping"] != before)


def test_a_saved_mapping_is_played_by(playing: Playing, file: Path) -> None:
    assert moved(playing, "/la/temperature") == 1.0
    save(playing, file, ZOOM)
    assert (moved(playing, "/la/map/zoom"), moved(playing, "/la/temperature")) == (1.0, 0.0)


def test_a_wrong_one_is_told_to_every_client_and_the_last_good_one_goes_on(playing: Playing, file: Path) -> None:
    save(playing, file, ZOOM + "  # again")
    file.write_text(WRONG)
    why = next(said for address, said in playing.remote.messages(10.0) if address == "/la/error")
    assert why == ["/la/mapping", "mine.yaml:2: no parameter 'temperatur'; did you mean 'temperature'?"]
    assert playing.status()["mapping"]["problem"] == why[1] and moved(playing, "/la/map/zoom") == 1.0
