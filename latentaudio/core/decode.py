"""The decoder made ready to play: on CUDA with shorter numbers and recorded launches, elsewhere as it is.

The caller's thread, once at the start. benchmarks/RESULTS.md says what was tried on the CPU.
"""

import copy
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from latentaudio.core.coders import Decoder
from latentaudio.core.vae import Vae

Decode = Callable[[Tensor], Tensor]  # [batch, dims] to audio [batch, frames]

PRECISION = {"cuda": torch.float16}  # of the blocks, by device; bfloat16 errs 19 dB more
LEAST_SNR_DB = 45.0  # so far off, no sound of the factory model is moved by more than 0.05 mel dB


@torch.inference_mode()
def fast_decoder(vae: Vae, points: Tensor, sizes: tuple[int, ...]) -> "Decode | Recorded":
    """`vae`'s decoder, as fast as its device can, once it is warm: on CUDA a `Recorded` that has made one sound.

    Elsewhere it is warm for batches of `sizes`. It has shorter numbers than `vae`, which stays as it is, where that
    cannot be told apart at `points` [sounds, dims].
    """
    if points.device.type == "cuda":
        vae.decoder(points[:1])
        return Recorded(vae, points, sizes)
    decoder = shortest_decoder(vae, points)
    for size in sizes:
        decoder(points[:1].expand(size, -1))
    return decoder


@torch.inference_mode()
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
    """A decoder as one captured CUDA graph per batch size: eager decoding is bound by its launches.

    Until it is `warm` it decodes eagerly what is not recorded yet, and in full precision: the first sound waits for
    neither, and each takes a good part of a second.
    """

    def __init__(self, vae: Vae, points: Tensor, sizes: tuple[int, ...]) -> None:
        """`points` [sounds, dims] tell whether its numbers may be short, and say by their device where it is."""
        # A graph reads the weights where they lay when it was recorded: they must not be freed before it.
        self._decode: Decode = vae.decoder
        self._recorded: dict[int, tuple[Callable[[], None], Tensor, Tensor]] = {}
        self._pool = torch.cuda.graph_pool_handle() if points.is_cuda else None
        self._steps = [partial(self._shorten, vae, points)]  # what is left to do, the next first
        self._steps += [partial(self._record, points.new_zeros(size, points.shape[1])) for size in sorted(sizes)]

    def warm(self) -> int:
        """Do the next step of what makes it fast, if any; returns how many are left."""
        if self._steps:
            self._steps.pop(0)()
        return len(self._steps)

    def _shorten(self, vae: Vae, points: Tensor) -> None:
        self._decode = shortest_decoder(vae, points)

    @torch.inference_mode()
    def _record(self, z: Tensor) -> None:
        self._recorded[len(z)] = self._capture(z)

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
