"""What the next start plays: a whole daemon that ends, as performers or crashes end it."""

import json

from tests.playing import Playing, is_same


def is_written(player: Playing) -> bool:
    """Whether the session holds that pad 3 is an octave up."""
    text = (player.home / "state" / "latentaudio" / "session.json").read_text()
    return bool(json.loads(text)["state"]["values"]["pad.3.tune"] == 12.0)


def test_a_crash_costs_nothing_and_fresh_begins_anew(tmp_path):
    player = Playing(tmp_path)
    shipped = player.hear()
    assert "make some first" in player.refusal("/la/variation/pick", 0.5)
    assert is_same(player.hear(), shipped)
    player.send("/la/draw")
    player.send("/la/pad/3/tune/st", 12)
    heard = [player.hear(f"/la/pad/{pad}/trigger") for pad in (1, 3)]
    player.wait_for(lambda: is_written(player))
    player.kill()
    player = Playing(tmp_path)
    assert all(is_same(player.hear(f"/la/pad/{pad}/trigger"), sound) for pad, sound in zip((1, 3), heard, strict=True))
    player.stop()
    player = Playing(tmp_path, "--fresh")
    assert is_same(player.hear(), shipped)
    assert len(list((tmp_path / "state" / "latentaudio").glob("session.1.json"))) == 1
    player.stop()
