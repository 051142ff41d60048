"""The table of everything a control can move: one row each, read by mappings, OSC, help and documents."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PADS = 16
MAX_DIMS = 128
DECAY_AS_RENDERED = 5.0  # seconds; at the top of its range the decay adds no envelope


@dataclass(frozen=True, slots=True)
class Parameter:
    """One quantity: its natural range, default, unit and how 0..1 spreads over the range."""

    name: str
    low: float
    high: float
    default: float
    doc: str
    unit: str = ""  # db, st, s, hz, n (a number) or none: also the last part of its natural OSC address
    curve: Literal["linear", "exponential"] = "linear"
    integer: bool = False

    def clip(self, value: float) -> float:
        """The nearest value that the parameter can have."""
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.integer else value

    def natural(self, position: float) -> float:
        """The value at `position` 0..1 of the range."""
        position = min(max(position, 0.0), 1.0)
        if self.curve == "exponential":
            return self.clip(self.low * (self.high / self.low) ** position)
        return self.clip(self.low + position * (self.high - self.low))

    def position(self, value: float) -> float:
        """Where `value` lies in the range, 0..1: the inverse of `natural`."""
        value = self.clip(value)
        if self.curve == "exponential":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a button does: it acts on no argument or on a value of at least 0.5."""

    name: str
    doc: str


def _pad_rows(pad: int) -> Iterator[Parameter]:
    prefix = f"pad.{pad}."
    yield Parameter(prefix + "level", -60, 6, -6, "level; -60 is silence", unit="db")
    yield Parameter(prefix + "pan", -1, 1, 0, "place between left and right, equal power")
    yield Parameter(prefix + "tune", -24, 24, 0, "playback pitch", unit="st")
    yield Parameter(
        prefix + "decay", 0.02, DECAY_AS_RENDERED, DECAY_AS_RENDERED,
        "time to -60 dB; the longest leaves the sound as rendered", unit="s", curve="exponential",
    )  # fmt: skip
    yield Parameter(prefix + "choke", 0, 16, 0, "choke group; 0 is none", unit="n", integer=True)
    yield Parameter(prefix + "velocity", 0, 1, 1, "how much velocity moves the level")
    yield Parameter(prefix + "output", 1, 4, 1, "output pair, counted along --outputs", unit="n", integer=True)


def _rows() -> Iterator[Parameter]:
    yield Parameter("focus", 1, PADS, 1, "the pad that latent moves change", unit="n", integer=True)
    yield Parameter("master.level", -60, 6, 0, "level of everything", unit="db")
    yield Parameter("temperature", 0.1, 3, 1, "how far draws stray from the typical", curve="exponential")
    for pad in range(1, PADS + 1):
        yield from _pad_rows(pad)
    for dim in range(1, MAX_DIMS + 1):
        yield Parameter(f"latent.{dim}", -3, 3, 0, "one dim of the focused pad's point")


def _actions() -> Iterator[Action]:
    yield Action("trigger", "play the focused pad")
    for pad in range(1, PADS + 1):
        yield Action(f"pad.{pad}.trigger", f"play pad {pad}")
    yield Action("draw", "a new random point for the focused pad")
    yield Action("zero", "the focused pad to the origin of the space")
    yield Action("panic", "fade everything that sounds, at once")


PARAMETERS: dict[str, Parameter] = {row.name: row for row in _rows()}
PAD_SETTINGS = {row.name.removeprefix("pad.1."): row.default for row in _pad_rows(1)}  # defaults, by setting
ACTIONS: dict[str, Action] = {row.name: row for row in _actions()}


def address(name: str, prefix: str = "/la") -> str:
    """OSC address of a parameter or action: `pad.1.level` is `/la/pad/1/level`."""
    return f"{prefix}/{name.replace('.', '/')}"


def latent_name(dim: int) -> str:
    """Name of latent dim `dim`, counted from 1."""
    return f"latent.{dim}"


def pad_name(pad: int, setting: str) -> str:
    """Name of a pad's setting, pads counted from 1."""
    return f"pad.{pad}.{setting}"
