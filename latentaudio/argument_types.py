"""What several commands take in the same way: numbers in a range, the device that computes."""

import argparse
from collections.abc import Callable
from typing import Any


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


def add_device(add: Callable[..., object]) -> None:
    """Add `--device`."""
    add(
        "--device",
        choices=["auto", "cuda", "mps", "cpu"],
        default="auto",
        help="what computes (default: the best)",
    )
