"""A parametric kick synthesiser: thousands of kicks that nobody has to record, on whichever device trains.

On the caller's thread. Tensor code without a branch or a wait, so that a CUDA graph of the training step can hold
it; a seeded generator gives the same sounds again.
"""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from latentaudio.core.audio import FADE, ONSET
from latentaudio.core.augment import gain, normalise
from latentaudio.core.synth_filters import high_pass, low_pass, low_shelf, room, tilt, warped
from latentaudio.core.synth_parts import body, clicks, membrane, noise
from latentaudio.core.synth_ranges import Values, draw_values
from latentaudio.core.vae import VaeConfig

TILT_CORNER = 1000.0  # Hz
CHUNK = 16  # kicks made at once where memory is the user's


def render(count: int, config: VaeConfig, seed: int) -> Tensor:
    """`count` kicks [count, frames] as the network `config` would see them, the same for the same seed."""
    return torch.cat([audio for _, audio in kicks(count, config.sample_rate, config.frames, seed)])


def kicks(count: int, rate: int, frames: int, seed: int) -> Iterator[tuple[Values, Tensor]]:
    """`count` kicks in chunks on the CPU: their values, each [chunk, 1], and audio [chunk, frames].

    The first kicks of a seed do not depend on how many are asked for.
    """
    cpu = torch.device("cpu")
    generator = Generator().manual_seed(seed)
    for start in range(0, count, CHUNK):
        values = draw_values(CHUNK, cpu, generator)
        audio = synthesise(values, rate, frames, generator)
        wanted = min(CHUNK, count - start)
        yield {name: value[:wanted] for name, value in values.items()}, audio[:wanted]


def random_kicks(count: int, rate: int, frames: int, device: torch.device) -> Tensor:
    """`count` kicks [count, frames] from the device's default generator, for a training step."""
    return synthesise(draw_values(count, device), rate, frames)


@torch.no_grad()
def synthesise(values: Values, rate: int, frames: int, generator: Generator | None = None) -> Tensor:
    """One kick for each row of `values`: [batch, frames], onset at its `lead`, peak -1 dBFS.

    `generator` makes the noise, the room and the membrane's balance.
    """
    time = torch.arange(frames, device=values["pitch"].device).unsqueeze(0) / rate
    sound = body(values, time) + membrane(values, time, generator) + clicks(values, time)
    sound = sound + noise(values, "slap", time, rate, generator) + noise(values, "noise", time, rate, generator)
    sound = saturate(normalise(sound), values["drive"], values["bias"])
    sound = normalise(mix(values, sound, time, rate, generator))
    sound = sound + gain(values["hiss"]) * torch.randn(sound.shape, device=sound.device, generator=generator)
    sound = end(align(sound, values["lead"], rate), time, values["length"], values["fade"], rate)
    return normalise(sound * (1.0 - 2.0 * values["inverted"]))


def saturate(sound: Tensor, drive: Tensor, bias: Tensor) -> Tensor:
    """`sound` through a tanh, off its centre by `bias`, which adds even harmonics."""
    drive = drive.clamp_min(1e-2)
    return torch.tanh(drive * (sound + bias)) - torch.tanh(drive * bias)


def mix(values: Values, sound: Tensor, time: Tensor, rate: int, generator: Generator | None) -> Tensor:
    """`sound` through the mixer's filters and the room, in one pass over its spectrum."""
    frames = sound.shape[1]
    bins = warped(2 * frames, sound.device)
    answer = room(time, values["room_delay"], values["room_decay"], rate, generator)
    response = 1.0 + gain(values["room"]) * answer * low_pass(bins, values["room_high"], rate)
    for part in (
        high_pass(bins, values["low_cut"], rate),
        low_shelf(bins, values["shelf_corner"], rate, values["shelf"]),
        tilt(bins, torch.full_like(values["tilt"], TILT_CORNER), rate, values["tilt"]),
        low_pass(bins, values["high_cut"], rate),
    ):
        response = response * part
    mixed: Tensor = torch.fft.irfft(torch.fft.rfft(sound, n=2 * frames) * response, n=2 * frames)
    return mixed[:, :frames]


def align(sound: Tensor, lead: Tensor, rate: int) -> Tensor:
    """`sound` moved so that its onset, as `audio.one_shot` finds it, comes `lead` [batch, 1] seconds after frame 0."""
    frames = sound.shape[1]
    loud = sound.abs()
    onset = (loud >= ONSET * loud.amax(1, keepdim=True)).float().argmax(1, keepdim=True)
    index = torch.arange(frames, device=sound.device) + onset - torch.round(lead * rate).long()
    inside = ((index >= 0) & (index < frames)).float()
    return sound.gather(1, index.clamp(0, frames - 1)) * inside


def end(sound: Tensor, time: Tensor, length: Tensor, fade: Tensor, rate: int) -> Tensor:
    """`sound` over after `length` [batch, 1] seconds, or as long as it is, and faded over a share `fade` of that."""
    length = length.clamp_max(sound.shape[1] / rate)
    left = ((length - time) / (fade * length).clamp_min(FADE)).clamp(0.0, 1.0)
    return sound * torch.sin(left * (torch.pi / 2)).square()
