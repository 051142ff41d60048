"""One particle on a spring in a warm liquid, integrated exactly. Pure functions: any thread's."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """What a time does to position x and velocity w: x' = xx x + xw w + noise, w' = wx x + ww w + noise.

    The noises are `x_alone` n1 + `x_shared` n2 and `w_noise` n2, with n1 and n2 standard normal.
    """

    xx: float
    xw: float
    wx: float
    ww: float
    x_alone: float
    x_shared: float
    w_noise: float


def transition(speed: float, spread: float, friction: float, seconds: float) -> Transition:
    """The exact transition of the underdamped Langevin (or kinetic Ornstein-Uhlenbeck) process.

        dx = speed w dt,    dw = -(speed / spread^2) x dt - friction w dt + sqrt(2 friction) dB,

    whose stationary distribution is x ~ N(0, spread^2), w ~ N(0, 1), independent (Pavliotis 2014, section 6.3).

    `speed`: root mean square of dx/dt, at least 0; `spread` above 0; `friction` at least 0 per second.
    The matrix is exp(A t) = c I + d A, and as the stationary covariance S must come out as it went in, the noise has
    covariance S - M S M^T: no integral is left, and two steps of t are distributed as one of 2 t.
    """
    spring = speed / spread**2
    c, d = _exponential(speed * spring, friction, seconds)
    xx, xw, wx, ww = c, d * speed, -d * spring, c - d * friction
    variance = spread**2
    q_xx = variance * (1.0 - xx * xx) - xw * xw
    q_xw = -(variance * xx * wx + xw * ww)
    q_ww = max(1.0 - variance * wx * wx - ww * ww, 0.0)
    w_noise = math.sqrt(q_ww)
    x_shared = q_xw / w_noise if w_noise > 0.0 else 0.0
    return Transition(xx, xw, wx, ww, math.sqrt(max(q_xx - x_shared**2, 0.0)), x_shared, w_noise)


def _exponential(stiffness: float, friction: float, t: float) -> tuple[float, float]:
    """`c` and `d` of exp(A t) = c I + d A, where A has the eigenvalues of s^2 + friction s + stiffness."""
    half = friction / 2.0
    square = half * half - stiffness
    root = math.sqrt(abs(square))
    if square < 0.0:  # it swings
        decay = math.exp(-half * t)
        d = decay * math.sin(root * t) / root
        return decay * math.cos(root * t) + half * d, d
    slow = (
        math.exp(-stiffness / (half + root) * t) if half + root > 0.0 else 1.0
    )  # of the two rates, without cancelling
    y = 2.0 * root * t
    d = slow * t * (-math.expm1(-y) / y if y > 1e-12 else 1.0)
    return slow * (1.0 + math.exp(-y)) / 2.0 + half * d, d
