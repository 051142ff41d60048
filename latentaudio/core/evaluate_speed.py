"""How fast a model loads and decodes where it is. On the caller's thread, which should have the machine to itself."""

import time

import torch
from torch import Tensor

from latentaudio.core.decode import fast_decoder, short_decoder, snr_db
from latentaudio.core.evaluate_sounds import mel_db
from latentaudio.core.vae import Vae

BATCHES = (1, 16, 128)
SECONDS = 1.0  # of measuring, for each batch size
FEWEST, MOST = 3, 200  # decodes


@torch.inference_mode()
def decode_ms(vae: Vae, batch: int) -> float:
    """Median milliseconds to decode `batch` points as the renderer does it; points and audio stay on the device."""
    device = next(vae.parameters()).device
    z = torch.randn(batch, vae.config.dims, device=device)
    decode = fast_decoder(vae, z[:16], (batch,))
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < FEWEST or (len(times) < MOST and time.perf_counter() - began < SECONDS):
        started = time.perf_counter()
        decode(z)
        synchronise(device)
        times.append(time.perf_counter() - started)
    return round(1e3 * float(torch.tensor(times).median()), 3)


@torch.inference_mode()
def shortening(vae: Vae, points: Tensor, dtype: torch.dtype) -> dict[str, float]:
    """What a decoder with blocks in `dtype` changes at `points` [sounds, dims], against single precision."""
    wanted, heard = vae.decoder(points), short_decoder(vae, dtype)(points)
    ratios, mel = snr_db(wanted, heard), mel_db(heard, wanted, vae.config.sample_rate)
    return {
        "least SNR dB": float(ratios.min()),
        "median SNR dB": float(ratios.median()),
        "largest mel dB": float(mel.max()),
    }


def synchronise(device: torch.device) -> None:
    """Wait until `device` has done all that it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
