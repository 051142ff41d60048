"""What a performer says of a walk, and what it means for the particle. Values: any thread's."""

import math
from dataclasses import dataclass

BRIEFEST, LONGEST = 0.05, 4.0  # seconds that a direction lasts, at momentum 0 and 1


@dataclass(frozen=True, slots=True)
class WalkSettings:
    """A second stands for whatever `Walk.advance` counts: seconds, or beats where a clock drives the walk."""

    step: float = 0.5  # standard deviations in a second, root mean square over dims, at least 0; 0 stands still
    momentum: float = 0.5  # 0..1: a direction lasts 0.05 to 4 s
    pull: float = 0.5  # 0..1: how close to the middle of the sounds the walk keeps
    temperature: float = 1.0  # above 0: widens the walk like a draw

    @property
    def spread(self) -> float:
        """Standard deviation of the walk's places, in those of the sounds: at pull 0 twice as wide, at 1 half."""
        return float(self.temperature * 2.0 ** (1.0 - 2.0 * self.pull))

    @property
    def friction(self) -> float:
        """How fast a direction is forgotten, per second."""
        return float(1.0 / (BRIEFEST * (LONGEST / BRIEFEST) ** self.momentum))

    @property
    def speed(self) -> float:
        """Momentary speed, in standard deviations a second, with which a second leads as far as `step` says.

        From the distance that a particle with friction travels when nothing pulls it (Ornstein and Fuerth 1930).
        """
        friction = self.friction
        return self.step * friction / math.sqrt(2.0 * (friction + math.expm1(-friction)))
