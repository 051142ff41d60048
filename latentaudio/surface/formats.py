"""The programs and devices that surfaces are written for: one row each.

The command line reads it before numpy may be imported (`linear_algebra`), so it imports nothing heavy.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from latentaudio.errors import UsageError
from latentaudio.osc_root import ROOT, theirs

if TYPE_CHECKING:
    from latentaudio.surface.layout import Layout

DEVICES = {"phone": (40, 80), "tablet": (96, 72)}  # units across and down


@dataclass(frozen=True, slots=True)
class Place:
    """Where the daemon listens and where it answers, and how its addresses begin."""

    host: str
    port: int  # of the daemon
    root: str = ROOT

    @property
    def back(self) -> int:
        """The port on which a surface listens, where it is not the one that it sends from."""
        return self.port + 1

    def said(self, text: str) -> str:
        """A file's text with the addresses in it as the daemon has them."""
        return theirs(text, self.root)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. Its module writes it, and says how it is opened."""

    name: str
    suffix: str
    program: str
    module: str
    types: bool = True  # whether a name can be typed into it

    def write(self, layout: "Layout", place: Place) -> bytes:
        """The file's content. Raises UsageError where the library that writes it is missing."""
        content: bytes = self._module().write(layout, place)
        return content

    def advice(self, file: Path, place: Place) -> str:
        """What a person does with the file, in a sentence."""
        advice: str = self._module().advice(file, place)
        return advice

    def _module(self) -> ModuleType:
        try:
            return import_module(self.module)
        except ModuleNotFoundError as error:
            needs = f"a surface for {self.program} needs {error.name}: pip install 'latentaudio[surface]'"
            raise UsageError(needs) from error


FORMATS = {
    row.name: row
    for row in (
        Format("tosc", ".tosc", "TouchOSC", "latentaudio.surface.tosc", types=False),
        Format("osc", ".json", "Open Stage Control", "latentaudio.surface.open_stage_control"),
        Format("pd", ".pd", "Pure Data", "latentaudio.surface.pd"),
        Format("maxpat", ".maxpat", "Max", "latentaudio.surface.maxpat"),
        Format("amxd", ".amxd", "Max for Live", "latentaudio.surface.amxd"),
    )
}
