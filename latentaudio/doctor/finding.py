"""What the doctor finds, and what it was asked to look at: small frozen values."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and its outcome. Its JSON has these fields, in this order."""

    area: str  # python, disk, model, system, audio, midi, osc, renderer, loop-back
    level: Level
    said: str  # what was found
    advice: str = ""  # one sentence; empty where all is well
    figures: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        """A line, and the advice below it."""
        advice = f"\n{'':>20}{self.advice}" if self.advice else ""
        return f"{self.level:>8}  {self.area:<10}{self.said}{advice}"


@dataclass(frozen=True, slots=True)
class Case:
    """What `latentaudio doctor` was asked to look at, as `play` would be."""

    audio: str | None = None
    midi_api: str | None = None
    osc_port: int = 9000
    model: Path | None = None  # None: the last session's, else the factory's
    device: str = "auto"
    loopback: bool = False  # whether a JACK server may be started where none runs
    seconds: float = 20.0  # of the loop-back
