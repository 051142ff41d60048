"""An exported model says what the model says, and loads where this program is not."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.export import ABOUT, export_onnx, export_torchscript
from latentaudio.errors import ModelError, UsageError

MOST = 1e-5  # full scale is 1; single precision summed in another order
WINDOW = 8192  # the power of two above the 4410 frames of the tiny model

pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.load. is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Model:
    loaded = load_model(tiny_model)
    loaded.vae.decoder.head.bias.add_(4.0)  # an untrained network is nearly silent; this one peaks near 0.3
    return loaded


@pytest.fixture(scope="module")
def script(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "tiny.ts"
    export_torchscript(model, path)
    return path


@pytest.fixture(scope="module")
def decoder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("decoder") / "tiny.onnx"
    export_onnx(model, path)
    return path


def as_nn_does(path: Path, method: str, signals: torch.Tensor) -> torch.Tensor:
    """`signals` [channel, frame] as the backend of nn~ sends them: last value of a ratio in, each held for one out."""
    nn = torch.jit.load(path)
    channels_in, ratio_in, channels_out, ratio_out = getattr(nn, f"{method}_params").tolist()
    values = signals.reshape(1, channels_in, -1, ratio_in).select(-1, -1)
    return getattr(nn, method)(values).repeat_interleave(ratio_out).reshape(channels_out, -1)


@pytest.mark.parametrize("batch", [1, 3])
def test_torchscript_decodes_as_the_model_does(model: Model, script: Path, batch: int) -> None:
    z = torch.randn(batch, 8, 2)
    audio = torch.jit.load(script).decode(z).reshape(batch, 2, WINDOW)
    for window in range(2):
        assert (audio[:, window, :4410] - model.vae.decode(z[..., window])).abs().max() < MOST
    assert audio[..., 4410:].abs().max() == 0


@pytest.mark.parametrize("batch", [1, 3])
def test_torchscript_encodes_as_the_model_does(model: Model, script: Path, batch: int) -> None:
    audio = 0.3 * torch.randn(batch, 1, 2 * WINDOW)
    z = torch.jit.load(script).encode(audio)
    for window in range(2):
        heard = audio[:, 0, window * WINDOW :][:, :4410]
        assert (z[..., window] - model.vae.encode(heard)[0]).abs().max() < MOST


def test_nn_plays_the_point_at_its_inlets(model: Model, script: Path) -> None:
    z = torch.randn(8, 1)
    played = as_nn_does(script, "decode", z.expand(8, 2 * WINDOW))
    one_shot = model.vae.decode(z.T)[0]
    assert played.shape == (1, 2 * WINDOW)
    for start in (0, WINDOW):
        assert (played[0, start:][:4410] - one_shot).abs().max() < MOST


def test_nn_holds_the_point_of_what_it_hears(model: Model, script: Path) -> None:
    audio = 0.3 * torch.randn(1, WINDOW)
    z = as_nn_does(script, "encode", audio)
    assert z.shape == (8, WINDOW) and (z - model.vae.encode(audio[:, :4410])[0].T).abs().max() < MOST


def test_nn_finds_its_methods(script: Path) -> None:
    nn = torch.jit.load(script)
    assert nn.get_methods() == ["encode", "decode"] and nn.get_attributes() == []
    assert nn.encode_params.tolist() == [1, 1, 8, WINDOW] and nn.decode_params.tolist() == [8, WINDOW, 1, 1]


def test_torchscript_loads_where_this_program_is_not(script: Path) -> None:
    code = f"import sys, torch; torch.jit.load({str(script)!r}); print('latentaudio' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd="/")
    assert loaded.stdout.strip() == "False", loaded.stderr


@pytest.mark.parametrize("batch", [1, 3])
def test_onnx_decodes_as_the_model_does(model: Model, decoder: Path, batch: int) -> None:
    z = torch.randn(batch, 8)
    (audio,) = onnxruntime.InferenceSession(decoder).run(["audio"], {"z": z.numpy()})
    assert audio.shape == (batch, 4410) and np.abs(audio - model.vae.decode(z).numpy()).max() < MOST


def test_name_rate_and_credits_travel_with_the_weights(script: Path, decoder: Path) -> None:
    kept = {ABOUT: ""}
    torch.jit.load(script, _extra_files=kept)
    metadata = onnxruntime.InferenceSession(decoder).get_modelmeta().custom_metadata_map
    assert json.loads(kept[ABOUT]) == metadata == {"name": "tiny", "sample_rate": "44100", "credits": "{}"}


def test_no_path_of_the_machine_that_exported_is_in_a_file(script: Path, decoder: Path) -> None:
    here = str(Path(__file__).parents[2]).encode()
    assert here not in script.read_bytes() and here not in decoder.read_bytes()


@pytest.mark.parametrize(("place", "why"), [("none/x.ts", "No such file or directory"), ("taken", "Is a directory")])
def test_a_failed_write_is_one_sentence_and_leaves_nothing(model: Model, tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ModelError) as caught:
        export_torchscript(model, tmp_path / place)
    assert str(caught.value) == f"cannot write {tmp_path / place}: {why}"
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_without_the_exporter_the_line_to_install_it_is_said(model: Model, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'latentaudio\[export\]'"):
        export_onnx(model, tmp_path / "x.onnx")


def test_the_command_says_what_it_made_and_nothing_else(tiny_model: Path, tmp_path: Path) -> None:
    words = ["export", str(tiny_model), "--to", "onnx", str(tmp_path / "tiny.onnx")]
    done = subprocess.run([sys.executable, "-m", "latentaudio", *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{tmp_path / 'tiny.onnx'}\n", "")
    onnx.checker.check_model(onnx.load(tmp_path / "tiny.onnx"))
