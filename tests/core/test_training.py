"""A training run, for real: it learns, stops, resumes, and survives a kill."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from latentaudio.core import loop
from latentaudio.core import step as steps
from latentaudio.core.audition import Audition
from latentaudio.core.checkpoint import load_model, save_model
from latentaudio.core.dataset import load_folder, to_float
from latentaudio.core.options import Progress, TrainOptions
from latentaudio.core.source import Resident
from latentaudio.core.state import checkpoint_path
from latentaudio.core.step import TEMPERATURE, TrainStep, wander
from latentaudio.core.training import in_steps, train
from latentaudio.core.vae import Vae, VaeConfig
from latentaudio.errors import DataError, LatentAudioError, ModelError, UsageError


@pytest.fixture
def options(config: VaeConfig) -> TrainOptions:
    return TrainOptions(steps=12, batch=4, device="cpu", config=config, learning_rate=3e-3)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


@pytest.fixture(autouse=True)
def _report_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)


@pytest.fixture
def step(folder: Path, options: TrainOptions) -> TrainStep:
    """A step on the four kicks, not yet run."""
    cpu = torch.device("cpu")
    source = Resident(load_folder(folder, options.config), cpu)
    return TrainStep(Vae(options.config), source, replace(options, batch=4, synthetic=0.0), cpu)


class Halt:
    """A listener that stops the run at a step, and remembers what it heard."""

    def __init__(self, step: int | None = None) -> None:
        self.stop, self.step, self.heard = threading.Event(), step, list[Progress]()

    def __call__(self, progress: Progress) -> None:
        self.heard.append(progress)
        if progress.step == self.step:
            self.stop.set()


def test_the_loss_falls(folder: Path, out: Path, options: TrainOptions) -> None:
    listener = Halt()
    train(folder, out, replace(options, steps=60), listener)
    losses = [progress.losses["loss"] for progress in listener.heard]
    assert len(losses) == 60 and sum(losses[-10:]) < 0.8 * sum(losses[:10])


def test_the_model_holds_the_sounds_and_how_it_was_made(folder: Path, out: Path, options: TrainOptions) -> None:
    train(folder, out, replace(options, command="latentaudio train kicks"))
    model = load_model(out)
    assert model.name == "model" and model.names == ("0.wav", "1.wav", "2.wav", "3.wav")
    assert model.latents.shape == (4, 4) and model.map.shape == (4, 2)
    assert model.provenance["command"] == "latentaudio train kicks" and model.provenance["steps"] == 12
    assert set(model.provenance["evaluation"]) == {"train"}
    assert not checkpoint_path(out).exists()


def test_the_model_is_the_running_average(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "schedule", lambda *_: (1e-3, 0.0, 1.0, 1.0))  # an average that never moves
    train(folder, out, options)
    torch.manual_seed(options.seed)
    first = Vae(options.config).state_dict()
    assert all(torch.equal(load_file(out)[name], value.half()) for name, value in first.items())


def test_the_average_follows_the_weights(step: TrainStep) -> None:
    step.run(1e-3, 0.0, keep=0.0, synthetic=0.0)
    assert all(torch.allclose(step.average[name], value) for name, value in step.parameters.items())


def test_the_gradient_is_clipped(step: TrainStep) -> None:
    step.options = replace(step.options, clip=0.1)
    step.run(1e-3, 0.0, keep=0.9, synthetic=0.0)
    gradients = [value.grad.norm() for value in step.parameters.values() if value.grad is not None]
    assert torch.stack(gradients).norm() == pytest.approx(0.1, abs=1e-3)


def test_a_step_may_gather_several_batches(step: TrainStep, monkeypatch: pytest.MonkeyPatch) -> None:
    audio = step._draw()
    monkeypatch.setattr(step, "_draw", lambda: audio)
    monkeypatch.setattr(steps, "augment", lambda audio, rate: audio)
    norms = []
    for step.accumulation in (1, 8):
        step.clip = 1e9
        step.run(0.0, 0.0, keep=1.0, synthetic=0.0)
        norms.append(
            torch.stack([value.grad.norm() for value in step.parameters.values() if value.grad is not None]).norm()
        )
    assert norms[1] == pytest.approx(float(norms[0]), rel=0.5)  # a mean, not a sum; z is drawn anew for each batch


def test_epochs_are_steps_over_all_sounds(options: TrainOptions) -> None:
    wanted = replace(options, steps=None, epochs=30, batch=8, accumulation=2)
    assert in_steps(wanted, 400).steps == 750
    assert in_steps(replace(wanted, steps=100), 400).steps == 100


@pytest.mark.parametrize(("share", "made"), [(1.0, 2), (0.5, 1), (0.0, 0)])
def test_so_many_of_a_batch_are_synthetic(folder: Path, options: TrainOptions, share: float, made: int) -> None:
    dataset = load_folder(folder, options.config)
    cpu = torch.device("cpu")
    step = TrainStep(Vae(options.config), Resident(dataset, cpu), replace(options, batch=4, synthetic=0.5), cpu)
    step.run(1e-3, 0.0, keep=0.9, synthetic=share)
    real = to_float(torch.from_numpy(dataset.audio))
    known = [any(torch.equal(sound, other) for other in real) for sound in step._draw()]
    assert known == [False] * made + [True] * (4 - made)


def test_draws_of_a_batch_spread_as_the_batch_does() -> None:
    z = torch.randn(400, 3) * torch.tensor([1.0, 2.0, 0.1]) + 5.0
    drawn = wander(z, 300)
    assert drawn.shape == (300, 3)
    assert torch.allclose(drawn.mean(0), z.mean(0), atol=0.5)
    assert torch.allclose(drawn.std(0) / z.std(0), torch.full((3,), TEMPERATURE), rtol=0.15)


def test_the_same_seed_is_the_same_model(folder: Path, out: Path, options: TrainOptions) -> None:
    again = out.with_name("again.safetensors")
    for each in (out, again):
        train(folder, each, options)
    first = load_file(out)
    assert all(torch.equal(first[name], value) for name, value in load_file(again).items())


def test_a_resumed_run_goes_on_as_if_never_stopped(folder: Path, out: Path, options: TrainOptions) -> None:
    through, before, after = Halt(), Halt(5), Halt()
    train(folder, out, options, through)
    train(folder, out.with_name("b.safetensors"), options, before, before.stop)
    assert not out.with_name("b.safetensors").exists()
    train(folder, out.with_name("b.safetensors"), replace(options, resume=True), after)
    assert [p.losses for p in before.heard + after.heard] == [p.losses for p in through.heard]
    whole, halves = load_file(out), load_file(out.with_name("b.safetensors"))
    assert all(torch.equal(whole[name], halves[name]) for name in whole)


def test_plateaus_come_back_with_a_resumed_run(folder: Path, out: Path, options: TrainOptions) -> None:
    plateaus = replace(options, schedule="plateau", patience=1, factor=0.3, early_stop=50, learning_rate=1e-6)
    through, before, after = Halt(), Halt(7), Halt()
    train(folder, out, plateaus, through)
    train(folder, out.with_name("b.safetensors"), plateaus, before, before.stop)
    train(folder, out.with_name("b.safetensors"), replace(plateaus, resume=True), after)
    assert [told(p) for p in before.heard + after.heard] == [told(p) for p in through.heard]
    assert through.heard[-1].learning_rate < 0.1 * through.heard[0].learning_rate


def told(progress: Progress) -> tuple[object, ...]:
    """What two runs alike tell alike."""
    return progress.step, progress.losses, progress.learning_rate, progress.validation


@pytest.fixture
def auditioned(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, torch.Tensor]]:
    """The weights of each validation; the second is made the best."""
    heard: list[dict[str, torch.Tensor]] = []

    def error(audition: Audition) -> float:
        heard.append({name: value.clone() for name, value in audition.vae.state_dict().items()})
        return 4.0 if len(heard) == 2 else 5.0

    monkeypatch.setattr(Audition, "error", error)
    return heard


@pytest.mark.parametrize("stopped", [None, 2, 3])
def test_an_early_stop_writes_the_best_state(
    folder: Path, out: Path, options: TrainOptions, auditioned: list[dict[str, torch.Tensor]], stopped: int | None
) -> None:
    early, halt = replace(options, steps=1000, early_stop=2), Halt(stopped)
    finish = train(folder, out, early, halt, halt.stop)
    if stopped:
        finish = train(folder, out, replace(early, resume=True))
    assert finish and finish.early and (finish.step, finish.best_step) == (4, 2)
    assert all(torch.equal(load_file(out)[name], value.half()) for name, value in auditioned[1].items())


def test_validation_is_told_as_it_goes(folder: Path, out: Path, options: TrainOptions) -> None:
    listener = Halt()
    train(folder, out, options, listener)
    last = listener.heard[-1]
    assert last.validation and last.validation.split == "train" and last.validation.best <= last.validation.error
    assert last.epoch == 12.0 and last.peak_memory_mb > 0.0


def test_validations_are_spread_over_the_budget(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "VALIDATIONS", 3)
    train(folder, out, options)
    assert [step for step, _ in load_model(out).provenance["history"]["validation"]] == [4, 8, 12]


def test_there_is_no_more_than_one_validation_an_epoch(folder: Path, out: Path, options: TrainOptions) -> None:
    train(folder, out, replace(options, batch=1, steps=10))
    assert [step for step, _ in load_model(out).provenance["history"]["validation"]] == [4, 8, 10]


def test_the_model_keeps_its_losses(folder: Path, out: Path, options: TrainOptions) -> None:
    train(folder, out, options)
    history = load_model(out).provenance["history"]
    assert len(history["losses"]) == 12 and len(history["losses"][0]) == len(history["terms"])
    assert [step for step, _ in history["validation"]] == list(range(1, 13))


SLOWLY = """
from pathlib import Path
from latentaudio.core import loop
from latentaudio.core.dataset import load_folder
from latentaudio.core.options import TrainOptions
from latentaudio.core.training import train
from latentaudio.core.vae import Vae, VaeConfig
loop.SAVE_SECONDS = 0.0
train(Path({folder!r}), Path({out!r}), TrainOptions(steps=100_000, batch=2, device="cpu", config={config!r}))
"""


def test_a_kill_never_harms_the_checkpoint(folder: Path, out: Path, options: TrainOptions) -> None:
    script = SLOWLY.format(folder=str(folder), out=str(out), config=options.config)
    run = subprocess.Popen([sys.executable, "-c", script])
    while not checkpoint_path(out).exists() and run.poll() is None:
        time.sleep(0.05)
    time.sleep(0.3)
    run.kill()
    run.wait()
    listener = Halt()
    saved = saved_steps(checkpoint_path(out))
    train(folder, out, replace(options, batch=2, steps=saved + 2, resume=True), listener)
    assert [progress.step for progress in listener.heard] == [saved + 1, saved + 2]


def saved_steps(path: Path) -> int:
    """How far the run in a checkpoint has come."""
    with safe_open(path, framework="pt") as file:
        return int(json.loads(file.metadata()["course"])["clock"]["step"])


def test_an_unfinished_run_is_not_overwritten(folder: Path, out: Path, options: TrainOptions) -> None:
    halt = Halt(2)
    train(folder, out, options, halt, halt.stop)
    with pytest.raises(UsageError, match="unfinished run"):
        train(folder, out, options)


def test_a_model_is_never_replaced(folder: Path, out: Path, options: TrainOptions) -> None:
    out.write_bytes(b"months of work")
    with pytest.raises(UsageError, match="exists already"):
        train(folder, out, options)
    assert out.read_bytes() == b"months of work"


def test_nothing_to_resume_is_said(folder: Path, out: Path, options: TrainOptions) -> None:
    with pytest.raises(UsageError, match="nothing to resume"):
        train(folder, out, replace(options, resume=True))


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", b"\xff" * 100])
def test_a_damaged_checkpoint_is_said(folder: Path, out: Path, options: TrainOptions, content: bytes) -> None:
    checkpoint_path(out).write_bytes(content)
    with pytest.raises(ModelError, match="is damaged"):
        train(folder, out, replace(options, resume=True))


def test_a_checkpoint_of_a_newer_version_is_said(folder: Path, out: Path, options: TrainOptions) -> None:
    halt = Halt(2)
    train(folder, out, options, halt, halt.stop)
    relabel(checkpoint_path(out), version="3")
    with pytest.raises(ModelError, match=r"format 3; this LatentAudio reads up to 2: update it"):
        train(folder, out, replace(options, resume=True))


def test_a_checkpoint_of_the_first_version_is_gone_on_from(folder: Path, out: Path, options: TrainOptions) -> None:
    halt, listener = Halt(2), Halt()
    train(folder, out, options, halt, halt.stop)
    relabel(checkpoint_path(out), version=None, course=None, clock='{"step": 2, "seconds": 1.5}')
    train(folder, out, replace(options, resume=True), listener)
    assert [progress.step for progress in listener.heard] == list(range(3, 13))


def relabel(path: Path, **metadata: str | None) -> None:
    """Give a checkpoint other metadata."""
    with safe_open(path, framework="pt") as file:
        stored = file.metadata() | metadata
    save_file(load_file(path), path, {name: value for name, value in stored.items() if value is not None})


def test_a_checkpoint_of_another_network_is_said(folder: Path, out: Path, options: TrainOptions) -> None:
    halt = Halt(2)
    train(folder, out, options, halt, halt.stop)
    wider = replace(options, resume=True, config=replace(options.config, dims=5))
    with pytest.raises(UsageError, match="another shape"):
        train(folder, out, wider)


def test_divergence_stops_at_the_last_good_state(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    halt = Halt(3)
    train(folder, out, options, halt, halt.stop)
    good = checkpoint_path(out).read_bytes()
    monkeypatch.setattr(TrainStep, "metrics", lambda _: {"loss": 1.0})  # a step that fails after its loss was fine
    with pytest.raises(LatentAudioError, match=r"diverged by step 4 .* resume from step 3"):
        train(folder, out, replace(options, resume=True, learning_rate=float("nan")))
    assert checkpoint_path(out).read_bytes() == good and not out.exists()


def test_a_loss_that_is_no_number_is_named(folder: Path, out: Path, options: TrainOptions) -> None:
    with pytest.raises(LatentAudioError, match=r"\(loss is not finite\): start again"):
        train(folder, out, replace(options, beta=float("nan")))


def test_a_budget_of_minutes_ends_the_run(folder: Path, out: Path, options: TrainOptions) -> None:
    listener = Halt()
    train(folder, out, replace(options, steps=None, minutes=0.02), listener)
    assert out.exists() and listener.heard[-1].eta_s == 0.0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"batch": 0}, "batch"),
        ({"steps": 0}, "steps"),
        ({"minutes": -1.0}, "minutes"),
        ({"synthetic": 1.5}, "from 0 to 1"),
    ],
)
def test_a_run_without_a_batch_or_a_budget_is_refused(
    folder: Path, out: Path, options: TrainOptions, wrong: dict[str, int], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        train(folder, out, replace(options, **wrong))


def test_a_missing_target_folder_is_said_before_training(folder: Path, tmp_path: Path, options: TrainOptions) -> None:
    with pytest.raises(UsageError, match="no folder"):
        train(folder, tmp_path / "none" / "model.safetensors", options)


def test_out_of_memory_says_what_would_fit(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(TrainStep, "run", burst)
    with pytest.raises(LatentAudioError, match=r"out of memory on cpu .* batch 4: try batch 2"):
        train(folder, out, options)


def test_a_folder_with_one_sound_is_said(folder: Path, out: Path, options: TrainOptions) -> None:
    for file in ("1.wav", "2.wav", "3.wav"):
        (folder / file).unlink()
    with pytest.raises(DataError, match="one sound is no space to move in; put some dozens there, 2 at least"):
        train(folder, out, options)


def test_a_model_that_would_not_be_finite_is_not_written(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(step: TrainStep) -> None:
        next(iter(step.parameters.values())).data.flatten()[0] = 1e6  # beyond half precision

    monkeypatch.setattr(TrainStep, "use_average", overflow)
    with pytest.raises(ModelError, match=r"is not written.* not be finite; the run is kept in .*checkpoint"):
        train(folder, out, options)
    assert not out.exists() and checkpoint_path(out).is_file()


def test_a_validation_that_is_no_number_is_named(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Audition, "error", lambda _: float("nan"))
    with pytest.raises(LatentAudioError, match=r"by step 1 \(validation is not finite\)"):
        train(folder, out, options)


FULL = """
import logging, resource
from pathlib import Path
from latentaudio.core import loop
from latentaudio.core.options import TrainOptions
from latentaudio.core.training import train
from latentaudio.core.vae import Vae, VaeConfig
from latentaudio.errors import LatentAudioError
logging.basicConfig(format="%(message)s")
loop.SAVE_SECONDS = 0.0
for out, limit, resume in (({roomy!r}, 150_000, False), ({full!r}, 5_000, True)):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, 150_000))
    try:
        train(Path({folder!r}), Path(out), TrainOptions(steps=2, batch=2, resume=resume, config={config!r}))
    except LatentAudioError as error:
        logging.error("%s", error)
"""


def test_a_full_disk_loses_nothing(folder: Path, out: Path, options: TrainOptions) -> None:
    """In a process of its own, whose files cannot grow: what a full disk looks like."""
    roomy, halt = out.with_name("roomy.safetensors"), Halt(1)
    train(folder, out, replace(options, steps=2, batch=2), halt, halt.stop)
    kept = checkpoint_path(out).read_bytes()
    script = FULL.format(folder=str(folder), roomy=str(roomy), full=str(out), config=options.config)
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr
    *warnings, last = said.splitlines()
    assert len(warnings) == 3 and all("cannot write the checkpoint" in line for line in warnings)
    assert "cannot write the model" in last and last.endswith("the same command with --resume ends it")
    assert load_model(roomy).provenance["steps"] == 2 and checkpoint_path(out).read_bytes() == kept
    assert {path.name for path in out.parent.iterdir()} == {"kicks", roomy.name, checkpoint_path(out).name}


def test_a_stopped_run_that_cannot_be_kept_is_said(folder: Path, out: Path, options: TrainOptions) -> None:
    (checkpoint_path(out) / "in the way").mkdir(parents=True)
    halt = Halt(2)
    with pytest.raises(ModelError, match="cannot write the checkpoint"):
        train(folder, out, options, halt, halt.stop)


def test_polishing_trains_the_decoder_alone(folder: Path, out: Path, options: TrainOptions) -> None:
    train(folder, out, replace(options, steps=2))
    better = out.with_name("better.safetensors")
    train(folder, better, replace(options, steps=3, polish=out, config=VaeConfig(), synthetic=0.0, augment=False))
    before, after = load_file(out), load_file(better)
    weights = [name for name in before if "/" not in name]
    assert {name.split(".")[0] for name in weights if not torch.equal(before[name], after[name])} == {"decoder"}


def test_a_polished_model_owes_what_its_base_owed_and_stays_weaned(
    folder: Path, out: Path, options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(folder, out, replace(options, steps=2))
    base, owing = out.with_name("base.safetensors"), {"somebody": {"licence": "CC-BY-4.0", "count": 3}}
    save_model(replace(load_model(out), name="base", credits=owing), base)
    weaned: list[float] = []
    monkeypatch.setattr(Vae, "wean", lambda _, spent: weaned.append(spent))
    train(folder, out.with_name("better.safetensors"), replace(options, steps=2, polish=base))
    better = load_model(out.with_name("better.safetensors"))
    assert better.credits == owing and better.provenance["polished"]["name"] == "base" and weaned == [1.0, 1.0]


def test_polishing_goes_on_after_a_stop(folder: Path, out: Path, options: TrainOptions) -> None:
    train(folder, out, replace(options, steps=2))
    polish = replace(options, steps=4, polish=out)
    better, again = out.with_name("better.safetensors"), out.with_name("again.safetensors")
    halt = Halt(2)
    train(folder, better, polish)
    train(folder, again, polish, halt, halt.stop)
    with pytest.raises(UsageError, match="another part of the network"):
        train(folder, again, replace(options, resume=True))
    train(folder, again, replace(polish, resume=True))
    whole, halves = load_file(better), load_file(again)
    assert all(torch.equal(whole[name], halves[name]) for name in whole)
