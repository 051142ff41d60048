"""The table of everything a control can move: one row each, read by mappings, OSC, help and documents."""

from collections.abc import Iterator

from latentaudio.parameter import Action, Parameter

__all__ = ["ACTIONS", "DECAY_AS_RENDERED", "MAX_DIMS", "PADS", "PAD_SETTINGS", "PARAMETERS", "Action", "Parameter"]

PADS = 16
MAX_DIMS = 128
DECAY_AS_RENDERED = 5.0  # seconds; at the top of its range the decay adds no envelope


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
    yield Parameter("focus", 1, PADS, 1, "the pad that latent moves change", unit="n", integer=True, kept=False)
    yield Parameter("master.level", -60, 6, 0, "level of everything", unit="db", kept=False)
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
