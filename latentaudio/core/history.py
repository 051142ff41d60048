"""The losses of a run, few enough to keep: in the checkpoint, and in the model that comes of it. Plain numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST = 200  # rows of a curve: more than a picture of a hand's width can show
DIGITS = 4  # significant


@dataclass
class Curve:
    """Rows of numbers over a run. Once there are too many, neighbours become their mean, and later ones as wide."""

    rows: list[list[float]] = field(default_factory=list)
    width: int = 1  # rows added for each that is kept
    waiting: list[list[float]] = field(default_factory=list)

    def add(self, row: Iterable[float]) -> None:
        """Add a row: a step, and what was measured there."""
        self.waiting.append([float(f"{value:.{DIGITS}g}") if index else value for index, value in enumerate(row)])
        if len(self.waiting) < self.width:
            return
        self.rows.append(_mean(self.waiting))
        self.waiting = []
        if len(self.rows) >= MOST:
            self.rows = [_mean(self.rows[index : index + 2]) for index in range(0, len(self.rows), 2)]
            self.width *= 2

    def all(self) -> list[list[float]]:
        """Every row, the one that is not complete as well."""
        return [*self.rows, *([_mean(self.waiting)] if self.waiting else [])]


@dataclass
class History:
    """What a model keeps of its training."""

    losses: Curve = field(default_factory=Curve)  # step, then the terms of the step
    validation: Curve = field(default_factory=Curve)  # step, mel dB

    def summary(self, terms: Iterable[str], split: str) -> dict[str, object]:
        """As JSON: `validation` is the mel dB of sounds of the split `split`."""
        return {
            "terms": ["step", *terms],
            "losses": self.losses.all(),
            "split": split,
            "validation": self.validation.all(),
        }


def _mean(rows: list[list[float]]) -> list[float]:
    """The last row's step, and the mean of the rest."""
    columns = list(zip(*rows, strict=True))[1:]
    return [rows[-1][0], *(float(f"{sum(column) / len(column):.{DIGITS}g}") for column in columns)]
