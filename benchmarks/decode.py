"""How long does a decoder take from points to audio, by batch size and device, and how soon is its first sound there?

    python -m benchmarks.decode [MODEL ...] [--threads 1 2]

Points and audio stay on the device. On CUDA a batch is one captured graph, as the renderer has it; `eager` is the same
network without. `first sound` is loading and the first decode, torch being imported, in a process of its own.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import torch

from latentaudio.config import FACTORY_MODEL
from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.device import describe
from latentaudio.core.evaluate_speed import BATCHES, decode_ms, synchronise

FIRST = """if True:
    import sys, time
    from pathlib import Path
    import torch
    from latentaudio.core.checkpoint import load_model
    began = time.perf_counter()
    model = load_model(Path(sys.argv[1]), sys.argv[2])
    with torch.inference_mode():
        model.vae.decode(model.kit[:1].to(sys.argv[2])).cpu()
    print(time.perf_counter() - began)
"""


def first_sound_s(path: Path, device: str) -> float:
    """Seconds from torch imported to the first sound on the host, the best of three fresh processes."""
    runs = [subprocess.run([sys.executable, "-c", FIRST, str(path), device], stdout=subprocess.PIPE, check=True)
            for _ in range(3)]  # fmt: skip
    return min(float(run.stdout) for run in runs)


@torch.inference_mode()
def eager_ms(model: Model, batch: int, device: torch.device) -> float:
    """Median milliseconds of 20 decodes with no graph."""
    z = torch.randn(batch, model.vae.config.dims, device=device)
    times = []
    for _ in range(25):
        started = time.perf_counter()
        model.vae.decode(z)
        synchronise(device)
        times.append(time.perf_counter() - started)
    return 1e3 * float(torch.tensor(times[5:]).median())


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="*", default=[FACTORY_MODEL])
    parser.add_argument("--threads", type=int, nargs="*", default=[torch.get_num_threads()], help="on the CPU")
    options = parser.parse_args()
    cases = [("cpu", threads) for threads in options.threads]
    cases += [(name, 1) for name in ("cuda",) if torch.cuda.is_available()]
    columns = " | ".join(f"batch {batch}, ms" for batch in BATCHES)
    print(f"| model | device | threads | {columns} | eager, batch 1, ms | first sound, s |")
    print("|---" * (len(BATCHES) + 5) + "|")
    for path in options.models:
        for name, threads in cases:
            torch.set_num_threads(threads)
            device = torch.device(name)
            model = load_model(path, device)
            values = " | ".join(f"{decode_ms(model.vae, batch):.2f}" for batch in BATCHES)
            eager, first = eager_ms(model, 1, device), first_sound_s(path, name)
            print(
                f"| {path.stem} | {describe(device)} | {threads} | {values} | {eager:.2f} | {first:.2f} |", flush=True
            )


if __name__ == "__main__":
    main()
