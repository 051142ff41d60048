"""The parts of a synthetic kick, as tensors: body, knock, membrane, clicks, noise. On the caller's thread.

Time is in seconds, [1, frames]; values are [batch, 1]; sounds [batch, frames], beginning at frame 0.
"""

import math

import torch
from torch import Generator, Tensor

from latentaudio.core.augment import gain
from latentaudio.core.synth_filters import high_pass, low_pass, warped
from latentaudio.core.synth_ranges import Values

# Upper modes of an ideal circular membrane over its lowest (Fletcher & Rossing, The Physics of Musical
# Instruments, section 3.4).
MODES = (1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501)
TURN = 2.0 * math.pi


def body(values: Values, time: Tensor) -> Tensor:
    """The body with two harmonics, and a knock: a shorter body above it that follows its sweeps."""
    turns = swept(values, time)
    started = values["phase"] + turns
    sound = torch.sin(TURN * started)
    for number, harmonic in ((2, "second"), (3, "third")):
        sound = sound + gain(values[harmonic]) * torch.sin(TURN * number * started)
    knock = gain(values["knock"]) * torch.sin(TURN * values["knock_ratio"] * turns)
    return sound * envelope(values, time) + knock * torch.exp(-time / values["knock_decay"])


def swept(values: Values, time: Tensor) -> Tensor:
    """Turns since the start of a pitch that falls by two exponential sweeps at once: its integral."""
    turns = values["pitch"] * time
    for height, added in (("sweep", "sweep_turns"), ("glide", "glide_turns")):
        turns = turns - values[added] * torch.expm1(-time * values[height] / values[added])
    return turns


def envelope(values: Values, time: Tensor) -> Tensor:
    """Attack, hold, and two decays at once: the hit, and what rings on."""
    falling = torch.relu(time - values["attack"] - values["hold"])
    ringing = gain(values["tail_level"])
    fall = torch.exp(-falling / values["decay"]) + ringing * torch.exp(-falling / values["tail"])
    return (time / values["attack"]).clamp_max(1.0) * fall / (1.0 + ringing)


def membrane(values: Values, time: Tensor, generator: Generator | None) -> Tensor:
    """A drum head's inharmonic modes: each by chance loud or soft, the higher the sooner gone."""
    pitch = values["pitch"]
    shares = torch.rand(len(pitch), len(MODES), device=time.device, generator=generator)
    sound = torch.zeros_like(time)
    for number, ratio in enumerate(MODES):
        level = gain(values["membrane"] - number * values["membrane_slope"]) * shares[:, number : number + 1]
        decay = values["membrane_decay"] * torch.exp(-math.log(ratio) * values["membrane_damping"])
        sound = sound + level * torch.exp(-time / decay) * torch.sin(TURN * ratio * pitch * time)
    return sound


def clicks(values: Values, time: Tensor) -> Tensor:
    """A pulse and a ping: what a click is besides noise."""
    lasting = time / values["pulse_time"]
    pulse = gain(values["pulse"]) * lasting * torch.exp(1.0 - lasting)
    ping = torch.exp(-time / values["ping_decay"]) * torch.sin(TURN * values["ping_pitch"] * time)
    return pulse + gain(values["ping"]) * ping


def noise(values: Values, name: str, time: Tensor, rate: int, generator: Generator | None) -> Tensor:
    """Noise in a band that dies away; `name` is that of its level, and begins those of its other values."""
    frames = time.shape[1]
    white = torch.randn(len(values[name]), frames, device=time.device, generator=generator)
    bins = warped(frames, time.device)
    band = high_pass(bins, values[f"{name}_low"], rate) * low_pass(bins, values[f"{name}_high"], rate)
    coloured: Tensor = torch.fft.irfft(torch.fft.rfft(white) * band, n=frames)
    level = gain(values[name]) / coloured.abs().amax(1, keepdim=True)
    return level * coloured * torch.exp(-time / values[f"{name}_decay"])
