"""The daemon: starts the parts bottom up, runs the state thread's loop, stops them top down."""

import logging
from dataclasses import dataclass
from pathlib import Path

from latentaudio.config import FACTORY_MODEL

log = logging.getLogger(__name__)

INBOX = 8192  # events that may wait; at 1,000 messages a second the loop is far ahead of this
TICK = 1 / 60  # seconds between flushes of feedback, which is never sent more often
SECOND = 1.0  # between looks at what may have failed
SWITCH_INTERVAL = 0.0005  # a note waits this long at most for Python code that runs elsewhere; the default is 5 ms
ALIVE_FRAMES = 1.05  # room of a render slot beyond the model's length, for what resampling rounds up


@dataclass(frozen=True)
class Settings:
    """What `latentaudio play` was asked for."""

    model: Path = FACTORY_MODEL
    mappings: tuple[str, ...] = ()
    audio: str | None = None
    sample_rate: int | None = None
    block_size: int | None = None
    outputs: tuple[int, ...] = (1, 2)
    midi: tuple[str, ...] = ()
    midi_api: str | None = None
    osc_port: int = 9000
    lan: bool = False
    trigger_offset_ms: float | None = None
    device: str = "auto"
    record: Path | None = None
    demo: bool = False
    seed: int | None = None
