"""What one names while one plays, listened to: sound files, presets, recordings, models."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from latentaudio.config import FACTORY_MODEL
from latentaudio.latent.library import read_library
from latentaudio.modelfile import fingerprint
from latentaudio.render.cache import RenderCache
from tests.playing import RATE, Playing, Sound, is_same, likeness

LOW = 150.0  # Hz: the body of a kick
PADS = [f"/la/pad/{pad}/trigger" for pad in (1, 3, 16)]


def kick(deepest: float = 45.0, seconds: float = 0.5) -> Sound:
    """A swept sine that no model has ever heard."""
    time_s = np.arange(round(seconds * RATE)) / RATE
    phase = 2.0 * np.pi * np.cumsum(deepest + 120.0 * np.exp(-time_s / 0.02)) / RATE
    sound: Sound = (0.8 * np.sin(phase) * np.exp(-time_s / 0.12)).astype(np.float32)
    return sound


def body(sound: Sound) -> Sound:
    """A sound's low band."""
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1.0 / RATE) > LOW] = 0.0
    low: Sound = np.fft.irfft(spectrum, len(sound)).astype(np.float32)
    return low


def write(player: Playing, name: str, sound: Sound, rate: int = RATE) -> Path:
    path = player.sounds / name
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, sound, rate)
    return path


def preset(player: Playing, name: str) -> Path:
    return player.home / "state" / "latentaudio" / "presets" / f"{name}.yaml"


def rewrite(path: Path, **parts: object) -> None:
    """Change a preset's file as a hand would; None takes a part out."""
    said = yaml.safe_load(path.read_text()) | parts
    kept = {key: value for key, value in said.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, explicit_end=True, sort_keys=False))


# Sound files into pads and onto the map.


def test_a_reconstructed_kick_has_the_body_of_the_file(player):
    original = kick()
    write(player, "deep.wav", original)
    before = player.hear(seconds=0.25)
    player.order("/la/reconstruct", "deep")
    heard = player.hear(seconds=0.25)
    assert likeness(body(heard), body(original[: len(heard)])) > 0.9
    player.send("/la/undo")
    assert is_same(player.hear(seconds=0.25), before)


def test_a_match_is_heard_on_its_way_and_can_be_stopped_and_undone(player):
    write(player, "deep.wav", kick())
    before, asker = player.hear(), player.remote.another()
    asker.ask("/la/ping", reply="/la/pong")
    asker.send("/la/match", "deep")
    heard = (address for address, _ in asker.messages(30.0))
    assert next(address for address in heard if address in ("/la/progress", "/la/fail")) == "/la/progress"
    player.send("/la/stop")
    assert next(address for address in heard if address in ("/la/done", "/la/fail")) == "/la/fail"
    asker.close()
    assert likeness(player.hear(), before) < 0.99
    player.send("/la/undo")
    assert is_same(player.hear(), before)


def test_a_loaded_folder_is_a_layer_of_the_map(player):
    for name, deepest in (("low", 40.0), ("high", 90.0)):
        write(player, f"mine/{name}.wav", kick(deepest))
    assert player.order("/la/map/load", "mine") == ["mine", 2, 0]
    player.send("/la/map/snap", "snap")
    player.send("/la/map/layer", "data")
    player.send("/la/map/xy", 0.0, 0.0)
    name, *place = player.ask("/la/map/nearest")
    player.send("/la/map/xy", *place)
    heard = player.hear(seconds=0.25)
    assert likeness(body(heard), body(kick({"low": 40.0, "high": 90.0}[name])[: len(heard)])) > 0.8


@pytest.mark.parametrize(("sound", "why"), [(np.zeros(RATE), "silent"), (np.ones(RATE) * 0.3, "offset")])
def test_what_holds_no_sound_is_not_reconstructed(player, sound, why):
    write(player, f"{why}.wav", sound)
    before = player.hear()
    assert why in player.refusal("/la/reconstruct", why)
    assert is_same(player.hear(), before)


def test_ten_minutes_of_sound_are_no_one_shot(player):
    write(player, "concert.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 600 * 8000), rate=8000)
    before = player.hear()
    assert "longer than 30 s" in player.refusal("/la/reconstruct", "concert")
    assert is_same(player.hear(), before)


@pytest.mark.parametrize("name", ["../state/latentaudio/session.json", "/etc/passwd", "nothing"])
def test_names_lead_nowhere_else(player, name):
    before = player.hear()
    for order in ("/la/reconstruct", "/la/match", "/la/map/load", "/la/preset/load", "/la/model/load"):
        why = player.refusal(order, name)
        assert why.startswith("no ") or "cannot be a name" in why
    assert is_same(player.hear(), before)


# Presets.


def test_a_recalled_preset_sounds_as_it_was_saved(player):
    player.send("/la/draw")
    player.send("/la/pad/3/tune/st", 7)
    player.send("/la/attribute/click", 0.8)
    saved = [player.hear(pad) for pad in PADS]
    player.order("/la/preset/save", "Loud one #hard #dark")
    player.order("/la/preset/load", "the beginning")
    assert player.ask("/la/preset/name", reply="/la/preset/name") == ["the beginning"]
    assert not is_same(player.hear(PADS[0]), saved[0]) and not is_same(player.hear(PADS[1]), saved[1])
    player.order("/la/preset/load", "loud one")
    assert all(is_same(player.hear(pad), sound) for pad, sound in zip(PADS, saved, strict=True))
    assert player.order("/la/preset/search", "dark") == ["Loud one"]


def test_what_a_preset_replaced_comes_back_by_undo(player):
    player.send("/la/draw")
    drawn = player.hear()
    player.order("/la/preset/load", "the beginning")
    player.send("/la/undo")
    assert is_same(player.hear(), drawn)


def test_one_pad_of_a_preset_sounds_as_it_was_saved_and_the_others_stay(player):
    player.send("/la/draw")
    player.send("/la/pad/3/tune/st", 7)
    player.order("/la/preset/save", "drawn")
    drawn = [player.hear(pad) for pad in PADS]
    player.order("/la/preset/load", "the beginning")
    before = [player.hear(pad) for pad in PADS]
    player.order("/la/pad/1/preset", "drawn")
    heard = [player.hear(pad) for pad in PADS]
    assert is_same(heard[0], drawn[0]) and not is_same(drawn[0], before[0])
    assert is_same(heard[1], before[1]) and not is_same(drawn[1], before[1])


def test_presets_are_recalled_one_after_another_and_by_number(player):
    heard = {}
    for name in ("001 one", "002 two"):
        player.send("/la/draw")
        player.order("/la/preset/save", name)
        heard[name] = player.hear()
    assert player.ask("/la/preset/previous", reply="/la/done")[1] == "001 one"
    assert is_same(player.hear(), heard["001 one"])
    assert player.ask("/la/preset/number", 2, reply="/la/done")[1] == "002 two"
    assert is_same(player.hear(), heard["002 two"])
    assert "begins with 077" in player.refusal("/la/preset/number", 77)


def test_a_preset_of_another_model_comes_by_its_stored_sounds(player):
    player.send("/la/draw")
    player.send("/la/attribute/pitch", 0.9)
    saved = player.hear(seconds=0.25)
    player.order("/la/preset/save", "foreign")
    rewrite(preset(player, "foreign"), model={"name": "elsewhere", "fingerprint": "0" * 64})
    player.order("/la/preset/load", "the beginning")
    player.order("/la/preset/load", "foreign")
    assert likeness(body(player.hear(seconds=0.25)), body(saved)) > 0.9


def test_a_preset_saved_in_motion_keeps_the_sounds_of_the_pads_that_rest(player):
    saved = player.hear(PADS[1], seconds=0.25)
    player.send("/la/draw")
    player.order("/la/preset/save", "in motion")
    rewrite(preset(player, "in motion"), model={"name": "elsewhere", "fingerprint": "0" * 64})
    player.order("/la/preset/load", "in motion")
    assert likeness(body(player.hear(PADS[1], seconds=0.25)), body(saved)) > 0.9


def test_a_preset_of_another_model_without_sounds_is_refused(player):
    player.order("/la/preset/save", "bare")
    rewrite(preset(player, "bare"), model={"name": "elsewhere", "fingerprint": "0" * 64}, sounds=None)
    player.order("/la/preset/load", "the beginning")
    before = player.hear()
    assert "elsewhere" in player.refusal("/la/preset/load", "bare")
    assert is_same(player.hear(), before)


def test_a_preset_that_is_cut_short_is_refused(player):
    player.order("/la/preset/save", "cut")
    text = preset(player, "cut").read_text()
    preset(player, "cut").write_text(text[: len(text) // 2])
    before = player.hear()
    assert "cut" in player.refusal("/la/preset/load", "cut")
    assert is_same(player.hear(), before)


def test_slips_in_a_preset_written_by_hand_are_told_and_the_rest_is_played(player):
    preset(player, "hand").write_text("state:\n  values: {pad.1.tnue: 3, pad.1.tune: 12}\n")
    told = player.order("/la/preset/load", "hand")
    assert "did you mean 'pad.1.tune'" in " ".join(told)
    assert player.ask("/la/pad/1/tune/st") == [12.0]


@pytest.mark.parametrize("name", ["../evil", "a/b", "con", "x" * 65])
def test_what_cannot_be_a_name_saves_nothing(player, name):
    before = sorted(player.home.rglob("*.yaml"))
    assert "cannot be a name" in player.refusal("/la/preset/save", name)
    assert sorted(player.home.rglob("*.yaml")) == before


# Recordings.


def test_a_recording_that_is_begun_while_one_plays_holds_what_is_heard(player):
    before = player.hear(PADS[1])
    path = player.record("my take")
    assert is_same(player.hear(PADS[1]), before)
    assert path.parent == player.sounds / "recordings" and player.status()["recorder"]["lost"] == 0


@pytest.mark.parametrize("name", ["take two", "../evil"])
def test_a_second_recording_at_once_is_refused(player, name):
    before = sorted(player.home.rglob("*.wav"))
    assert player.refusal("/la/record/start", name)
    assert sorted(player.home.rglob("*.wav")) == before


# Models.


def test_unloaded_pads_play_on_and_the_next_move_loads_the_model_again(player):
    before = player.hear()
    assert player.ask("/la/model/unload", reply="/la/done") == ["/la/model/unload"]
    player.wait_for(lambda: player.status()["renderer"]["state"] == "unloaded")
    assert player.status()["renderer"]["pid"] is None
    assert is_same(player.hear(), before)
    player.send("/la/draw")
    assert likeness(player.hear(), before) < 0.99
    assert player.status()["renderer"]["state"] == "ready"


def test_a_model_that_there_is_not_is_refused_by_the_nearest_name(player):
    before = player.hear()
    assert "no model 'kikcs'; did you mean 'kicks'" in player.refusal("/la/model/load", "kikcs")
    assert is_same(player.hear(), before)


def other_model(player: Playing) -> str:
    """The factory model with its kit in reverse order."""
    folder = player.home / "data" / "latentaudio" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    tensors = load_file(FACTORY_MODEL)
    tensors["kit/latents"] = np.ascontiguousarray(tensors["kit/latents"][::-1])
    with safe_open(FACTORY_MODEL, "numpy") as file:
        save_file(tensors, folder / "reversed.safetensors", file.metadata())
    return "reversed"


def longest_silence(sound: Sound) -> float:
    """Seconds."""
    loud = np.flatnonzero(np.abs(sound) > 1e-3)
    return float(np.diff(loud).max() / RATE)


def test_another_model_is_loaded_while_hits_go_on(player):
    name, first, last = other_model(player), player.hear(PADS[0]), player.hear(PADS[2])
    begin, hits = len(player.recorded()), player.status()["trigger"]["count"]
    drummer, count = player.remote.another(), 0
    with ThreadPoolExecutor(1) as pool:
        loaded = pool.submit(player.order, "/la/model/load", name)
        while not loaded.done():
            drummer.send(PADS[0])
            count += 1
            time.sleep(0.1)
    drummer.close()
    assert count > 5 and longest_silence(player.recorded(begin)) < 0.5
    player.wait_for(lambda: player.status()["trigger"]["count"] == hits + count)
    assert is_same(player.hear(PADS[0]), last) and is_same(player.hear(PADS[2]), first)


def test_what_another_model_renders_is_kept_for_its_next_start(player):
    name = other_model(player)
    path = player.home / "data" / "latentaudio" / "models" / f"{name}.safetensors"
    renders = RenderCache(fingerprint(path), RATE, player.home / "cache" / "latentaudio" / "renders")
    player.order("/la/model/load", name)
    player.settle()
    player.wait_for(lambda: all(renders.get(point) is not None for point in read_library(path).kit))
