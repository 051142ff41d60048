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
def fast_decoder(vae: Vae, points: Tensor, sizes: tuple[int, ...]) -> "Decode | Recorded":
    """`vae`'s decoder, as fast as its device can, warm for a batch of the first of `sizes`.

    On CUDA it is a `Recorded`, whose launches for batches of `sizes` can be recorded; elsewhere it is warm for them
    all. It has shorter numbers than `vae`, which stays as it is, where that cannot be told apart at `points`
    [sounds, dims].
    """
    device = points.device
    decoder = short_decoder(vae, PRECISION[device.type]) if device.type in PRECISION else vae.decoder
    if decoder is not vae.decoder and not snr_db(vae.decoder(points), decoder(points)).min() > LEAST_SNR_DB:
        decoder = vae.decoder
    cuda = device.type == "cuda"
    for size in sizes[:1] if cuda else sizes:
        decoder(points[:1].expand(size, -1))
    return Recorded(decoder, vae.config.dims, device, sizes) if cuda else decoder


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
    """`decode` as one captured CUDA graph per batch size: eager decoding is bound by its launches.

    Until a size that holds a batch is recorded the batch is decoded eagerly: the first sound needs no graph, and a
    graph takes a good part of a second.
    """

    def __init__(self, decode: Decode, dims: int, device: torch.device, sizes: tuple[int, ...]) -> None:
        # A graph reads the weights where they lay when it was recorded: they must not be freed before it.
        self._decode, self._dims, self._device = decode, dims, device
        self._left = sorted(sizes)  # the smallest first: a control that moves asks for few sounds
        self._recorded: dict[int, tuple[Callable[[], None], Tensor, Tensor]] = {}
        self._pool = torch.cuda.graph_pool_handle() if device.type == "cuda" else None

    @torch.inference_mode()
    def record(self) -> int:
        """Record the launches for the next of the sizes, if any; returns how many are left."""
        if self._left:
            size = self._left.pop(0)
            self._recorded[size] = self._capture(torch.zeros(size, self._dims, device=self._device))
        return len(self._left)

    def _capture(self, z: Tensor) -> tuple[Callable[[], None], Tensor, Tensor]:
        """What decodes `z` [size, dims] anew, and where the points and the audio lie."""
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self._decode(z)  # plans FFTs and picks convolutions outside the capture
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            audio = self._decode(z)
        return graph.replay, z, audio

    @torch.inference_mode()
    def __call__(self, z: Tensor) -> Tensor:
        """Audio of `z`; a batch is padded to the next size. The next call overwrites it."""
        size = min((size for size in self._recorded if size >= len(z)), default=0)
        if not size:
            return self._decode(z)
        replay, given, audio = self._recorded[size]
        given[: len(z)].copy_(z)
        replay()
        return audio[: len(z)]
