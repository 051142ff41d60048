"""The command line: one function per command, the only place that prints."""

import argparse
import json
import logging
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from latentaudio.arguments import parser
from latentaudio.arguments_render import settle
from latentaudio.errors import LatentAudioError, UsageError

SHOWN = 10  # files of a kind, where a list may be long


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, 1 for a failure, 2 for bad usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = parser(COMMANDS).parse_args(words)
    options.command = words
    logging.basicConfig(level=options.log.upper(), format="latentaudio: %(message)s", stream=sys.stderr)
    try:
        return int(options.run(options) or 0)
    except LatentAudioError as error:
        print(f"latentaudio: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `latentaudio monitor | head`
        return 0


def play(options: argparse.Namespace) -> None:
    """Start the daemon and play until it is stopped."""
    from latentaudio.linear_algebra import stay_on_one_thread

    stay_on_one_thread()
    from latentaudio.daemon import Daemon
    from latentaudio.settings import Settings

    settings = Settings(
        model=options.model, mappings=tuple(options.mapping), audio=options.audio,
        sample_rate=options.sample_rate, block_size=options.block_size,
        outputs=options.outputs, midi=tuple(options.midi), midi_api=options.midi_api,
        osc_port=options.osc_port, oscquery=options.oscquery, lan=options.lan, trigger_offset_ms=options.trigger_offset,
        device=options.device, record=options.record, demo=options.demo, seed=options.seed,
        lan_full=options.lan_full, preset=options.preset, fresh=options.fresh, sounds=options.sounds,
        sound_memory=options.sound_memory, osc_root=options.osc_prefix,
    )  # fmt: skip
    with Daemon(settings) as daemon:
        print(daemon.banner(), flush=True)
        daemon.run(options.seconds)


def train(options: argparse.Namespace) -> None:
    """Train a model on a folder of one-shots, with a progress bar; Ctrl-C stops cleanly."""
    from latentaudio.core import training
    from latentaudio.core.manifest import matching
    from latentaudio.core.recipe import load_recipe
    from latentaudio.core.team import follows
    from latentaudio.core.telling import closing_lines

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if options.polish and options.seconds:
        raise UsageError("--seconds is that of the model where --polish is given: leave it out")
    recipe = load_recipe(options.recipe or ("polish" if options.polish else "balanced")).override(
        steps=options.steps, minutes=options.minutes, batch=options.batch, seconds=options.seconds,
        synthetic=options.synthetic, learning_rate=options.learning_rate,
    )  # fmt: skip
    logs = None if follows() else _logs(options)
    settings = recipe.options(
        seed=options.seed, device=options.device, resume=options.resume, polish=options.polish,
        select=matching(options.folder, options.only), name=options.name or "",
        command=shlex.join(["latentaudio", *options.command]), report=not options.no_report, logs=logs,
    )  # fmt: skip
    if follows():
        training.train(options.folder, options.out, settings, stop=stop)
        return
    with _viewer(options, logs, stop):
        with _run_bar() as progress:
            finish = training.train(options.folder, options.out, settings, progress, stop, _reading(stop))
        if not finish:
            print("stopped; the same command with --resume goes on")
            return
        print("\n".join(closing_lines(finish, options.out)))


def _logs(options: argparse.Namespace) -> Path | None:
    """The folder of a run's logs: one of its own, but for a run that goes on."""
    from latentaudio.files import unused

    if not options.logs and not options.tensorboard:
        return None
    folder: Path = options.logs / options.out.stem if options.logs else options.out.with_suffix(".logs")
    return folder if options.resume else unused(folder)


@contextmanager
def _viewer(options: argparse.Namespace, logs: Path | None, stop: threading.Event) -> Iterator[None]:
    """TensorBoard beside a run, if asked for; in a terminal it stays after the run, until Ctrl-C."""
    if not options.tensorboard or not logs:
        yield
        return
    from latentaudio.core.viewer import Viewer

    shown = options.logs or logs  # with those of other runs, to compare
    with closing(Viewer(shown)) as viewer:
        print(f"TensorBoard: {viewer.url}", flush=True)
        yield
        if not viewer.alive:
            print("TensorBoard has ended by itself")
        elif sys.stdout.isatty() and not stop.is_set():
            print(f"TensorBoard stays open until Ctrl-C: {viewer.url}")
            stop.wait()
    print(f"to see the logs again: tensorboard --logdir {shlex.quote(str(shown))}")


@contextmanager
def _run_bar() -> Iterator[Callable[[Any], None]]:
    """A progress bar of a training run, on standard error."""
    from tqdm import tqdm

    from latentaudio.core.telling import line

    with tqdm(bar_format="{percentage:3.0f}%|{bar:20}| {desc}", dynamic_ncols=True) as bar:

        def progress(now: Any) -> None:
            bar.total, bar.n = now.steps, now.step
            bar.set_description_str(line(now))

        yield progress


def prepare(options: argparse.Namespace) -> None:
    """Make one-shots for training of a folder of sounds: mono FLAC, aligned, levelled, without near-duplicates."""
    from latentaudio.core.prepare import prepare as run
    from latentaudio.core.prepare_sound import Treatment

    treatment = Treatment(options.rate, options.seconds, options.bits, options.polarity)
    with _counting("file") as progress:
        made = run(options.input, options.out, treatment, options.duplicates, options.overwrite, options.jobs, progress)
    print(f"{made.written:>8}  prepared")
    print(f"{made.found:>8}  there already")
    for title, link, left_out in (("near-duplicates", " is like ", made.duplicates), ("skipped", ": ", made.skipped)):
        print(f"{len(left_out):>8}  {title}")
        for file, reason in left_out[:SHOWN]:
            print(f"{'':>10}{file}{link}{reason}")
        if len(left_out) > SHOWN:
            print(f"{'':>10}and {len(left_out) - SHOWN} more in {options.out / 'skipped.csv'}")
    print(f"{options.out} is ready: latentaudio train {options.out} --out MODEL")


def synth(options: argparse.Namespace) -> None:
    """Make synthetic kicks: WAV files, and a manifest of what each is made of."""
    from tqdm import tqdm

    from latentaudio.core.synth_folder import write_kicks
    from latentaudio.core.vae import VaeConfig

    rate = VaeConfig.sample_rate
    kicks = write_kicks(options.out, options.count, options.seed, rate, round(options.seconds * rate))
    for _ in tqdm(kicks, total=options.count, unit="kick", dynamic_ncols=True):
        pass
    print(f"{options.out} holds {options.count} kicks: latentaudio train {options.out} --out MODEL")


def audit(options: argparse.Namespace) -> int:
    """Find what is wrong with a folder of one-shots; nothing is changed."""
    from latentaudio.core.audit import audit as run
    from latentaudio.core.audit_picture import write_picture
    from latentaudio.core.audit_report import as_json, write_csv
    from latentaudio.core.picture import check_picture
    from latentaudio.core.sounds import shown

    if options.picture:
        check_picture(options.picture)
    with _counting("file") as progress:
        found = run(options.folder, options.jobs, progress)
    if options.csv:
        write_csv(found, options.csv)
    if options.picture:
        write_picture(found, options.picture)
    if options.json:
        print(as_json(found))
        return int(options.strict and bool(found.findings))
    width = max((len(finding.file) for finding in found.findings), default=0)
    for finding in found.findings:
        print(f"{finding.severity:<8} {finding.check:<15} {shown(finding.file):<{width}}  {finding.detail}")
    counts = ", ".join(f"{number} {check}" for check, number in found.counts.items())
    print(f"{len(found.sounds)} files: {counts or 'nothing found'}")
    return int(options.strict and bool(found.findings))


@contextmanager
def _counting(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar of files or other things, on standard error."""
    from tqdm import tqdm

    with tqdm(unit=unit, dynamic_ncols=True, leave=False, disable=None) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield progress


@contextmanager
def _parts(unit: str, shown: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar of several things one after another, on standard error: what, how many are done, of how many."""
    from tqdm import tqdm

    with tqdm(unit=unit, dynamic_ncols=True, leave=False, disable=not shown) as bar:

        def progress(what: str, done: int, count: int) -> None:
            bar.n, bar.total = done, count
            bar.set_description(what)

        yield progress


def _reading(stop: threading.Event) -> Callable[[int, int], None]:
    """A progress bar of the sounds that are read before a run; ends the command where `stop` is set meanwhile."""
    from tqdm import tqdm

    bar = tqdm(desc="reading", unit=" sounds", dynamic_ncols=True, leave=False, disable=None, delay=1.0)

    def reading(done: int, of: int) -> None:
        bar.total = of
        bar.update()
        if done == of or stop.is_set():
            bar.close()
        if stop.is_set():
            raise KeyboardInterrupt

    return reading


def reconstruct(options: argparse.Namespace) -> None:
    """Encode and decode sounds, or find what sounds closest to them."""
    from tqdm import tqdm

    from latentaudio.offline import reconstruct as run

    with _parts("step", shown=bool(options.match)) as progress:
        for path in run(options.model, options.input, options.output, options.device, options.match, progress):
            tqdm.write(str(path))


def evaluate(options: argparse.Namespace) -> None:
    """Say in numbers how good a model is: reconstruction, draws, latent space, speed."""
    from dataclasses import asdict

    from latentaudio.core.evaluate_model import evaluate_model
    from latentaudio.core.evaluate_subject import prepare
    from latentaudio.core.evaluate_table import table
    from latentaudio.core.manifest import matching
    from latentaudio.core.picture import check_picture, write_picture
    from latentaudio.offline import draw_points

    if options.picture:
        check_picture(options.picture)
    subject = prepare(options.model, options.folder, matching(options.folder, options.only), options.device,
                      lambda count: draw_points(options.model, count, seed=options.seed))  # fmt: skip
    with _parts("part") as progress:
        evaluation = evaluate_model(subject, progress)
    print(json.dumps(asdict(evaluation)) if options.json else "\n".join(table(evaluation)))
    if options.picture:
        write_picture(options.picture, subject, evaluation)


def picture(options: argparse.Namespace) -> None:
    """Draw a model's map: every sound by what it is like, the kit's numbered."""
    from latentaudio.core.map_picture import draw_map

    draw_map(options.model, options.out, options.measure)


def render(options: argparse.Namespace) -> None:
    """Write draws, morphs, walks, variations or a kit as sound files."""
    from tqdm import tqdm

    from latentaudio.offline_command import rendering

    count, paths = rendering(options, settle(options))
    for path in tqdm(paths, total=count, unit=" sounds", dynamic_ncols=True, leave=False, disable=None):
        tqdm.write(str(path))


def export(options: argparse.Namespace) -> None:
    """Write a model for other programs: TorchScript for nn~ in Max and Pure Data, ONNX of the decoder."""
    from latentaudio.core.checkpoint import load_model
    from latentaudio.core.export import export_onnx, export_torchscript

    write = {"torchscript": export_torchscript, "onnx": export_onnx}[options.to]
    write(load_model(options.model), options.out)
    print(options.out)


def surface(options: argparse.Namespace) -> None:
    """Make a surface to play from: for TouchOSC, Open Stage Control, Pure Data, Max or Max for Live."""
    from latentaudio.surface.formats import Place
    from latentaudio.surface.make import make_surface

    place = Place(options.host, options.osc_port, options.osc_prefix)
    mappings = options.mapping or ["default"]
    advice = make_surface(options.kind, options.out, mappings, options.model, options.device, place)
    print(advice)


def devices(options: argparse.Namespace) -> None:
    """List audio devices and MIDI ports."""
    from latentaudio.control.midi import list_ports
    from latentaudio.engine.devices import list_devices

    for title, listing in (
        ("audio outputs", list_devices),
        ("MIDI inputs", lambda: list_ports(options.midi_api)),
    ):
        print(f"{title}:")
        try:
            rows = [str(row) for row in listing()]
        except LatentAudioError as error:
            rows = [f"none: {error}"]
        print("\n".join(f"  {row}" for row in rows) or "  none")


def doctor(options: argparse.Namespace) -> int:
    """Check sound card, MIDI, OSC, decoder, priorities and disk; say what is wrong and what helps."""
    from dataclasses import asdict

    from latentaudio.doctor import Case, examine

    case = Case(options.audio, options.midi_api, options.osc_port, options.model, options.device, options.loopback,
                options.seconds)  # fmt: skip
    findings = []
    for finding in examine(case):
        findings.append(finding)
        if not options.json:
            print(finding, flush=True)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings]))
    return int(any(finding.level == "problem" for finding in findings))


def status(options: argparse.Namespace) -> None:
    """Show how a running daemon is."""
    with _remote(options) as remote:
        report = remote.ask("/la/status", reply="/la/status/json")[0]
    if options.json:
        print(report)
        return
    for section, content in json.loads(report).items():
        line = content if not isinstance(content, dict) else _flat(content)
        print(f"{section:>10}  {line}")


def send(options: argparse.Namespace) -> int:
    """Send one OSC message and show what comes back; what takes its time is waited for."""
    if not options.address.startswith("/"):
        raise UsageError(f"an OSC address begins with '/'; did you mean '/{options.address}'?")
    from latentaudio.control.remote import ORDERED

    failed = False
    with _remote(options) as remote:
        if options.address in ORDERED:
            with _counting("") as progress:
                values = remote.order(options.address, *options.arguments, progress=progress)
            print(f"{options.address} is done{': ' if values else ''}{', '.join(map(str, values))}")
            return 0
        remote.send(options.address, *map(_argument, options.arguments))
        for address, values in remote.messages(options.wait):
            print(address, *values)
            failed = failed or address.endswith(("/error", "/fail"))  # under whatever root
    return int(failed)


def monitor(options: argparse.Namespace) -> None:
    """Show every message that reaches the daemon, and what it did or why nothing, until Ctrl-C."""
    from dataclasses import asdict

    from latentaudio.control.watch import HEADER, watch

    if sys.stdout.isatty() and not options.json:
        print(HEADER)
    with _remote(options) as remote, suppress(KeyboardInterrupt), closing(watch(remote)) as rows:
        for row in rows:
            print(json.dumps(asdict(row)) if options.json else row, flush=True)


def learn(options: argparse.Namespace) -> None:
    """Bind the next control that moves to a parameter or an action, and write it into a mapping."""
    from latentaudio.control.learn import check_target, listen
    from latentaudio.control.learn_file import in_use, place_for, save, taken

    check_target(options.parameter)
    with _remote(options) as remote:
        before = in_use(remote)
        place_for(options.mapping, before.files, "")  # a name that does not exist is told before anything is moved
        print(f"move what shall move {options.parameter}, an encoder to and fro (Ctrl-C gives up)", flush=True)
        learnt = listen(remote, options.parameter, options.seconds, lambda text: print(text, flush=True))
        saved = save(learnt, place_for(options.mapping, before.files, learnt.moved.port))
        instead = "".join(f", instead of {old}" for old in saved.replaced if old != options.parameter)
        print(f"{learnt} moves {options.parameter}{instead}")
        if saved.copied:
            print(f"{saved.copied.name} is shipped: your own copy stands for it from now on")
        is_taken = taken(remote, saved, before)
    print(f"saved in {saved.path}" + (", and played by" if is_taken else ""))
    if not is_taken:
        print(f"no daemon plays by it yet: latentaudio play --mapping {shlex.quote(str(saved.path))}")


def map_check(options: argparse.Namespace) -> int:
    """Say what mapping files bind, and what is wrong or doubtful about them."""
    from dataclasses import asdict

    from latentaudio.config import find_mapping
    from latentaudio.control.map_check import check

    checked = check([find_mapping(name) for name in options.files])
    if options.json:
        print(json.dumps(asdict(checked)))
        return int(bool(checked.errors))
    for row in checked.rows:
        note = f"replaced by {row.replaced_by}" if row.replaced_by else row.how
        place = f"{row.file}:{row.line}"
        print(f"{place:<32} {row.control:<14} {row.channel:>3}  {row.to:<24} {note}".rstrip())
    for title, sentences in (("doubtful", checked.warnings), ("wrong", checked.errors)):
        for sentence in sentences:
            print(f"{title}: {sentence}")
    if not checked.errors:
        print(f"{len(checked.rows)} bindings, {len(checked.warnings) or 'nothing'} doubtful")
    return int(bool(checked.errors))


def _remote(options: argparse.Namespace) -> Any:
    from latentaudio.control.remote import Remote

    return Remote(options.host, options.osc_port)


def _flat(content: dict[str, Any]) -> str:
    parts = (f"{key} ({_flat(value)})" if isinstance(value, dict) else f"{key} {_short(value)}"
             for key, value in content.items())  # fmt: skip
    return ", ".join(parts)


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "none" if not value else " + ".join(map(str, value))
    return "none" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _argument(text: str) -> int | float | str:
    """An OSC argument as it was meant: a whole number, a number, or a word."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


_LOCAL = (play, train, prepare, audit, synth, evaluate, reconstruct, picture, render, export, surface, devices, doctor,
          map_check)  # fmt: skip
_REMOTE = (status, send, monitor, learn)
COMMANDS = {run.__name__.replace("_", "-"): run for run in (*_LOCAL, *_REMOTE)}
