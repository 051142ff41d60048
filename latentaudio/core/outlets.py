"""Where a run tells of itself while it goes: its caller, TensorBoard's logs, a preview. On the caller's thread."""

import logging
from pathlib import Path

from latentaudio.core.audition import Audition
from latentaudio.core.logs import Logs
from latentaudio.core.options import Progress, Report, TrainOptions
from latentaudio.core.preview import write_preview
from latentaudio.errors import DataError

log = logging.getLogger(__name__)


class Outlets:
    """Those that the options ask for; none of them can end the run."""

    def __init__(self, out: Path, options: TrainOptions, progress: Report) -> None:
        """Of the run that makes the model `out`. Raises UsageError where logs cannot be written."""
        self._progress = progress
        self._rate = options.config.sample_rate
        self._logs = Logs(options.logs, self._rate) if options.logs else None
        self._preview = out.with_suffix(".preview.wav") if options.report else None

    def progress(self, now: Progress) -> None:
        """Tell how far the run is."""
        self._progress(now)
        if self._logs:
            self._logs.progress(now)

    def sounds(self, step: int, audition: Audition) -> Path | None:
        """Let it be heard; returns the preview, where one was written."""
        if not self._logs and not self._preview:
            return None
        draws = audition.draws()
        if self._logs:
            self._logs.sounds(step, *audition.pairs(), draws)
        if not self._preview:
            return None
        try:
            write_preview(self._preview, draws, self._rate)
        except DataError as error:
            log.warning("%s", error)
            return None
        return self._preview

    def close(self) -> None:
        """Write what is waiting."""
        if self._logs:
            self._logs.close()
