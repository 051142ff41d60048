"""What a run tells, as TensorBoard's event files. Called on the run's thread; TensorBoard writes on one of its own."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latentaudio.core.evaluate_sounds import log_mel
from latentaudio.core.options import Progress
from latentaudio.core.picture_parts import RANGE
from latentaudio.errors import UsageError

SPARE = 100 * 10**6  # bytes of the disk: the last of it is for the model
ZOOM = 4  # pixels of a band and a column: TensorBoard shows images as large as they are
log = logging.getLogger(__name__)


class Logs:
    """A folder of event files. What cannot be written is said once, and the run goes on without."""

    def __init__(self, folder: Path, rate: int) -> None:
        """Of a run at `rate` Hz. Raises UsageError where TensorBoard is missing or `folder` cannot be made."""
        check_logs()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot write logs in {folder}: {error.strerror}") from error
        self._folder, self._rate = folder, rate
        self._writer: Any = None
        self._failed = False

    def progress(self, now: Progress) -> None:
        """Add the losses of a report, and the validation that it knows of."""

        def write(writer: Any) -> None:
            for name, value in now.losses.items():
                writer.add_scalar(f"loss/{name}", value, now.step)
            writer.add_scalar("run/learning rate", now.learning_rate, now.step)
            writer.add_scalar("run/seconds per epoch", now.seconds_per_epoch, now.step)
            if now.validation:
                writer.add_scalar(f"mel dB/{now.validation.split}", now.validation.error, now.step)

        self._try(write, now.step)

    def sounds(self, step: int, real: Tensor, decoded: Tensor, draws: Tensor) -> None:
        """Add spectrograms of pairs, real above decoded, and draws to listen to; all [n, frames] on the CPU."""

        def write(writer: Any) -> None:
            for number, pair in enumerate(zip(real, decoded, strict=True), 1):
                writer.add_image(f"real above decoded/{number}", spectrograms(torch.stack(pair), self._rate), step)
            for number, draw in enumerate(draws, 1):
                writer.add_audio(f"draw/{number}", draw.unsqueeze(0), step, self._rate)
            writer.flush()

        self._try(write, step)

    def close(self) -> None:
        """Write what is waiting."""
        if self._writer is not None:
            self._try(lambda writer: writer.close(), 0)

    def _try(self, write: Callable[[Any], None], step: int) -> None:
        if self._failed:
            return
        try:
            if shutil.disk_usage(self._folder).free < SPARE:
                raise OSError(f"less than {SPARE // 10**6} MB of the disk are free")
            write(self._writer or self._open(step))
        except OSError as error:
            self._failed = True
            log.warning("logs in %s end here: %s", self._folder, error.strerror or error)

    def _open(self, step: int) -> Any:
        from torch.utils.tensorboard import SummaryWriter

        # What a run that was resumed had logged beyond its checkpoint is hidden: it happens again.
        writer: Any = SummaryWriter(str(self._folder), purge_step=step, flush_secs=5)
        self._writer = writer
        return writer


def check_logs() -> None:
    """Raise UsageError where TensorBoard or matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
        import tensorboard  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError("logs need TensorBoard: pip install 'latentaudio[train]'") from error


def spectrograms(audio: Tensor, rate: int) -> Tensor:
    """Log-mel spectrograms of `audio` [n, frames], one above the other, as colours [3, height, width] in 0..1."""
    from matplotlib import colormaps

    mel = log_mel(audio, rate)
    level = (mel - mel.max() + RANGE) / RANGE
    rows = level.clamp(0.0, 1.0).transpose(1, 2).flip(1).flatten(0, 1)  # the highest band of the first on top
    rows = rows.repeat_interleave(ZOOM, 0).repeat_interleave(ZOOM, 1)
    return torch.from_numpy(colormaps["magma"](rows.numpy())[..., :3]).permute(2, 0, 1)
