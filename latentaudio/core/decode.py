"""The decoder made ready to play: on CUDA with shorter numbers and recorded launches, elsewhere as it is.

The caller's thread, once at the start. benchmarks/RESULTS.md says what was tried on the CPU.
"""

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from latentaudio.core.coders import Decoder
from latentaudio.core.vae import Vae

Decode = Callable[[Tensor], Tensor]  # [batch, dims] to audio [batch, frames]

PRECISION = {"cuda": torch.float16}  # of the blocks, by device; bfloat16 errs 19 dB more
LEAST_SNR_DB = 45.0  # so far off, no sound of the factory model is moved by more than 0.05 mel dB


@torch.inference_mode()
def fast_decoder(vae: Vae, points: Tensor, sizes: tuple[int, ...]) -> Decode:
    """`vae`'s decoder, as fast as its device can, warm for batches of `sizes`; on CUDA none may be larger.

    It has shorter numbers than `vae`, which stays as it is, where that cannot be told apart at `points` [sounds, dims].
    """
    if points.is_cuda:
        with kernels_of(vae):
            return Recorded(shortest_decoder(vae, points), vae.config.dims, points.device, sizes)
    decoder = shortest_decoder(vae, points)
    for size in sizes:
        decoder(points[:1].expand(size, -1))
    return decoder


def kernels_of(vae: Vae) -> AbstractContextManager[None]:
    """Within it convolutions run as fast as they can on CUDA, first ones included.

    cuDNN takes half a second and more to find how to convolve each channel alone in half precision, at each batch size
    anew. What it finds is no faster than PyTorch's own up to 16 sounds, and by 7 to 9 % from 64 on; where channels are
    mixed it is up to four times as fast.
    """
    by_channel = vae.config.network == "unet" and vae.config.blocks == "convnext"
    return torch.backends.cudnn.flags(enabled=not by_channel)


def shortest_decoder(vae: Vae, points: Tensor) -> Decoder:
    """`vae`'s decoder or, where its device gains and none of `points` [sounds, dims] tells, one of shorter numbers."""
    dtype = PRECISION.get(points.device.type)
    short = short_decoder(vae, dtype) if dtype else vae.decoder
    return short if not dtype or snr_db(vae.decoder(points), short(points)).min() > LEAST_SNR_DB else vae.decoder


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
        self._pool = torch.cuda.graph_pool_handle()
        # The largest first, so that the others fit in its memory.
        self._recorded = {size: self._record(torch.zeros(size, dims, device=device)) for size in sorted(sizes)[::-1]}

    def _record(self, z: Tensor) -> tuple[torch.cuda.CUDAGraph, Tensor, Tensor]:
        """What decodes `z` [size, dims] anew, and where the points and the audio lie."""
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self._decode(z)  # plans FFTs and picks convolutions outside the capture
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            audio = self._decode(z)
        return graph, z, audio

    @torch.inference_mode()
    def __call__(self, z: Tensor) -> Tensor:
        """Audio of at most the largest size; a batch is padded to the next. The next call overwrites it."""
        size = min(size for size in self._recorded if size >= len(z))
        graph, given, audio = self._recorded[size]
        given[: len(z)].copy_(z)
        graph.replay()
        return audio[: len(z)]
