"""The command line: one function per command, the only place that prints."""

import argparse
import json
import logging
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from latentaudio import __version__
from latentaudio.config import FACTORY_MODEL
from latentaudio.errors import LatentAudioError

OSC_PORT = 9000
SHOWN = 10  # files of a kind, where a list may be long


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, 1 for a failure, 2 for bad usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(words)
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
    from latentaudio.daemon import Daemon, Settings

    settings = Settings(
        model=options.model, mappings=tuple(options.mapping), audio=options.audio,
        sample_rate=options.sample_rate, block_size=options.block_size,
        outputs=options.outputs, midi=tuple(options.midi), midi_api=options.midi_api,
        osc_port=options.osc_port, lan=options.lan, trigger_offset_ms=options.trigger_offset,
        device=options.device, record=options.record, demo=options.demo, seed=options.seed,
    )  # fmt: skip
    with Daemon(settings) as daemon:
        print(daemon.banner(), flush=True)
        daemon.run(options.seconds)


def train(options: argparse.Namespace) -> None:
    """Train a model on a folder of one-shots, with a progress bar; Ctrl-C stops cleanly."""
    from tqdm import tqdm

    from latentaudio.core import training
    from latentaudio.core.manifest import matching
    from latentaudio.core.recipe import load_recipe
    from latentaudio.core.state import checkpoint_path

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    recipe = load_recipe(options.recipe).override(
        steps=options.steps, minutes=options.minutes, batch=options.batch, seconds=options.seconds,
        synthetic=options.synthetic, learning_rate=options.learning_rate,
    )  # fmt: skip
    settings = recipe.options(
        seed=options.seed, device=options.device, resume=options.resume,
        select=matching(options.folder, options.only), name=options.name or "",
        command=shlex.join(["latentaudio", *options.command]),
    )  # fmt: skip
    with tqdm(unit="step", dynamic_ncols=True) as bar:

        def progress(now: training.Progress) -> None:
            bar.total, bar.n = now.steps, now.step
            losses = {name: f"{value:.3f}" for name, value in now.losses.items()}
            memory = {"memory": f"{now.peak_memory_mb:.0f} MB"} if now.peak_memory_mb else {}
            bar.set_postfix({**losses, **memory}, refresh=True)

        training.train(options.folder, options.out, settings, progress, stop)
    if not checkpoint_path(options.out).exists():  # it stays until the model is written
        print(f"{options.out} is ready: latentaudio play --model {options.out}")
    else:
        print("stopped; the same command with --resume goes on")


def prepare(options: argparse.Namespace) -> None:
    """Make one-shots for training of a folder of sounds: mono FLAC, aligned, levelled, without near-duplicates."""
    from latentaudio.core.prepare import prepare as run
    from latentaudio.core.prepare_sound import Treatment

    treatment = Treatment(options.rate, options.seconds, options.bits, options.polarity)
    with _files() as progress:
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

    if options.picture:
        check_picture(options.picture)
    with _files() as progress:
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
        print(f"{finding.severity:<8} {finding.check:<15} {finding.file:<{width}}  {finding.detail}")
    counts = ", ".join(f"{number} {check}" for check, number in found.counts.items())
    print(f"{len(found.sounds)} files: {counts or 'nothing found'}")
    return int(options.strict and bool(found.findings))


@contextmanager
def _files() -> Iterator[Callable[[int, int], None]]:
    """A progress bar of files, on standard error."""
    from tqdm import tqdm

    with tqdm(unit="file", dynamic_ncols=True, leave=False, disable=None) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield progress


def reconstruct(options: argparse.Namespace) -> None:
    """Encode and decode sounds."""
    from latentaudio.offline import reconstruct as run

    for path in run(options.model, options.input, options.output, options.device):
        print(path)


def evaluate(options: argparse.Namespace) -> None:
    """Say in numbers how good a model is: reconstruction, draws, latent space, speed."""
    from dataclasses import asdict

    from tqdm import tqdm

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
    with tqdm(unit="part", dynamic_ncols=True, leave=False) as bar:

        def progress(what: str, done: int, count: int) -> None:
            bar.n, bar.total = done, count
            bar.set_description(what)

        evaluation = evaluate_model(subject, progress)
    print(json.dumps(asdict(evaluation)) if options.json else "\n".join(table(evaluation)))
    if options.picture:
        write_picture(options.picture, subject, evaluation)


def render(options: argparse.Namespace) -> None:
    """Write draws, or the default kit as the mixer plays it."""
    from latentaudio.offline import write_draws, write_kit, write_pads

    if options.kit:
        paths = write_kit(options.model, options.out, options.device)
    elif options.pads:
        paths = write_pads(options.model, options.out, options.sample_rate, options.device)
    else:
        paths = write_draws(options.model, options.out, options.draws, options.temperature, options.seed,
                            options.sample_rate, options.device)  # fmt: skip
    for path in paths:
        print(path)


def export(options: argparse.Namespace) -> None:
    """Write a model for other programs: TorchScript for nn~ in Max and Pure Data, ONNX of the decoder."""
    from latentaudio.core.checkpoint import load_model
    from latentaudio.core.export import export_onnx, export_torchscript

    write = {"torchscript": export_torchscript, "onnx": export_onnx}[options.to]
    write(load_model(options.model), options.out)
    print(options.out)


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
    """Send one OSC message and show what comes back."""
    failed = False
    with _remote(options) as remote:
        remote.send(options.address, *map(_argument, options.arguments))
        for address, values in remote.messages(options.wait):
            print(address, *values)
            failed = failed or address in {"/la/error", "/la/fail"}
    return int(failed)


def monitor(options: argparse.Namespace) -> None:
    """Show every message that reaches the daemon, and what it did."""
    with _remote(options) as remote:
        while True:
            remote.send("/la/monitor", 1)  # again and again: a silent client is dropped
            for address, values in remote.messages(5.0):
                if address == "/la/monitor" and len(values) == 3:
                    row = dict(zip(("origin", "message", "effect"), values, strict=True))
                    line = "{origin:<24} {message:<32} {effect}".format(**row)
                    print(json.dumps(row) if options.json else line, flush=True)


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


def _channels(text: str) -> tuple[int, ...]:
    """`3,4` as channel numbers; an even count, each from 1 on."""
    try:
        channels = tuple(int(part) for part in text.split(","))
    except ValueError:
        channels = ()
    if not channels or len(channels) % 2 or min(channels) < 1 or len(set(channels)) < len(channels):
        raise argparse.ArgumentTypeError(f"'{text}' is not pairs of channels such as 1,2 or 3,4,5,6")
    return channels


def _number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number from {low:g} to {high:g}")
        return value

    return read


def _parser() -> argparse.ArgumentParser:
    parser = _command_parser(argparse.ArgumentParser, prog="latentaudio", description=(
        "A neural drum instrument: play and move through a learned space of one-shots."))  # fmt: skip
    parser.add_argument("--version", action="version", version=f"latentaudio {__version__}")
    parser.add_argument("--log", default="info", choices=["debug", "info", "warning", "error"],
                        help="how much to tell on standard error")  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_play, _add_train, _add_dataset, _add_evaluate, _add_reconstruct, _add_render, _add_export,
                _add_devices, _add_remote):  # fmt: skip
        add(commands)
    return parser


def _command_parser(make: Callable[..., argparse.ArgumentParser], *names: str, examples: str = "",
                    **more: Any) -> argparse.ArgumentParser:  # fmt: skip
    epilog = f"examples:\n{examples}" if examples else None
    return make(*names, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter, **more)


def _add(
    commands: Any, name: str, run: Callable[[argparse.Namespace], object], examples: str
) -> argparse.ArgumentParser:
    parser = _command_parser(commands.add_parser, name, help=_sentence(run), description=_sentence(run),
                             examples=examples)  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def _sentence(run: Callable[[argparse.Namespace], object]) -> str:
    return (run.__doc__ or "").splitlines()[0]


def _add_play(commands: Any) -> None:
    add = _add(
        commands,
        "play",
        play,
        """\
  latentaudio play --demo                       a groove, with no controller at hand
  latentaudio play --midi LPD8 --mapping akai-lpd8
  latentaudio play --audio jack --block-size 64 --record set.wav""",
    ).add_argument
    add("--model", type=Path, default=FACTORY_MODEL, help="model to play (default: the factory kicks)")
    add(
        "--mapping",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="what controls what; may be given again, later ones win (default: by MIDI port, else 'default')",
    )
    add(
        "--audio",
        metavar="DEVICE|null",
        help="part of the name of a device or host API; null plays to no card",
    )
    add("--sample-rate", type=_number(int, 8000, 192000), metavar="N", help="Hz (default: the device's own)")
    add("--block-size", type=_number(int, 16, 8192), metavar="N", help="frames (default: the device's own)")
    add(
        "--outputs",
        type=_channels,
        default=(1, 2),
        metavar="1,2",
        help="device channels, one pair or more (default: 1,2)",
    )
    add(
        "--midi",
        action="append",
        default=[],
        metavar="PORT|all|none",
        help="part of a port's name, or a pattern; may be given again (default: all)",
    )
    add(
        "--midi-api",
        choices=["alsa", "jack", "core", "winmm"],
        help="MIDI system (default: the system's own)",
    )
    _add_port(add)
    add("--lan", action="store_true", help="listen to OSC from other machines too")
    add(
        "--trigger-offset",
        type=_number(float, 0, 100),
        metavar="MS",
        help="constant time from a note's arrival to its sound; 0: the next block (default: one block)",
    )
    _add_device(add)
    add("--record", type=Path, metavar="FILE", help="write what is heard to a .wav or .flac file")
    add("--demo", action="store_true", help="play a groove")
    add("--seed", type=int, metavar="N", help="make draws repeatable")
    add("--for", type=_number(float, 0, 1e9), dest="seconds", metavar="SECONDS", help="stop after so long")


def _add_train(commands: Any) -> None:
    add = _add(
        commands,
        "train",
        train,
        """\
  latentaudio train my-kicks/ --out my.safetensors
  latentaudio train my-kicks/ --out my.safetensors --minutes 30 --resume
  latentaudio train my-kicks/ --out my.safetensors --recipe quality --batch 32
  latentaudio train corpus/ --only class=kick --only shippable=yes --out kicks.safetensors""",
    ).add_argument
    add("folder", type=Path, help="folder of one-shots; subfolders are groups")
    add("--out", type=Path, required=True, metavar="MODEL", help="the .safetensors file to make")
    add(
        "--recipe",
        default="balanced",
        metavar="NAME|FILE",
        help="fast, balanced, quality, diverse, original, or a .yaml file of your own (default: balanced); the options "
        "below change what it says",
    )
    add("--minutes", type=_number(float, 0.01, 1e5), help="how long to train (balanced: 10)")
    add("--steps", type=_number(int, 1, 10**8), help="how many steps to train instead")
    add("--batch", type=_number(int, 1, 4096), help="sounds a step (balanced: 32)")
    add("--seconds", type=_number(float, 0.25, 4.0), help="length of a sound (balanced: 1)")
    add(
        "--synthetic",
        type=_number(float, 0.0, 1.0),
        metavar="SHARE",
        help="share of synthetic kicks among the sounds of a step; they never are in the model (balanced: 0.5)",
    )
    add(
        "--learning-rate",
        type=_number(float, 1e-6, 0.1),
        metavar="R",
        help="lower it where training diverges (balanced: 0.0008)",
    )
    _add_only(add)
    add("--name", help="name of the model (default: the file's)")
    add("--seed", type=int, default=0, help="of everything random (default: 0)")
    add("--resume", action="store_true", help="go on from the checkpoint beside the model")
    _add_device(add)


def _add_dataset(commands: Any) -> None:
    dataset = commands.add_parser("dataset", help="Make and examine folders of one-shots.")
    parts = dataset.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_prepare, _add_audit, _add_synth):
        add(parts)


def _add_prepare(parts: Any) -> None:
    add = _add(
        parts,
        "prepare",
        prepare,
        """\
  latentaudio dataset prepare my-kicks/ prepared/
  latentaudio dataset prepare my-kicks/ prepared/ --rate 48000 --bits 24 --seconds 1.5

OUT gets a FLAC file for every sound, in the same sub-folders (its groups), a manifest.csv of what was done and a
skipped.csv of what is not there, and why. IN is never written to. The same command goes on after a stop.""",
    ).add_argument
    add("input", type=Path, metavar="IN", help="folder of sounds; sub-folders are groups")
    add("out", type=Path, metavar="OUT", help="folder to make, outside of IN")
    add("--rate", type=_number(int, 8000, 192000), default=44100, metavar="N", help="Hz (default: 44100)")
    add("--seconds", type=_number(float, 0.05, 30.0), default=4.0, help="longest, faded at the end (default: 4)")
    add("--bits", type=int, choices=[16, 24], default=16, help="of a sample (default: 16)")
    add(
        "--polarity",
        action="store_true",
        help="flip what begins downwards; off by default, as it destroys the phase relations between the layers, "
        "microphones and velocities of a drum",
    )
    add(
        "--duplicates",
        type=_number(float, 0.9, 1.0),
        default=0.995,
        metavar="R",
        help="correlation of log-mel above which two sounds count as one; 1 keeps all (default: 0.995)",
    )
    add("--overwrite", action="store_true", help="make what is there anew")
    _add_jobs(add)


def _add_synth(parts: Any) -> None:
    add = _add(
        parts,
        "synth",
        synth,
        """\
  latentaudio dataset synth --count 1000 --out synthetic/
  latentaudio dataset synth --count 64 --seed 7 --seconds 0.5 --out short/

The same seed makes the same kicks. They are nobody's: CC0-1.0.""",
    ).add_argument
    add("--count", type=_number(int, 1, 99999), required=True, metavar="N", help="how many kicks")
    add("--seed", type=_number(int, 0, 2**63 - 1), default=0, help="of everything random (default: 0)")
    add("--out", type=Path, required=True, metavar="FOLDER", help="folder to make")
    add("--seconds", type=_number(float, 0.25, 4.0), default=1.0, help="length of a kick (default: 1)")


def _add_audit(parts: Any) -> None:
    add = _add(
        parts,
        "audit",
        audit,
        """\
  latentaudio dataset audit my-kicks/
  latentaudio dataset audit my-kicks/ --picture audit.png --csv audit.csv
  latentaudio dataset audit prepared/ --strict --json""",
    ).add_argument
    add("folder", type=Path, help="folder of sounds")
    add("--json", action="store_true", help="for programs: one object with every finding")
    add("--csv", type=Path, metavar="FILE", help="write a row of measurements for every file")
    add("--picture", type=Path, metavar="FILE.png", help="draw the folder, its findings and the worst files")
    add("--strict", action="store_true", help="exit with 1 where anything is found")
    _add_jobs(add)


def _add_jobs(add: Callable[..., object]) -> None:
    add("--jobs", type=_number(int, 1, 256), metavar="N", help="processes (default: up to one a core)")


def _add_reconstruct(commands: Any) -> None:
    add = _add(
        commands,
        "reconstruct",
        reconstruct,
        """\
  latentaudio reconstruct my.safetensors kick.wav heard.wav
  latentaudio reconstruct my.safetensors my-kicks/ heard/""",
    ).add_argument
    add("model", type=Path)
    add("input", type=Path, metavar="IN", help="a sound, or a folder of sounds")
    add("output", type=Path, metavar="OUT", help="a .wav file, or a folder for <same stem>.wav")
    _add_device(add)


def _add_evaluate(commands: Any) -> None:
    add = _add(
        commands,
        "evaluate",
        evaluate,
        """\
  latentaudio evaluate my.safetensors my-kicks/
  latentaudio evaluate my.safetensors my-kicks/ --json --picture my-kicks.png""",
    ).add_argument
    add("model", type=Path)
    add("folder", type=Path, help="of one-shots; without a manifest.csv those the model learned from are told by name")
    _add_only(add)
    add("--json", action="store_true", help="for programs")
    add("--picture", type=Path, metavar="FILE.png", help="draw spectrograms, the map and the figures too")
    add("--seed", type=int, default=0, help="of the draws (default: 0)")
    _add_device(add)


def _add_render(commands: Any) -> None:
    add = _add(
        commands,
        "render",
        render,
        """\
  latentaudio render --draws 16 --out new-kicks/
  latentaudio render my.safetensors --pads --out kit/""",
    ).add_argument
    add("model", type=Path, nargs="?", default=FACTORY_MODEL)
    add("--out", type=Path, required=True, metavar="FOLDER")
    add("--pads", action="store_true", help="01.wav … 16.wav as the mixer plays the pads at full velocity")
    add("--kit", action="store_true", help="01.flac … 16.flac, the default kit as rendered, before the mixer")
    add("--draws", type=_number(int, 1, 10000), default=16, metavar="N", help="how many draws (default: 16)")
    add("--temperature", type=_number(float, 0.1, 3.0), default=1.0, help="0.1 to 3 (default: 1)")
    add("--seed", type=int, default=0, help="of the draws (default: 0)")
    add("--sample-rate", type=_number(int, 8000, 192000), default=44100, metavar="N")
    _add_device(add)


def _add_export(commands: Any) -> None:
    add = _add(
        commands,
        "export",
        export,
        """\
  latentaudio export my.safetensors --to torchscript my.ts     in Max or Pd: nn~ my.ts decode
  latentaudio export my.safetensors --to onnx my.onnx          z [batch, dims] to audio [batch, frames]""",
    ).add_argument
    add("model", type=Path, metavar="MODEL")
    add("--to", choices=["torchscript", "onnx"], required=True)
    add("out", type=Path, metavar="OUT", help="the file to make; nn~ wants a name that ends in .ts")


def _add_devices(commands: Any) -> None:
    add = _add(commands, "devices", devices, "  latentaudio devices --midi-api jack").add_argument
    add("--midi-api", choices=["alsa", "jack", "core", "winmm"])


def _add_remote(commands: Any) -> None:
    add = _add(commands, "status", status, "  latentaudio status --json").add_argument
    _add_host(add)
    add("--json", action="store_true", help="for programs")
    add = _add(
        commands,
        "send",
        send,
        """\
  latentaudio send /la/trigger
  latentaudio send /la/latent/3 0.7
  latentaudio send /la/master/level             asks""",
    ).add_argument
    add("address")
    add("arguments", nargs="*")
    add("--wait", type=_number(float, 0, 60), default=0.3, help="seconds to listen for answers (default: 0.3)")
    _add_host(add)
    add = _add(commands, "monitor", monitor, "  latentaudio monitor").add_argument
    _add_host(add)
    add("--json", action="store_true", help="one JSON object a line")


def _add_only(add: Callable[..., object]) -> None:
    add(
        "--only",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="use only such rows of the folder's manifest.csv; may be given again",
    )


def _add_host(add: Callable[..., object]) -> None:
    add("--host", default="127.0.0.1", help="where the daemon runs (default: here)")
    _add_port(add)


def _add_port(add: Callable[..., object]) -> None:
    add("--osc-port", type=_number(int, 0, 65535), default=OSC_PORT, metavar="N", help="default: 9000")


def _add_device(add: Callable[..., object]) -> None:
    add(
        "--device",
        choices=["auto", "cuda", "mps", "cpu"],
        default="auto",
        help="what computes (default: the best)",
    )
