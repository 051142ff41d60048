"""How fast a model loads and decodes where it is. On the caller's thread, which should have the machine to itself."""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from latentaudio.core.vae import Vae

BATCHES = (1, 16, 128)
SECONDS = 1.0  # of measuring, for each batch size
FEWEST, MOST = 3, 200  # decodes


@torch.inference_mode()
def decode_ms(vae: Vae, batch: int) -> float:
    """Median milliseconds to decode `batch` points that are on the device already; the audio stays on it."""
    device = next(vae.parameters()).device
    run = prepared(vae, torch.randn(batch, vae.config.dims, device=device))
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < FEWEST or (len(times) < MOST and time.perf_counter() - began < SECONDS):
        started = time.perf_counter()
        run()
        synchronise(device)
        times.append(time.perf_counter() - started)
    return round(1e3 * float(torch.tensor(times).median()), 3)


def prepared(vae: Vae, z: Tensor) -> Callable[[], object]:
    """A warm decode of `z` [batch, dims]: on CUDA a captured graph, as the renderer has it, for eager decoding is
    bound by its launches."""
    if z.device.type != "cuda":
        vae.decode(z)
        synchronise(z.device)
        return lambda: vae.decode(z)
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        vae.decode(z)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        vae.decode(z)
    graph.replay()
    return graph.replay


def synchronise(device: torch.device) -> None:
    """Wait until `device` has done all that it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
