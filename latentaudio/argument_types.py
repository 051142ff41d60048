"""What several commands take in the same way: numbers in a range, the device that computes."""

import argparse
from collections.abc import Callable
from typing import Any

from latentaudio.osc_root import ROOT, is_root


def number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    """What reads an option that is an `int` or a `float` from `low` to `high`."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number from {low:g} to {high:g}")
        return value

    return read


def osc_root(text: str) -> str:
    """Read an option that says how OSC addresses begin."""
    if not is_root(text):
        words = "one or two words that begin with a letter, as in /kicks or /band/kicks; none may be below /la"
        raise argparse.ArgumentTypeError(f"'{text}' cannot begin addresses: {words}")
    return text


def add_prefix(add: Callable[..., object], help: str) -> None:
    """Add `--osc-prefix`."""
    add("--osc-prefix", type=osc_root, default=ROOT, metavar="/NAME", help=help)


def add_device(add: Callable[..., object]) -> None:
    """Add `--device`."""
    add(
        "--device",
        choices=["auto", "cuda", "mps", "cpu"],
        default="auto",
        help="what computes (default: the best)",
    )
