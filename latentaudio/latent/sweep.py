"""A morph's amount that goes with the beats. Values and pure functions: any thread's."""

from dataclasses import dataclass
from typing import Literal, get_args

Shape = Literal["up", "down", "up-down"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


def sweep(beats: float, period_beats: float, shape: Shape) -> float:
    """Amount 0..1 at a position in beats; `period_beats`, above 0, is one way, or there and back for up-down."""
    return _shaped(beats / period_beats % 1.0, shape)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep whose period may change while it goes: it was at `phase` of its period at the beat `since`."""

    period: float = 4.0  # beats, above 0
    shape: Shape = "up-down"
    since: float = 0.0  # beats
    phase: float = 0.0  # 0..1

    def phase_at(self, beats: float) -> float:
        """How much of the period is over, 0..1."""
        return (self.phase + (beats - self.since) / self.period) % 1.0

    def at(self, beats: float) -> float:
        """Amount 0..1."""
        return _shaped(self.phase_at(beats), self.shape)

    def retimed(self, beats: float, period: float) -> "Sweep":
        """The same from here on with another period: the amount does not jump."""
        return Sweep(period, self.shape, beats, self.phase_at(beats))


def _shaped(phase: float, shape: Shape) -> float:
    match shape:
        case "up":
            return phase
        case "down":
            return 1.0 - phase
        case "up-down":
            return 1.0 - abs(1.0 - 2.0 * phase)
