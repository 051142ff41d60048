"""A recipe says what to train and how; what it says wrong is named."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from latentaudio.cli import main
from latentaudio.core.checkpoint import load_model
from latentaudio.core.options import TrainOptions
from latentaudio.core.recipe import RECIPES, Recipe, load_recipe
from latentaudio.core.vae_config import VaeConfig
from latentaudio.errors import UsageError

SHIPPED = sorted(path.stem for path in RECIPES.glob("*.yaml"))


def loaded(folder: Path, text: str) -> Recipe:
    """The recipe of a file mine.yaml."""
    path = folder / "mine.yaml"
    path.write_text(text)
    return load_recipe(str(path))


def test_the_recipes_are_there() -> None:
    assert SHIPPED == ["balanced", "diverse", "fast", "original", "polish", "quality"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_loads_and_ends(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.network in {"unet", "simple"} or name == "polish"  # whose network is that of its model
    assert recipe.epochs or recipe.steps or recipe.minutes


def test_balanced_says_the_defaults() -> None:
    assert load_recipe("balanced").options() == TrainOptions(minutes=10.0)


def test_the_original_is_the_table_of_its_readme() -> None:
    recipe = load_recipe("original")
    assert (recipe.epochs, recipe.batch, recipe.accumulation, recipe.learning_rate) == (1500, 8, 2, 1e-4)
    assert (recipe.weight_decay, recipe.clip, recipe.beta, recipe.beta_warm_up) == (1e-3, 1.0, 1e-3, 150 / 1500)
    assert (recipe.schedule, recipe.patience, recipe.factor) == ("plateau", 150, 0.5)


def test_a_key_reaches_the_network_or_the_run(tmp_path: Path) -> None:
    options = loaded(tmp_path, "network: simple\nskips: generated\nsimple_channels: [8, 16]\nbatch: 5").options(seed=7)
    assert options.config == replace(VaeConfig(), network="simple", skips="generated", simple_channels=(8, 16))
    assert (options.batch, options.seed) == (5, 7)


def test_every_key_is_heeded() -> None:
    heeded = {entry.name for kind in (VaeConfig, TrainOptions) for entry in fields(kind)} | {"seconds"}
    assert {entry.name for entry in fields(Recipe)} <= heeded


@pytest.mark.parametrize(("word", "value"), [("yes", True), ("no", False)])
def test_yes_is_yes_and_no_is_no(tmp_path: Path, word: str, value: bool) -> None:
    assert loaded(tmp_path, f"augment: {word}").options().augment is value


def test_length_and_rate_make_the_frames_and_the_spectrum(tmp_path: Path) -> None:
    config = loaded(tmp_path, "seconds: 0.5\nsample_rate: 96000").config()
    assert (config.frames, config.n_fft, config.hop) == (48000, 1024, 256)


def test_a_number_may_be_written_as_people_do(tmp_path: Path) -> None:
    assert loaded(tmp_path, "learning_rate: 1e-4").learning_rate == 1e-4


def test_an_empty_recipe_is_the_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, "# nothing\n").options() == TrainOptions()


def test_the_command_line_has_the_last_word() -> None:
    recipe = load_recipe("balanced").override(batch=4, seconds=None)
    assert (recipe.batch, recipe.seconds) == (4, 1.0)


def test_a_budget_takes_the_place_of_another() -> None:
    recipe = load_recipe("balanced").override(steps=100)
    assert (recipe.steps, recipe.minutes) == (100, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("batch: 4\nlerning_rate: 1e-4", r"mine.yaml:2: no key 'lerning_rate'; did you mean 'learning_rate'\?"),
        ("batch: 0", "mine.yaml:1: batch must be a whole number from 1 to 4096, not 0"),
        ("batch: 2.5", "batch must be a whole number .* not 2.5"),
        ("batch:", "batch must be a whole number .* not nothing"),
        ("batch: [1, 2]", "batch must be a whole number"),
        ("batch: {a: 1}", "batch must be a whole number"),
        ("learning_rate: .nan", "learning_rate must be a number from 1e-06 to 0.1"),
        ("learning_rate: nan", "learning_rate must be a number"),
        ("network: unett", "network must be one of unet, simple, not unett"),
        ("decoder_channels: 8", "decoder_channels must be a list"),
        ("decoder_channels: [8, x, 8]", "decoder_channels must be a list"),
        ("decoder_channels: [8, [1], 8]", "decoder_channels must be a list"),
        ("decoder_channels: [8, 8]", "mine.yaml: .* one entry for each stage"),
        ("augment: maybe", "augment must be yes or no, not maybe"),
        ("augment: [yes]", "augment must be yes or no"),
        ("batch: 4\nbatch: 5", "mine.yaml:2: 'batch' stands here twice"),
        ("[a, b]: 4", "mine.yaml:1: no key"),
        ("- batch", "mine.yaml: expected keys and values"),
        ("batch: [", "mine.yaml:1: this is no YAML"),
        ("\x00", "mine.yaml: this is no YAML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        loaded(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_recipe_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no recipe 'qualty'; did you mean 'quality'\? \(there are: balanced, "):
        load_recipe("qualty")
    with pytest.raises(UsageError, match=r"no recipe file .*none\.yaml"):
        load_recipe(str(tmp_path / "none.yaml"))


@pytest.fixture
def _no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)


@pytest.mark.usefixtures("_no_signals")
def test_a_run_follows_its_recipe_and_the_command_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(
        "network: simple\nsimple_channels: [8, 8, 8]\nseconds: 0.5\nepochs: 9\nbatch: 5"
    )
    out = tmp_path / "tiny.safetensors"
    words = f"train {folder} --out {out} --recipe {tmp_path / 'tiny.yaml'} --steps 2 --seconds 0.25 --no-report"
    assert main(words.split()) == 0
    model = load_model(out)
    assert (model.vae.config.network, model.vae.config.frames) == ("simple", 11025)
    assert (model.provenance["steps"], model.provenance["batch"]) == (2, 5)


@pytest.mark.usefixtures("_no_signals")
def test_a_wrong_recipe_is_bad_usage(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(folder), "--out", str(tmp_path / "x.safetensors"), "--recipe", "balance"]) == 2
    assert "no recipe 'balance'; did you mean 'balanced'?" in capsys.readouterr().err
