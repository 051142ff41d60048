"""A mapping saved while one plays: taken at once, or refused while the last good one goes on."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentaudio.cli import main
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


def run(playing: Playing, *words: str) -> int:
    return main([*words, "--osc-port", str(playing.port)])


def test_a_fader_that_moves_is_learned_and_played_by_at_once(
    playing: Playing, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(playing, file, f"{ZOOM}   # mine\n")
    stop = threading.Event()

    def move() -> None:
        while not stop.wait(0.05):
            playing.send("/1/fader1", time.monotonic() % 1.0)

    hand = threading.Thread(target=move)
    hand.start()
    try:
        assert run(playing, "learn", "tempo", "--for", "20") == 0
    finally:
        stop.set()
        hand.join()
    assert file.read_text() == ZOOM.replace("}]", "}, {address: /1/fader1, to: tempo}]") + "   # mine\n"
    playing.send("/1/fader1", 1.0)
    assert playing.ask("/la/tempo") == [1.0]
    assert f"saved in {file}, and played by" in capsys.readouterr().out


def test_learning_ends_where_nothing_moves_and_where_the_parameter_does_not_exist(
    playing: Playing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(playing, "learn", "map.x", "--for", "0.2") == 1
    assert run(playing, "learn", "map.xx") == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "latentaudio: no control that can move map.x has moved in 0.2 seconds"
    assert said[1].startswith("latentaudio: no parameter 'map.xx'; did you mean 'map.")


def test_the_checker_prints_a_table_and_tells_by_its_status_what_is_wrong(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(ZOOM)
    assert main(["map-check", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["mine.yaml:1", "/knob", "map.zoom"]
    file.write_text(WRONG)
    assert main(["map-check", "--json", str(file)]) == 1
    assert json.loads(capsys.readouterr().out)["errors"][0].startswith("mine.yaml:2: no parameter 'temperatur'")
