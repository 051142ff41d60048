"""The command: the surfaces that ship are those of now, and what cannot be made is said in a sentence."""

import re
import zlib
from pathlib import Path

import pytest

from latentaudio.cli import main
from latentaudio.errors import UsageError
from latentaudio.surface.formats import FORMATS, Format, Place
from latentaudio.surface.layout import lay_out
from patches.make import HERE, SHIPPED, make_all


def content(file: Path) -> bytes:
    """As it was written: zlib packs as it likes, and differs from one system to another."""
    data = file.read_bytes()
    return zlib.decompress(data) if file.suffix == ".tosc" else data


def test_the_surfaces_that_ship_are_those_of_now(tmp_path):
    make_all(tmp_path)
    outdated = [name for name in SHIPPED if content(tmp_path / name) != content(HERE / name)]
    assert outdated == [], "python -m patches.make"


def test_a_surface_of_a_models_own_sounds_and_a_mappings_own_addresses(tmp_path, tiny_model, capsys):
    mapping = tmp_path / "mine.yaml"
    mapping.write_text("midi: {pads: {40: 1}}\nosc: {bindings: [{address: /1/fader1, to: morph.amount}]}")
    out = tmp_path / "mine.json"
    assert main(["surface", "osc", "--out", str(out), "--mapping", str(mapping), "--model", str(tiny_model)]) == 0
    text = out.read_text()
    assert text.count("<circle") == 20 and '"/1/fader1"' in text and '"1  (40)"' in text
    assert f"--load {out}" in capsys.readouterr().out


@pytest.mark.parametrize("kind", FORMATS)
def test_a_surface_speaks_to_a_daemon_with_another_root(tmp_path, kind):
    out = tmp_path / f"mine{FORMATS[kind].suffix}"
    assert main(["surface", kind, "--out", str(out), "--osc-prefix", "/band/kicks"]) == 0
    made = content(out)
    assert b"/band/kicks/map/xy" in made and b"/band/kicks/subscribe" in made
    assert re.search(rb"(?<!hand)/la/", made) is None  # which are names within a Pure Data patch


def test_an_address_that_bends_what_it_gets_is_not_used(tmp_path, tiny_model):
    mapping = tmp_path / "mine.yaml"
    mapping.write_text("osc: {bindings: [{address: /1/fader1, to: morph.amount, invert: true}]}")
    out = tmp_path / "mine.json"
    main(["surface", "osc", "--out", str(out), "--mapping", str(mapping), "--model", str(tiny_model)])
    assert "/1/fader1" not in out.read_text()


@pytest.mark.parametrize(("arguments", "said"), [
    (["tosc", "--out", "kicks.json"], "TouchOSC opens .tosc files; did you mean 'kicks.tosc'?"),
    (["osc", "--out", "kicks.json", "--model", "none.safetensors"], "no model file none.safetensors"),
    (["osc", "--out", "kicks.json", "--mapping", "defualt"], "no mapping 'defualt'; did you mean 'default'?"),
    (["osc", "--out", "nowhere/kicks.json"], "cannot write nowhere/kicks.json: No such file or directory"),
])  # fmt: skip
def test_what_cannot_be_made_is_said_in_a_sentence(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["surface", *arguments]) in (1, 2)
    assert said in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_a_library_that_is_missing_is_named():
    missing = Format("x", ".x", "Some program", "latentaudio.surface.nothing")
    with pytest.raises(UsageError, match=r"Some program needs latentaudio\.surface\.nothing: pip"):
        missing.write(lay_out("kicks", "phone"), Place("127.0.0.1", 9000))


def test_every_format_has_a_suffix_and_a_sentence(tmp_path):
    for row in FORMATS.values():
        assert row.suffix.startswith(".") and row.advice(tmp_path / "kicks", Place("127.0.0.1", 9000))
