"""What a performer can ask of the daemon before it starts."""

from dataclasses import dataclass
from pathlib import Path

from latentaudio.osc_root import ROOT


@dataclass(frozen=True)
class Settings:
    """What `latentaudio play` was asked for."""

    model: Path | None = None  # the last session's, else the factory's
    mappings: tuple[str, ...] = ()
    audio: str | None = None
    sample_rate: int | None = None
    block_size: int | None = None
    outputs: tuple[int, ...] | None = None  # None: the device's first two
    midi: tuple[str, ...] = ()
    midi_api: str | None = None
    osc_port: int = 9000
    osc_root: str = ROOT  # beside /la
    oscquery: int | None = None  # TCP port; None: as the OSC port, where the extra is installed; 0: none
    lan: bool = False
    lan_full: bool = False  # others on the network may record, and load models and files
    preset: str | None = None
    fresh: bool = False  # leave the last session, and keep it
    sound_memory: float = 256.0  # MB of sounds kept for when their points come back
    sounds: Path | None = None  # folder of what performers may name; None: the user's
    trigger_offset_ms: float | None = None
    device: str = "auto"
    record: Path | None = None
    demo: bool = False
    seed: int | None = None
