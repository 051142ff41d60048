"""How long presets take: a thousand in a folder, listed, searched and recalled; and what the session costs.

python -m benchmarks.presets [--presets 1000]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from latentaudio.config import FACTORY_MODEL
from latentaudio.latent.library import read_library
from latentaudio.presets import PresetFolder
from latentaudio.session import Session
from latentaudio.state import VALUES, State


def show(what: str, do: Callable[[], object], times: int = 1) -> None:
    """Print how long `do` takes: the median and the longest of `times`, ms."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        took.append((time.perf_counter() - began) * 1e3)
    print(f"| {what} | {times} | {np.median(took):.2f} | {max(took):.2f} |")


def main() -> None:
    """Measure in a temporary folder, with the factory model's dims and every parameter moved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=int, default=1000)
    count = parser.parse_args().presets
    library, random = read_library(FACTORY_MODEL), np.random.default_rng(0)
    state = State.of(library)
    state.points[:] = random.standard_normal(state.points.shape)
    state.values |= {name: row.natural(0.3) for name, row in VALUES.items()}
    print("| what | times | median ms | max ms |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        presets = PresetFolder(Path(place) / "presets")
        show("save", lambda: presets.save("000 Kick", state, library, "f", datetime.now(), ["deep"]), 50)
        content = (Path(place) / "presets" / "000 Kick.yaml").read_text()
        for number in range(1, count):
            (Path(place) / "presets" / f"{number:03} Kick.yaml").write_text(content)
        time.sleep(2.1)  # a listing is relied on once the folder has settled
        presets = PresetFolder(Path(place) / "presets")
        names = iter(random.permutation(presets.list.names()[:count]))

        def recall(name: str) -> None:
            presets.load(name, library, "f", [], state)

        show("first listing", PresetFolder(Path(place) / "presets").list.names)
        show("first search", lambda: presets.list.search("deep"))
        show("search again", lambda: presets.list.search("deep"), 20)
        show("recall, not read before", lambda: recall(str(next(names))), min(200, count))
        show("recall, read ahead", lambda: recall("000 Kick"), 200)
        session = Session(Path(place))
        show("session handed over", lambda: session.offer(state, library, "f", {}), 200)
        session.start()
        session.close()
        show("session restored", lambda: Session(Path(place)).restore(library, "f", []), 50)


if __name__ == "__main__":
    main()
