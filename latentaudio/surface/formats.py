"""The programs that surfaces are written for: one row each. Read by the command line, so nothing heavy is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from latentaudio.surface.layout import Layout


@dataclass(frozen=True, slots=True)
class Place:
    """Where the daemon listens, and where it answers."""

    host: str
    port: int  # of the daemon

    @property
    def back(self) -> int:
        """The port on which a surface listens, where it is not the one that it sends from."""
        return self.port + 1


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. Its module writes it, and says how it is opened."""

    name: str
    suffix: str
    program: str
    module: str

    @property
    def write(self) -> Callable[[Layout, Place], bytes]:
        """Makes the file's content."""
        return import_module(self.module).write  # type: ignore[no-any-return]

    @property
    def advice(self) -> Callable[[Place], str]:
        """What a person does with the file, in a sentence or two."""
        return import_module(self.module).advice  # type: ignore[no-any-return]


FORMATS = {
    row.name: row
    for row in (
        Format("tosc", ".tosc", "TouchOSC", "latentaudio.surface.tosc"),
        Format("osc", ".json", "Open Stage Control", "latentaudio.surface.open_stage_control"),
    )
}
