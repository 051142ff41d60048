"""A walk that stays where the sounds are, or leads to one of them. The state thread's."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentaudio.errors import DataError
from latentaudio.latent.langevin import transition
from latentaudio.latent.library import Point
from latentaudio.latent.posterior import Posterior
from latentaudio.latent.walk_settings import WalkSettings

OUTSIDE = 4.0  # spreads: one coordinate in 16,000 of a walk gets there by itself
HOUR = 3600.0  # seconds; nothing is left of a walk's past after one
CLOSE = 0.01  # standard deviations, root mean square over dims: nobody hears the rest of the way
SETTLED = 6.64  # time constants after which a critically damped approach has 1 % of its way left


class Walk:
    """Momentum, chance and a pull towards the sounds; the point itself belongs to the caller.

    In the posterior's coordinates every dim is a particle on a spring in a warm liquid (underdamped Langevin process),
    integrated exactly, so that nothing depends on how often `advance` is called. The stationary distribution is
    N(mean, spread^2 covariance), of the free dims given the locked ones, with `spread` from the settings. The same
    seed walks the same walk when advanced by the same times.
    """

    def __init__(self, posterior: Posterior, seed: int, settings: WalkSettings | None = None) -> None:
        """A walk that is ready to go; `settings` may be replaced at any time."""
        self.settings = settings or WalkSettings()
        self.frozen = False
        self.arrived = False  # a guided walk reached its target
        self._posterior = posterior
        self._target: Point | None = None
        self._distance = 0.0  # to the target when it was set, root mean square
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Begin anew: from the same point, `seed` leads along the same walk again."""
        self._generator = np.random.default_rng(seed)
        self._velocity = self._generator.standard_normal(self._posterior.free)
        self.release()

    def fit(self, posterior: Posterior) -> None:
        """Go on with other locked dims or another library's posterior, in the same direction if it has as many dims."""
        if posterior.dims == self._posterior.dims:
            onward = posterior.steps(self._posterior.way(self._velocity))
            self._velocity = np.clip(onward, -OUTSIDE, OUTSIDE)
        else:
            self._velocity = self._generator.standard_normal(posterior.free)
            self.release()
        self._posterior = posterior

    def guide(self, target: Point, point: Point) -> None:
        """Lead from `point` to `target` at the pace of `step`, then stand there with `arrived` set."""
        self._target, self.arrived = self._posterior.sane(target), False
        self._distance = _rms(self._way(self._posterior.sane(point), self._target))

    def release(self) -> None:
        """Walk freely again."""
        self._target, self.arrived = None, False
        self._velocity = np.clip(self._velocity, -OUTSIDE, OUTSIDE)

    def advance(self, seconds: float, point: Point) -> Point:
        """Where the walk leads from `point` [dims] in `seconds`; whoever moved it meanwhile is followed."""
        point = self._posterior.sane(point)
        if self.frozen or self.arrived or not seconds > 0.0 or self.settings.step <= 0.0:
            return point
        if self._target is None:
            return self._wander(min(seconds, HOUR), point)
        return self._approach(min(seconds, HOUR), point, self._target)

    def _wander(self, seconds: float, point: Point) -> Point:
        settings = self.settings
        move = transition(settings.speed, settings.spread, settings.friction, seconds)
        x, w = self._posterior.whitened(point), self._velocity
        alone, shared = self._generator.standard_normal((2, len(x)))
        there = move.xx * x + move.xw * w + move.x_alone * alone + move.x_shared * shared
        self._velocity = move.wx * x + move.ww * w + move.w_noise * shared
        far = np.abs(x) > OUTSIDE * settings.spread
        if far.any():  # a spring would fling it to the other side: it glides home, and turns in the liquid alone
            forget = math.exp(-settings.friction * seconds)
            there[far] = x[far] * math.exp(-settings.speed / settings.spread * seconds)
            self._velocity[far] = forget * w[far] + math.sqrt(1.0 - forget**2) * shared[far]
        return self._posterior.moved(point, there - x)

    def _approach(self, seconds: float, point: Point, target: Point) -> Point:
        """Critically damped: as fast as it can be without passing the target, from any velocity."""
        rate = SETTLED * self.settings.step / max(self._distance, CLOSE)
        way, speed = self._way(point, target), self.settings.speed
        left, pace, decay = -way, speed * self._velocity, math.exp(-rate * seconds)
        there = decay * (left + (pace + rate * left) * seconds)
        self._velocity = decay * (pace - rate * (pace + rate * left) * seconds) / speed
        if _rms(there) < CLOSE and speed * _rms(self._velocity) < CLOSE * rate:
            self.arrived, self._velocity = True, np.zeros_like(self._velocity)
            return self._posterior.onto(point, target)
        return self._posterior.moved(point, there - left)

    def _way(self, point: Point, target: Point) -> NDArray[np.float64]:
        """From `point` to `target` in standard deviations of the free dims, which alone move."""
        return self._posterior.steps(self._posterior.onto(point, target).astype(np.float64) - point)

    def state(self) -> dict[str, Any]:
        """Everything that the walk will need to go on as if never interrupted, in words that JSON knows."""
        return {
            "velocity": self._velocity.tolist(),
            "generator": self._generator.bit_generator.state,
            "target": None if self._target is None else self._target.tolist(),
            "distance": self._distance,
            "frozen": self.frozen,
            "arrived": self.arrived,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave; raises DataError, with nothing changed, where it is not of this walk."""
        generator = np.random.default_rng(0)
        try:
            generator.bit_generator.state = state["generator"]
            velocity = np.array(state["velocity"], np.float64)
            target = None if state["target"] is None else np.array(state["target"], np.float32)
            distance, frozen, arrived = float(state["distance"]), bool(state["frozen"]), bool(state["arrived"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DataError(f"the walk's saved state is damaged ({error}); reset the walk") from error
        fits = velocity.shape == (self._posterior.free,) and (
            target is None or target.shape == self._posterior.mean.shape
        )
        if not fits or not np.isfinite([*velocity, distance, *(() if target is None else target)]).all():
            raise DataError("the walk's saved state is of another model or other locks; reset the walk")
        self._generator, self._velocity, self._target = generator, velocity, target
        self._distance, self.frozen, self.arrived = distance, frozen, arrived


def _rms(u: NDArray[np.float64]) -> float:
    return math.sqrt(float(u @ u) / max(len(u), 1))
