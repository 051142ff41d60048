"""What the kick synthesiser is told: every value, its range, and how often it is used. On the caller's thread.

The ranges were set against the descriptors of 800 sampled kicks, acoustic and electronic, so that the cloud of
synthetic ones covers theirs and reaches somewhat beyond.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

Values = dict[str, Tensor]  # name of a range to [batch, 1]


@dataclass(frozen=True)
class Range:
    """Where one value is drawn from: evenly, or evenly in its logarithm."""

    low: float
    high: float
    unit: str
    log: bool = False
    share: float = 1.0  # of the kicks use it
    unused: float = 0.0  # what the others have in its place

    def at(self, place: Tensor) -> Tensor:
        """The value at a `place` of 0..1 from low to high."""
        if self.log:
            return self.low * torch.exp(place * math.log(self.high / self.low))
        return self.low + place * (self.high - self.low)


def level(low: float, high: float, share: float) -> Range:
    """A level in dB; silence where it is not used."""
    return Range(low, high, "dB", share=share, unused=-math.inf)


RANGES = {
    # body: a sine whose pitch falls to `pitch`, by two sweeps at once
    "pitch": Range(25.0, 125.0, "Hz", log=True),
    "sweep": Range(20.0, 1200.0, "Hz", log=True),
    "sweep_turns": Range(0.1, 2.3, "turns", log=True),  # that it adds: the higher it starts, the shorter it is
    "glide": Range(4.0, 100.0, "Hz", log=True, share=0.7),
    "glide_turns": Range(0.2, 4.0, "turns", log=True),
    "phase": Range(-0.1, 0.1, "turns", share=0.7),
    "attack": Range(0.0001, 0.006, "s", log=True),
    "hold": Range(0.0, 0.06, "s", share=0.4),
    "decay": Range(0.016, 0.22, "s", log=True),  # to 1/e, as all decays here
    "tail": Range(0.05, 0.5, "s", log=True),
    "tail_level": level(-30.0, -3.0, 0.7),
    "second": level(-30.0, -6.0, 0.6),  # harmonics
    "third": level(-36.0, -8.0, 0.6),
    # another body above it, with the same sweeps
    "knock": level(-36.0, -8.0, 0.5),
    "knock_ratio": Range(1.5, 8.0, "of pitch", log=True),
    "knock_decay": Range(0.004, 0.06, "s", log=True),
    # a membrane's upper modes
    "membrane": level(-36.0, -8.0, 0.5),
    "membrane_slope": Range(0.0, 6.0, "dB a mode"),
    "membrane_decay": Range(0.01, 0.15, "s", log=True),
    "membrane_damping": Range(0.2, 1.5, "power of the ratio"),
    # clicks: a beater's slap, a short pulse, a ping
    "slap": level(-30.0, 10.0, 0.8),
    "slap_decay": Range(0.0005, 0.015, "s", log=True),
    "slap_low": Range(60.0, 2000.0, "Hz", log=True),
    "slap_high": Range(1500.0, 20000.0, "Hz", log=True),
    "pulse": level(-24.0, 6.0, 0.4),
    "pulse_time": Range(0.00005, 0.0006, "s", log=True),
    "ping": level(-36.0, 0.0, 0.4),
    "ping_pitch": Range(700.0, 9000.0, "Hz", log=True),
    "ping_decay": Range(0.0004, 0.008, "s", log=True),
    # air around the drum, and what a recording adds
    "noise": level(-52.0, -6.0, 0.85),
    "noise_decay": Range(0.01, 0.25, "s", log=True),
    "noise_low": Range(30.0, 1500.0, "Hz", log=True),
    "noise_high": Range(500.0, 18000.0, "Hz", log=True),
    "hiss": level(-90.0, -56.0, 0.4),
    # the mixer
    "drive": Range(0.3, 20.0, "gain", log=True, share=0.7),
    "bias": Range(-0.4, 0.4, "of full scale", share=0.5),
    "low_cut": Range(8.0, 35.0, "Hz", log=True),
    "high_cut": Range(2500.0, 20000.0, "Hz", log=True, share=0.5, unused=20000.0),
    "shelf": Range(-5.0, 7.0, "dB", share=0.6),
    "shelf_corner": Range(70.0, 300.0, "Hz", log=True),
    "tilt": Range(-7.0, 10.0, "dB", share=0.8),
    "room": level(-36.0, -10.0, 0.4),
    "room_decay": Range(0.03, 0.25, "s", log=True),
    "room_delay": Range(0.0, 0.012, "s"),
    "room_high": Range(800.0, 9000.0, "Hz", log=True),
    # where it begins and ends
    "inverted": Range(1.0, 1.0, "0 or 1", share=0.38),
    "lead": Range(0.0005, 0.0005, "s", share=0.5),
    "length": Range(0.08, 2.0, "s", log=True),
    "fade": Range(0.02, 0.6, "of length", log=True),
}


def draw_values(count: int, device: torch.device, generator: Generator | None = None) -> Values:
    """`count` random values of every range, each [count, 1]; from the device's default generator if none is given."""
    places, chances = torch.rand(2, len(RANGES), count, 1, device=device, generator=generator).unbind()
    return {
        name: span.at(place).masked_fill(chance >= span.share, span.unused)
        for (name, span), place, chance in zip(RANGES.items(), places, chances, strict=True)
    }
