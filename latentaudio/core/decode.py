"""The decoder made ready to play: on CUDA with shorter numbers and recorded launches, elsewhere as it is.

The caller's thread, once at the start. benchmarks/RESULTS.md says what was tried on the CPU.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from latentaudio.core.coders import Decoder
from latentaudio.core.vae import Vae

Decode = Callable[[Tensor], Tensor]  # [batch, dims] to audio [batch, frames]

PRECISION = {"cuda": torch.float16}  # of the blocks, by device; bfloat16 errs 19 dB more
LEAST_SNR_DB = 45.0  # so far off, no sound of the factory model is moved by more than 0.05 mel dB


@torch.inference_mode()
def fast_decoder(vae: Vae, points: Tensor, sizes: tuple[int, ...]) -> Decode:
    """`vae`'s decoder, as fast as its device can, warm for batches of `sizes`, the only ones on CUDA.

    It has shorter numbers than `vae`, which stays as it is, where that cannot be told apart at `points` [sounds, dims].
    """
    device = points.device
    decoder = short_decoder(vae, PRECISION[device.type]) if device.type in PRECISION else vae.decoder
    if decoder is not vae.decoder and not snr_db(vae.decoder(points), decoder(points)).min() > LEAST_SNR_DB:
        decoder = vae.decoder
    if device.type == "cuda":
        return Recorded(decoder, vae.config.dims, device, sizes)
    for size in sizes:
        decoder(points[:1].expand(size, -1))
    return decoder


def short_decoder(vae: Vae, dtype: torch.dtype) -> Decoder:
    """A copy of `vae`'s decoder with the weights of its blocks in `dtype`."""
    decoder = copy.deepcopy(vae.decoder)
    decoder.shorten(dtype)
    return decoder


def snr_db(wanted: Tensor, heard: Tensor) -> Tensor:
    """How far the difference of `heard` [sounds, frames] lies below `wanted`, dB [sounds]; NaN where it has NaN."""
    error = (wanted - heard).square().sum(-1)
    return 10.0 * torch.log10(wanted.square().sum(-1) / error)


class Recorded:
    """`decode` as one captured CUDA graph per batch size: eager decoding is bound by its launches."""

    def __init__(self, decode: Decode, dims: int, device: torch.device, sizes: tuple[int, ...]) -> None:
        # A graph reads the weights where they lay when it was recorded: they must not be freed before it.
        self._decode = decode
        self._recorded: dict[int, tuple[torch.cuda.CUDAGraph, Tensor, Tensor]] = {}
        pool = torch.cuda.graph_pool_handle()
        for size in sorted(sizes, reverse=True):  # the largest first, so that the others fit in its memory
            z = torch.zeros(size, dims, device=device)
            stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                decode(z)  # plans FFTs and picks convolutions outside the capture
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                audio = decode(z)
            self._recorded[size] = (graph, z, audio)

    def __call__(self, z: Tensor) -> Tensor:
        """Audio of at most the largest size; a batch is padded to the next. The next call overwrites it."""
        size = min(size for size in self._recorded if size >= len(z))
        graph, given, audio = self._recorded[size]
        given[: len(z)].copy_(z)
        graph.replay()
        return audio[: len(z)]
