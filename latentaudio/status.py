"""What the daemon says of itself: gathered by the state thread, the same for people, OSC and programs."""

from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from latentaudio.engine.commands import Started

KEPT = 1000  # latest hits that the percentiles speak of


class Triggers:
    """How long hits took from their arrival to their first frame."""

    def __init__(self) -> None:
        self.count = 0
        self._latency_ms: deque[float] = deque(maxlen=KEPT)

    def add(self, hits: Iterable[Started]) -> None:
        """Count hits that have sounded."""
        for hit in hits:
            self.count += 1
            self._latency_ms.append((hit.sounded_ns - hit.arrival_ns) / 1e6)

    def report(self, late: int) -> dict[str, Any]:
        """The `trigger` section of the status."""
        return {"count": self.count, "late": late, "latency_ms": percentiles(self._latency_ms)}


def percentiles(values: Iterable[float]) -> dict[str, float | None]:
    """Median and 95th percentile; None where there is nothing yet."""
    numbers = list(values)
    if not numbers:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(numbers, (50, 95))
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3)}
