"""Ways from sound to sound: straight, along the shell, or by way of other sounds. Pure functions and values."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentaudio.errors import UsageError, suggest
from latentaudio.latent.library import Point
from latentaudio.latent.route import route
from latentaudio.parameters import STATIONS

Method = Literal["linear", "slerp", "sounds"]
METHODS: tuple[Method, ...] = get_args(Method)
FINE = 129  # points that stand for an arc: 0.02 % of its length off at most, for half a circle


def linear(a: Point, b: Point, amount: ArrayLike) -> NDArray[np.float64]:
    """Points [..., dims] on the straight line from `a` to `b` [dims], at `amount` [...] 0..1."""
    t = np.asarray(amount, np.float64)[..., None]
    return (1.0 - t) * a + t * b


def slerp(a: Point, b: Point, amount: ArrayLike, origin: Point) -> NDArray[np.float64]:
    """The same along the arc about `origin` [dims] (Shoemake 1985; for latent spaces White 2016).

    Seen from the origin the length goes evenly from that of `a` to that of `b`, and the direction turns by
    t |b| / ((1 - t) |a| + t |b|) of the angle: by t where the lengths agree, and hardly, until the very end, where `b`
    is next to nothing, so that a vector that shrinks to zero loses its direction without a jump. Opposite vectors turn
    in the plane of the axis that is least in `a`.
    """
    t = np.asarray(amount, np.float64)[..., None]
    from_a, from_b = np.subtract(a, origin, dtype=np.float64), np.subtract(b, origin, dtype=np.float64)
    long_a, long_b = float(np.linalg.norm(from_a)), float(np.linalg.norm(from_b))
    length = (1.0 - t) * long_a + t * long_b
    if min(long_a, long_b) == 0.0:  # no angle
        return linear(a, b, amount)
    ahead, aim = from_a / long_a, from_b / long_b
    aside = _aside(ahead, aim)
    angle = np.arctan2(aim @ aside, aim @ ahead) * t * long_b / length
    turned: NDArray[np.float64] = origin + length * (np.cos(angle) * ahead + np.sin(angle) * aside)
    return turned


def _aside(ahead: NDArray[np.float64], aim: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vector at a right angle to `ahead` on the side of `aim`; 0 where there is none (one dim)."""
    aside = aim - (aim @ ahead) * ahead
    if np.linalg.norm(aside) < 1e-7:  # parallel or opposite, as far as float32 can tell
        axis = np.zeros_like(ahead)
        axis[np.argmin(np.abs(ahead))] = 1.0
        aside = axis - (axis @ ahead) * ahead
    aside -= (aside @ ahead) * ahead  # once more: what was almost parallel is not yet at a right angle
    unit: NDArray[np.float64] = aside / max(float(np.linalg.norm(aside)), 1e-12)
    return unit


class Chain:
    """Up to 8 stations and the way along them, laid out once so that a fader costs microseconds. Immutable.

    The stations lie evenly on the fader (of five, the third is always in the middle, wherever the others are moved;
    the same station twice is a rest), and between two of them equal moves are equal distances.
    """

    def __init__(self, stations: Sequence[Point], method: Method, mean: Point, sounds: NDArray[np.float32]) -> None:
        """`stations` [1..8][dims]; arcs turn about `mean` [dims], and "sounds" goes by way of `sounds` [n, dims].

        Raises UsageError for no station, too many, one that is no point of this space, or an unknown method.
        """
        if not stations:
            raise UsageError("the morph has no station; store one first")
        if len(stations) > STATIONS:
            raise UsageError(f"a morph has at most {STATIONS} stations, not {len(stations)}")
        if method not in METHODS:
            raise UsageError(f"no morph method '{method}'{suggest(method, METHODS)}")
        for number, station in enumerate(stations, 1):
            if np.shape(station) != mean.shape or not np.isfinite(station).all():
                raise UsageError(f"morph station {number} is not a point of this model's {len(mean)} dims")
        self._stations = [np.array(station, np.float32) for station in stations]
        pairs = zip(self._stations, self._stations[1:], strict=False)
        self._legs = [_leg(a, b, method, mean, sounds) for a, b in pairs]

    def at(self, amount: float) -> Point:
        """The point [dims] at `amount` 0..1 of the way; what is no number counts as 0."""
        place = min(max(amount, 0.0), 1.0) * len(self._legs) if amount == amount else 0.0
        number = int(place)
        if number == place:  # at a station: its very bits
            return self._stations[number].copy()
        points, shares = self._legs[number]
        share = place - number
        here = int(np.searchsorted(shares, share, side="right")) - 1
        here = min(here, len(shares) - 2)
        part = (share - shares[here]) / (shares[here + 1] - shares[here])
        point: Point = (points[here] + part * (points[here + 1] - points[here])).astype(np.float32)
        return point


Leg = tuple[NDArray[np.float64], NDArray[np.float64]]  # points [n, dims] and the share of the way done at each [n]


def _leg(a: Point, b: Point, method: Method, mean: Point, sounds: NDArray[np.float32]) -> Leg:
    match method:
        case "linear":
            points = linear(a, b, (0.0, 1.0))
        case "slerp":
            points = slerp(a, b, np.linspace(0.0, 1.0, FINE), mean)
        case "sounds":
            points = route(a, b, sounds)
    done = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    if done[-1] == 0.0:  # a rest
        return points[[0, -1]], np.array([0.0, 1.0])
    shares, kept = np.unique(done / done[-1], return_index=True)
    return points[kept], shares
