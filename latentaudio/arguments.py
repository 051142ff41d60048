"""What the command line takes: one function per command, read by `cli`."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from latentaudio import __version__
from latentaudio.argument_types import add_device, add_prefix, number
from latentaudio.arguments_render import EXAMPLES, add_render
from latentaudio.config import FACTORY_MODEL
from latentaudio.surface.formats import DEVICES, FORMATS

OSC_PORT = 9000
Run = Callable[[argparse.Namespace], object]


def _channels(text: str) -> tuple[int, ...]:
    """`3,4` as channel numbers; an even count, each from 1 on."""
    try:
        channels = tuple(int(part) for part in text.split(","))
    except ValueError:
        channels = ()
    if not channels or len(channels) % 2 or min(channels) < 1 or len(set(channels)) < len(channels):
        raise argparse.ArgumentTypeError(f"'{text}' is not pairs of channels such as 1,2 or 3,4,5,6")
    return channels


def parser(runs: Mapping[str, Run]) -> argparse.ArgumentParser:
    """The parser of every command; `runs` are their functions by name, whose first sentences are the help."""
    parser = _command_parser(argparse.ArgumentParser, prog="latentaudio", description=(
        "A neural drum instrument: play and move through a learned space of one-shots."))  # fmt: skip
    parser.add_argument("--version", action="version", version=f"latentaudio {__version__}")
    parser.add_argument("--log", default="info", choices=["debug", "info", "warning", "error"],
                        help="how much to tell on standard error")  # fmt: skip
    commands = Group(parser.add_subparsers(required=True, metavar="COMMAND"), runs)
    for add in (_add_play, _add_train, _add_dataset, _add_evaluate, _add_reconstruct, _add_render, _add_picture,
                _add_export, _add_surface, _add_devices, _add_doctor, _add_map_check, _add_remote):  # fmt: skip
        add(commands)
    return parser


def _command_parser(make: Callable[..., argparse.ArgumentParser], *names: str, examples: str = "",
                    **more: Any) -> argparse.ArgumentParser:  # fmt: skip
    epilog = f"examples:\n{examples}" if examples else None
    return make(*names, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter, **more)


class Group:
    """Commands beside each other."""

    def __init__(self, parsers: Any, runs: Mapping[str, Run]) -> None:
        self.parsers, self._runs = parsers, runs

    def add(self, name: str, examples: str) -> Callable[..., object]:
        """Add a command; returns what adds its arguments."""
        run = self._runs[name]
        sentence = (run.__doc__ or "").splitlines()[0]
        parser = _command_parser(self.parsers.add_parser, name, help=sentence, description=sentence, examples=examples)
        parser.set_defaults(run=run)
        return parser.add_argument

    def group(self, name: str, sentence: str) -> "Group":
        """Add a command that has commands of its own."""
        parser = self.parsers.add_parser(name, help=sentence, description=sentence)
        return Group(parser.add_subparsers(required=True, metavar="COMMAND"), self._runs)


def _add_play(commands: Group) -> None:
    add = commands.add(
        "play",
        """\
  latentaudio play --demo                       a groove, with no controller at hand
  latentaudio play --midi LPD8 --mapping akai-lpd8
  latentaudio play --audio jack --block-size 64 --record set.wav""",
    )
    add("--model", type=Path, help="model to play (default: the last session's, at first the factory kicks)")
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
    add("--sample-rate", type=number(int, 8000, 192000), metavar="N", help="Hz (default: the device's own)")
    add("--block-size", type=number(int, 16, 8192), metavar="N", help="frames (default: the device's own)")
    add(
        "--outputs",
        type=_channels,
        metavar="1,2",
        help="device channels, one pair or more (default: 1,2)",
    )
    add(
        "--midi",
        action="append",
        default=[],
        metavar="PORT|all|none",
        help="part of a port's name, or a pattern; may be given again (default: all hardware ports; programs' by name)",
    )
    add(
        "--midi-api",
        choices=["alsa", "jack", "core", "winmm"],
        help="MIDI system (default: the system's own)",
    )
    _add_port(add)
    add_prefix(add, "what OSC addresses begin with, beside /la: for two daemons in one set (default: /la)")
    add("--oscquery", type=number(int, 0, 65535), metavar="PORT",
        help="TCP port that tells the OSC addresses; 0: none (default: the OSC port; needs extra net)")  # fmt: skip
    add("--lan", action="store_true", help="listen to OSC from other machines too")
    add("--lan-full", action="store_true", help="let other machines record, and load models, presets and sounds")
    add("--preset", metavar="NAME", help="the preset to start with (default: as the last session ended)")
    add("--fresh", action="store_true", help="start anew; the last session is kept beside it, five of them")
    add("--sounds", type=Path, metavar="FOLDER",
        help="sounds that performers may name, and their recordings (default: LatentAudio in your music)")  # fmt: skip
    add("--sound-memory", type=number(float, 1, 1e6), default=256.0, metavar="MB",
        help="memory for sounds whose points may come back (default: 256)")  # fmt: skip
    add(
        "--trigger-offset",
        type=number(float, 0, 100),
        metavar="MS",
        help="constant time from a note's arrival to its sound; 0: the next block (default: one block)",
    )
    add_device(add)
    add("--record", type=Path, metavar="FILE", help="write what is heard to a .wav or .flac file")
    add("--demo", action="store_true", help="play a groove; the last session stays as it was")
    add("--seed", type=number(int, 0, 2**63 - 1), metavar="N", help="make draws repeatable")
    add("--for", type=number(float, 0, 1e9), dest="seconds", metavar="SECONDS", help="stop after so long")


def _add_train(commands: Group) -> None:
    add = commands.add(
        "train",
        """\
  latentaudio train my-kicks/ --out my.safetensors
  latentaudio train my-kicks/ --out my.safetensors --minutes 30       stopped? the same with --resume goes on
  latentaudio train my-kicks/ --out my.safetensors --recipe quality --batch 32 --tensorboard
  latentaudio train my-kicks/ --out better.safetensors --polish my.safetensors
  latentaudio train corpus/ --only class=kick --only shippable=yes --out kicks.safetensors

Beside the model my.safetensors a run leaves my.png (spectrograms, map, losses) and my.preview.wav (eight draws,
replaced as it goes). Until it ends, my.safetensors.checkpoint holds its state.""",
    )
    add("folder", type=Path, help="folder of one-shots; subfolders are groups")
    add("--out", type=Path, required=True, metavar="MODEL", help="the .safetensors file to make")
    add(
        "--recipe",
        metavar="NAME|FILE",
        help="fast, balanced, quality, diverse, original, polish, or a .yaml file of your own (default: balanced, or "
        "polish with --polish); the options below change what it says",
    )
    add("--minutes", type=number(float, 0.01, 1e5), help="how long to train (balanced: 10)")
    add("--steps", type=number(int, 1, 10**8), help="how many steps to train instead")
    add("--batch", type=number(int, 1, 4096), help="sounds a step (balanced: 32)")
    add("--seconds", type=number(float, 0.25, 4.0), help="length of a sound (balanced: 1)")
    add(
        "--synthetic",
        type=number(float, 0.0, 1.0),
        metavar="SHARE",
        help="share of synthetic kicks among the sounds of a step; they never are in the model (balanced: 0.5)",
    )
    add(
        "--learning-rate",
        type=number(float, 1e-6, 0.1),
        metavar="R",
        help="lower it where training diverges (balanced: 0.0008)",
    )
    add(
        "--polish",
        type=Path,
        metavar="MODEL",
        help="begin with a finished model and train its decoder alone, on real sounds at a small rate",
    )
    add("--tensorboard", action="store_true", help="write logs and watch them in a browser while it trains")
    add("--logs", type=Path, metavar="FOLDER", help="write TensorBoard's logs to FOLDER/<name of the model>")
    add("--no-report", action="store_true", help="leave neither a picture nor a preview beside the model")
    _add_only(add)
    add("--name", help="name of the model (default: the file's)")
    add("--seed", type=number(int, 0, 2**63 - 1), default=0, help="of everything random (default: 0)")
    add("--resume", action="store_true", help="go on from the checkpoint beside the model")
    add_device(add)


def _add_dataset(commands: Group) -> None:
    parts = commands.group("dataset", "Make and examine folders of one-shots.")
    for add in (_add_prepare, _add_audit, _add_synth):
        add(parts)


def _add_prepare(parts: Group) -> None:
    add = parts.add(
        "prepare",
        """\
  latentaudio dataset prepare my-kicks/ prepared/
  latentaudio dataset prepare my-kicks/ prepared/ --rate 48000 --bits 24 --seconds 1.5

OUT gets a FLAC file for every sound, in the same sub-folders (its groups), a manifest.csv of what was done and a
skipped.csv of what is not there, and why. IN is never written to. The same command goes on after a stop.""",
    )
    add("input", type=Path, metavar="IN", help="folder of sounds; sub-folders are groups")
    add("out", type=Path, metavar="OUT", help="folder to make, outside of IN")
    add("--rate", type=number(int, 8000, 192000), default=44100, metavar="N", help="Hz (default: 44100)")
    add("--seconds", type=number(float, 0.05, 30.0), default=4.0, help="longest, faded at the end (default: 4)")
    add("--bits", type=int, choices=[16, 24], default=16, help="of a sample (default: 16)")
    add(
        "--polarity",
        action="store_true",
        help="flip what begins downwards; off by default, as it destroys the phase relations between the layers, "
        "microphones and velocities of a drum",
    )
    add(
        "--duplicates",
        type=number(float, 0.9, 1.0),
        default=0.995,
        metavar="R",
        help="correlation of log-mel above which two sounds count as one; 1 keeps all (default: 0.995)",
    )
    add("--overwrite", action="store_true", help="make what is there anew")
    _add_jobs(add)


def _add_synth(parts: Group) -> None:
    add = parts.add(
        "synth",
        """\
  latentaudio dataset synth --count 1000 --out synthetic/
  latentaudio dataset synth --count 64 --seed 7 --seconds 0.5 --out short/

The same seed makes the same kicks. They are nobody's: CC0-1.0.""",
    )
    add("--count", type=number(int, 1, 99999), required=True, metavar="N", help="how many kicks")
    add("--seed", type=number(int, 0, 2**63 - 1), default=0, help="of everything random (default: 0)")
    add("--out", type=Path, required=True, metavar="FOLDER", help="folder to make")
    add("--seconds", type=number(float, 0.25, 4.0), default=1.0, help="length of a kick (default: 1)")


def _add_audit(parts: Group) -> None:
    add = parts.add(
        "audit",
        """\
  latentaudio dataset audit my-kicks/
  latentaudio dataset audit my-kicks/ --picture audit.png --csv audit.csv
  latentaudio dataset audit prepared/ --strict --json""",
    )
    add("folder", type=Path, help="folder of sounds")
    add("--json", action="store_true", help="for programs: one object with every finding")
    add("--csv", type=Path, metavar="FILE", help="write a row of measurements for every file")
    add("--picture", type=Path, metavar="FILE.png", help="draw the folder, its findings and the worst files")
    add("--strict", action="store_true", help="exit with 1 where anything is found")
    _add_jobs(add)


def _add_jobs(add: Callable[..., object]) -> None:
    add("--jobs", type=number(int, 1, 256), metavar="N", help="processes (default: up to one a core)")


def _add_reconstruct(commands: Group) -> None:
    add = commands.add(
        "reconstruct",
        """\
  latentaudio reconstruct my.safetensors kick.wav heard.wav
  latentaudio reconstruct my.safetensors my-kicks/ heard/
  latentaudio reconstruct my.safetensors kick.wav closer.wav --match""",
    )
    add("model", type=Path)
    add("input", type=Path, metavar="IN", help="a sound, or a folder of sounds")
    add("output", type=Path, metavar="OUT", help="a .wav file, or a folder for <same stem>.wav")
    add("--match", type=number(int, 1, 100000), nargs="?", const=300, default=0, metavar="STEPS",
        help="search for the point that sounds closest, by so many gradient steps (300)")  # fmt: skip
    add_device(add)


def _add_evaluate(commands: Group) -> None:
    add = commands.add(
        "evaluate",
        """\
  latentaudio evaluate my.safetensors my-kicks/
  latentaudio evaluate my.safetensors my-kicks/ --json --picture my-kicks.png""",
    )
    add("model", type=Path)
    add("folder", type=Path, help="of one-shots; without a manifest.csv those the model learned from are told by name")
    _add_only(add)
    add("--json", action="store_true", help="for programs")
    add("--picture", type=Path, metavar="FILE.png", help="draw spectrograms, the map and the figures too")
    add("--seed", type=number(int, 0, 2**63 - 1), default=0, help="of the draws (default: 0)")
    add_device(add)


def _add_picture(commands: Group) -> None:
    add = commands.add("picture", "  latentaudio picture my.safetensors map.png --measure pitch")
    add("model", type=Path)
    add("out", type=Path, metavar="FILE.png")
    add("--measure", default="brightness", metavar="DESCRIPTOR", help="what the colours mean (default: brightness)")


def _add_render(commands: Group) -> None:
    add_render(commands.add("render", EXAMPLES))


def _add_export(commands: Group) -> None:
    add = commands.add(
        "export",
        """\
  latentaudio export my.safetensors --to torchscript my.ts     in Max or Pd: nn~ my.ts decode
  latentaudio export my.safetensors --to onnx my.onnx          z [batch, dims] to audio [batch, frames]""",
    )
    add("model", type=Path, metavar="MODEL")
    add("--to", choices=["torchscript", "onnx"], required=True)
    add("out", type=Path, metavar="OUT", help="the file to make; nn~ wants a name that ends in .ts")


def _add_surface(commands: Group) -> None:
    add = commands.add(
        "surface",
        """\
  latentaudio surface tosc --out kicks.tosc                     TouchOSC on a tablet; --device phone on a phone
  latentaudio surface osc --out kicks.json --osc-port 9000      Open Stage Control
  latentaudio surface pd --out kicks.pd                         Pure Data; maxpat in Max, amxd in Live
  latentaudio surface tosc --model my.safetensors --mapping mine.yaml --out mine.tosc

The map shows the model's own sounds. A mapping's own OSC addresses are used where it has some, and its notes stand on
the pads.""",
    )
    add("kind", choices=list(FORMATS), metavar="FORMAT",
        help="; ".join(f"{row.name}: {row.program} ({row.suffix})" for row in FORMATS.values()))  # fmt: skip
    add("--out", type=Path, required=True, metavar="FILE", help="the file to make")
    add("--mapping", action="append", metavar="NAME|FILE",
        help="whose addresses and notes it takes; may be given again, later ones win (default: 'default')")  # fmt: skip
    add("--model", type=Path, default=FACTORY_MODEL, help="whose map it shows (default: the factory kicks)")
    add("--device", choices=list(DEVICES), default="tablet", help="what it is laid out for (default: tablet)")
    _add_host(add)
    add_prefix(add, "what the daemon's OSC addresses begin with (default: /la)")


def _add_devices(commands: Group) -> None:
    add = commands.add("devices", "  latentaudio devices --midi-api jack")
    add("--midi-api", choices=["alsa", "jack", "core", "winmm"])


def _add_doctor(commands: Group) -> None:
    add = commands.add(
        "doctor",
        """\
  latentaudio doctor
  latentaudio doctor --audio jack --seconds 60       the loop-back plays so long
  latentaudio doctor --loopback                      on a JACK server with no card, where none runs

It ends with 1 where there is a problem.""",
    )
    add("--json", action="store_true", help="for programs: one array of findings")
    add("--audio", metavar="DEVICE|null", help="what `play --audio` would be given")
    add("--midi-api", choices=["alsa", "jack", "core", "winmm"], help="look at this MIDI system alone")
    _add_port(add)
    add("--model", type=Path, help="model to load (default: the last session's, at first the factory kicks)")
    add_device(add)
    add("--loopback", action="store_true", help="start a JACK server with no card for the loop-back where none runs")
    add("--seconds", type=number(float, 1, 3600), default=20.0, help="length of the loop-back (default: 20)")


def _add_remote(commands: Group) -> None:
    add = commands.add("status", "  latentaudio status --json")
    _add_host(add)
    add("--json", action="store_true", help="for programs")
    add = commands.add(
        "send",
        """\
  latentaudio send /la/trigger
  latentaudio send /la/latent/3 0.7
  latentaudio send /la/master/level             asks""",
    )
    add("address")
    add("arguments", nargs="*")
    add("--wait", type=number(float, 0, 60), default=0.3, help="seconds to listen for answers (default: 0.3)")
    _add_host(add)
    add = commands.add("monitor", "  latentaudio monitor")
    _add_host(add)
    add("--json", action="store_true", help="one JSON object a line")
    add = commands.add(
        "learn",
        """\
  latentaudio learn map.x                       then turn a knob
  latentaudio learn draw --mapping mine.yaml    then press a button

It goes into the mapping that the daemon plays by (of a shipped one, into your own copy), and is played by at once.""",
    )
    add("parameter", metavar="PARAMETER", help="a parameter or an action, such as attribute.brightness or preset.next")
    add(
        "--mapping",
        metavar="NAME|FILE",
        help="the mapping to write (default: the uppermost in use for that controller)",
    )
    add("--for", type=number(float, 0.1, 1e6), dest="seconds", metavar="SECONDS", help="give up after so long")
    _add_host(add)


def _add_map_check(commands: Group) -> None:
    add = commands.add(
        "map-check",
        """\
  latentaudio map-check mine.yaml
  latentaudio map-check default akai-lpd8       as one lies over the other""",
    )
    add("files", nargs="+", metavar="NAME|FILE", help="mappings, the later over the earlier")
    add("--json", action="store_true", help="for programs: rows, warnings and errors")


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
    add("--osc-port", type=number(int, 0, 65535), default=OSC_PORT, metavar="N", help="default: 9000")
