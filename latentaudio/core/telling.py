"""A training run in words, for people. Pure."""

from collections.abc import Iterator
from pathlib import Path

from latentaudio.core.options import Finish, Progress


def line(now: Progress) -> str:
    """Where a run stands; what matters most comes first, as a narrow terminal cuts it."""
    minutes, seconds = divmod(round(now.eta_s), 60)
    loss, *terms = (f"{name} {value:.3g}" for name, value in now.losses.items())
    parts = [f"{minutes}:{seconds:02} left", loss]
    if now.validation:
        parts.append(f"{now.validation.split} {now.validation.error:.2f} dB (best {now.validation.best:.2f})")
    each = f"{now.seconds_per_epoch:.2g}" if now.seconds_per_epoch < 10.0 else f"{now.seconds_per_epoch:.0f}"
    parts += [f"epoch {now.epoch:.1f}, {each} s each", f"{now.peak_memory_mb:.0f} MB"]
    return ", ".join([*parts, f"step {now.step}", *terms])


def closing_lines(finish: Finish, out: Path) -> Iterator[str]:
    """What a run has left."""
    if finish.early:
        best = f"the model is its best state, of step {finish.best_step}"
        yield f"stopped early at step {finish.step}, as validation no longer improved; {best}"
    if finish.picture:
        yield f"{finish.picture} shows what it learned"
    if finish.preview:
        yield f"{finish.preview} lets you hear eight draws"
    yield f"{out} is ready: latentaudio play --model {out}"
