"""What `latentaudio render` takes: one thing to render, how to make it, how to write it."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latentaudio.argument_types import add_device, number
from latentaudio.config import FACTORY_MODEL
from latentaudio.errors import UsageError

EXAMPLES = """\
  latentaudio render --draws 16 --out new-kicks/
  latentaudio render --morph kit:1 kit:5 draw:7 --steps 24 --join --out journey/
  latentaudio render my.safetensors --morph deep.wav "Live:3" --method sounds --out between/
  latentaudio render --walk 64 --from new-kicks:7 --momentum 0.8 --pull 0.3 --seed 4 --out walk/
  latentaudio render --variations 16 --around kit:2 --intensity 0.5 --attribute brightness=1 --out alike/
  latentaudio render --pads --preset Live --layers 4 --format flac --out live-kit/

A STATION is a sound of the model by its name, kit:3 (a pad of the default kit), draw:7 (the first draw with seed 7), a
sound file (encoded), Live:3 or live.yaml:3 (a pad of a preset), or new-kicks:7 (the seventh sound that render wrote to
that folder, from the point that its points.json keeps). The same command makes the same files, bit by bit."""

FREE = {"seed": 0}  # options and their defaults, of whatever chance has a part in
TAKES: dict[str, dict[str, Any]] = {
    "draws": {"temperature": 1.0, **FREE},
    "morph": {"steps": 16, "method": "slerp"},
    "walk": {"start": "kit:1", "seconds": 0.5, "step": 0.5, "momentum": 0.5, "pull": 0.5, "temperature": 1.0, **FREE},
    "variations": {"around": "kit:1", "intensity": 0.3, **FREE},
    "pads": {"preset": None, "layers": 1},
    "kit": {},
}  # fmt: skip
WRITTEN = {"format": "wav", "bits": 24, "sample_rate": 44100, "attribute": [], "join": False}  # --kit has its own
OPTIONS = {name: f"--{name.replace('_', '-')}" for name in WRITTEN} | {
    name: "--from" if name == "start" else f"--{name}" for takes in TAKES.values() for name in takes
}


def settle(options: argparse.Namespace) -> str:
    """What is to be rendered; options that were not given get their defaults.

    Raises UsageError for two things at once, and for an option that would do nothing.
    """
    kinds = [kind for kind in TAKES if getattr(options, kind)]
    if len(kinds) > 1:
        raise UsageError(f"one thing at a time: --{kinds[0]} or --{kinds[1]}")
    kind = kinds[0] if kinds else "draws"
    options.draws = options.draws or 16
    takes = TAKES[kind] | (WRITTEN if kind != "kit" else {})
    for name, option in OPTIONS.items():
        if getattr(options, name) is None:
            setattr(options, name, takes.get(name))
        elif name not in takes:
            whose = " or ".join(f"--{each}" for each in TAKES if name in TAKES[each]) or "all but --kit"
            raise UsageError(f"{option} does nothing for --{kind}; it goes with {whose}")
    if options.gap is not None and not options.join:
        raise UsageError("--gap does nothing without --join")
    return kind


def add_render(add: Callable[..., object]) -> None:
    """Add the arguments of `render`."""
    add("model", type=Path, nargs="?", default=FACTORY_MODEL, help="default: the factory kicks")
    add("--out", type=Path, required=True, metavar="FOLDER", help="folder for the files")
    _add_kinds(add)
    _add_making(add)
    _add_writing(add)
    add_device(add)


def _add_kinds(add: Callable[..., object]) -> None:
    add("--draws", type=number(int, 1, 10000), metavar="N", help="N random sounds (default: 16)")
    add("--morph", nargs="+", metavar="STATION", help="a way through 2 to 8 sounds")
    add("--walk", type=number(int, 2, 10000), metavar="N", help="N sounds along a walk, its start first")
    add("--variations", type=int, choices=[9, 16], help="a sound and others like it: 3 x 3 around it, or 16")
    add("--pads", action="store_true", default=None,
        help="01.wav … 16.wav as the mixer plays the pads at full velocity, and kit.sfz for samplers")  # fmt: skip
    add("--kit", action="store_true", default=None,
        help="01.flac … 16.flac, the default kit as rendered, before the mixer")  # fmt: skip


def _add_making(add: Callable[..., object]) -> None:
    add(
        "--steps", type=number(int, 3, 1000), metavar="N", help="sounds of a morph, its stations included (default: 16)"
    )
    add("--method", choices=["linear", "slerp", "sounds"],
        help="a morph's way: straight, along the shell, or by way of the model's sounds (default: slerp)")  # fmt: skip
    add("--from", dest="start", metavar="STATION", help="where a walk begins (default: kit:1)")
    add("--seconds", type=number(float, 0.001, 60), metavar="S", help="of a walk from sound to sound (default: 0.5)")
    add("--step", type=number(float, 0, 3), metavar="S",
        help="a walk's step, standard deviations a second (default: 0.5)")  # fmt: skip
    add("--momentum", type=number(float, 0, 1), metavar="M", help="how long a walk's direction lasts (default: 0.5)")
    add("--pull", type=number(float, 0, 1), metavar="P", help="how close to the middle a walk keeps (default: 0.5)")
    add("--around", metavar="STATION", help="what variations are like (default: kit:1)")
    add("--intensity", type=number(float, 0.01, 1), metavar="I",
        help="how far variations go, standard deviations (default: 0.3)")  # fmt: skip
    add("--preset", metavar="NAME|FILE", help="the kit of --pads (default: the model's own)")
    add("--layers", type=number(int, 1, 8), metavar="N",
        help="files for a pad from soft to loud, where it darkens (default: 1)")  # fmt: skip
    add("--temperature", type=number(float, 0.1, 3.0), metavar="T", help="of draws and walks, 0.1 to 3 (default: 1)")
    add("--seed", type=number(int, 0, 2**63 - 1), metavar="N", help="of draws, walks and variations (default: 0)")
    add("--attribute", type=_amount, action="append", metavar="NAME=AMOUNT",
        help="more or less of brightness, decay ..., -3 to 3 standard deviations; may be given again")  # fmt: skip


def _add_writing(add: Callable[..., object]) -> None:
    add("--format", choices=["wav", "flac"], help="of the files (default: wav)")
    add("--bits", type=int, choices=[16, 24, 32], help="of a frame; 32 is floating point, WAV alone (default: 24)")
    add("--sample-rate", type=number(int, 8000, 192000), metavar="N", help="Hz (default: 44100)")
    add("--join", action="store_true", default=None, help="one more file: all sounds one after another, evenly")
    add("--gap", type=number(float, 0, 60), metavar="S", help="silence after the longest of them (default: 0.25)")
    add("--force", action="store_true", help="replace files that are there")


def _amount(text: str) -> tuple[str, float]:
    name, _, amount = text.partition("=")
    try:
        return name, number(float, -3, 3)(amount)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=AMOUNT, such as brightness=1, from -3 to 3") from None
