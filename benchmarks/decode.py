"""How long from points to audio, by batch and device; how soon is the first sound there; what shorter numbers change.

    python -m benchmarks.decode [MODEL ...] [--threads 1 2]

Points and audio stay on the device. `as played` is what the renderer does: on CUDA a captured graph with blocks in half
precision where nobody can tell. `plain` is the network itself. The start is a fresh process, the best of three.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from latentaudio.config import FACTORY_MODEL
from latentaudio.core.checkpoint import Model, load_model
from latentaudio.core.device import describe
from latentaudio.core.evaluate_speed import BATCHES, decode_ms, shortening, synchronise
from latentaudio.offline import draw_points

DRAWS = 64
START = """if True:
    import json, sys, time
    times = [float(sys.argv[3]), time.time()]
    import torch
    times.append(time.time())
    from pathlib import Path
    from latentaudio.render import worker
    worker._stand_back()
    device, _ = worker._device(sys.argv[2])
    model = worker.load_model(Path(sys.argv[1]), device)
    times.append(time.time())
    decode = worker.decoder(model, device)
    times.append(time.time())
    decode(model.kit[:1].numpy())
    times.append(time.time())
    print(json.dumps([after - before for before, after in zip(times, times[1:])]))
"""
STEPS = ("Python", "import torch", "load the model", "warm up", "first render", "all after torch")


def start_s(path: Path, device: str) -> list[float]:
    """Seconds of each of `STEPS`."""
    runs = []
    for _ in range(3):
        command = [sys.executable, "-c", START, str(path), device, str(time.time())]
        steps = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        runs.append([*steps, sum(steps[2:])])
    return min(runs, key=lambda steps: steps[-1])


@torch.inference_mode()
def plain_ms(model: Model, batch: int, device: torch.device) -> float:
    """Median milliseconds of 20 decodes with no graph, in single precision."""
    z = torch.randn(batch, model.vae.config.dims, device=device)
    times = []
    for _ in range(25):
        started = time.perf_counter()
        model.vae.decode(z)
        synchronise(device)
        times.append(time.perf_counter() - started)
    return 1e3 * float(torch.tensor(times[5:]).median())


def speed(paths: list[Path], cases: list[tuple[str, int]]) -> None:
    """Print how fast each model decodes."""
    columns = " | ".join(f"batch {batch}, ms" for batch in BATCHES)
    print(f"\n| model | device | threads | {columns} | plain, batch 1, ms |\n" + "|---" * (len(BATCHES) + 4) + "|")
    for path in paths:
        for name, threads in cases:
            torch.set_num_threads(threads)
            device = torch.device(name)
            model = load_model(path, device)
            values = " | ".join(f"{decode_ms(model.vae, batch):.2f}" for batch in BATCHES)
            print(f"| {path.stem} | {describe(device)} | {threads} | {values} | {plain_ms(model, 1, device):.2f} |")


def precision(paths: list[Path], devices: list[str]) -> None:
    """Print what shorter numbers change over the kit and draws."""
    print("\n| model | device | blocks in | least SNR, dB | median | largest mel dB |\n|---|---|---|---|---|---|")
    for path in paths:
        for name in devices:
            model = load_model(path, name)
            points = torch.from_numpy(np.concatenate([model.kit.numpy(), draw_points(path, DRAWS)])).to(name)
            for dtype in (torch.float16, torch.bfloat16):
                least, median, mel = shortening(model.vae, points, dtype).values()
                blocks = str(dtype).removeprefix("torch.")
                print(f"| {path.stem} | {name} | {blocks} | {least:.1f} | {median:.1f} | {mel:.3f} |")


def start(paths: list[Path], devices: list[str]) -> None:
    """Print what the renderer does before its first sound, seconds."""
    print(f"\n| model | device | {' | '.join(STEPS)} |\n" + "|---" * (len(STEPS) + 2) + "|")
    for path in paths:
        for name in devices:
            print(f"| {path.stem} | {name} | {' | '.join(f'{step:.2f}' for step in start_s(path, name))} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="*", default=[FACTORY_MODEL])
    parser.add_argument("--threads", type=int, nargs="*", default=[torch.get_num_threads()], help="on the CPU")
    options = parser.parse_args()
    devices = ["cpu"] + ["cuda"] * torch.cuda.is_available()
    speed(options.models, [("cpu", threads) for threads in options.threads] + [(name, 1) for name in devices[1:]])
    precision(options.models, devices)
    start(options.models, devices)


if __name__ == "__main__":
    main()
