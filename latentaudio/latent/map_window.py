"""Zoom and pan: which part of the map lies under the surface that a finger moves on."""

from dataclasses import dataclass

MOST = 32.0  # times


@dataclass(frozen=True)
class Window:
    """A square part of the map, never beyond its edges: near them the middle gives way."""

    zoom: float = 1.0  # 1..32: the window's side is 1 / zoom of the map's
    x: float = 0.5  # 0..1 of the map: the middle of the window
    y: float = 0.5

    @property
    def side(self) -> float:
        """Of the window, in parts of the map's."""
        return 1.0 / min(MOST, max(1.0, self.zoom))

    @property
    def corner(self) -> tuple[float, float]:
        """Its lowest x and y on the map."""
        side = self.side
        return _clip(self.x - side / 2.0, 1.0 - side), _clip(self.y - side / 2.0, 1.0 - side)

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """The place on the map under a place on the surface. Clipped to 0..1; NaN counts as 0."""
        left, low = self.corner
        return left + self.side * _clip(x), low + self.side * _clip(y)

    def outside(self, x: float, y: float) -> tuple[float, float]:
        """The place on the surface of a place on the map; beyond 0..1 where the window does not show it."""
        left, low = self.corner
        return (x - left) / self.side, (y - low) / self.side


def _clip(value: float, most: float = 1.0) -> float:
    return min(most, max(0.0, value))
