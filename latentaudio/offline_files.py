"""How sounds become files: whole or not at all, and never over another file unless that is wanted. Any thread."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from latentaudio.errors import DataError, UsageError
from latentaudio.files import atomic_path

JOINED = "joined"
SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
ADD_PEAK_CHUNK = 0x1050  # libsndfile's command; the chunk, of floating-point WAV alone, tells when it was written


@dataclass(frozen=True)
class Form:
    """What kind of files, and where. Raises UsageError for what FLAC cannot hold."""

    folder: Path
    sample_rate: int = 44100  # Hz
    format: str = "wav"  # or flac
    bits: int = 24  # 16, 24, or 32: floating point, which keeps what is above full scale
    gap: float | None = None  # seconds of silence between all sounds in one more file; None: no such file
    force: bool = False  # replace what is there

    def __post_init__(self) -> None:
        if self.format == "flac" and self.bits == 32:
            raise UsageError("FLAC has at most 24 bits; use --bits 24 or --format wav")

    @property
    def joined(self) -> str:
        """The name of the file with all sounds."""
        return f"{JOINED}.{self.format}"

    def numbered(self, count: int, prefix: str = "", digits: int = 2) -> list[str]:
        """`01.wav` …: names that sort."""
        digits = max(digits, len(str(count)))
        return [f"{prefix}{number:0{digits}}.{self.format}" for number in range(1, count + 1)]

    def claim(self, names: Sequence[str]) -> None:
        """Raises UsageError where one of the files is there already: better now than after an hour."""
        names = [*names, self.joined] if self.gap is not None else names
        there = next((path for path in map(self.folder.joinpath, names) if path.exists()), None)
        if there and not self.force:
            raise UsageError(f"{there} is there already; choose another folder, or replace it with --force")

    def write(self, name: str, samples: NDArray[np.float32]) -> Path:
        """Write a sound [frames] or [frames, channels]; tells its path. Raises DataError."""
        return write_sound(self.folder / name, samples, self.sample_rate, SUBTYPES[self.bits])

    def join(self, paths: Sequence[Path]) -> Path:
        """Write the sounds of `paths` into one file. They begin evenly: the longest, then the gap. Raises DataError."""
        assert self.gap is not None
        path = self.folder / self.joined
        infos = [soundfile.info(each) for each in paths]
        every = max(info.frames for info in infos) + round(self.gap * self.sample_rate)
        with sound_file(path, self.sample_rate, infos[0].channels, SUBTYPES[self.bits]) as file:
            for each in paths:
                samples, _ = soundfile.read(each, dtype="float64", always_2d=True)  # nothing is lost
                file.write(np.pad(samples, ((0, every - len(samples)), (0, 0))))
        return path


def write_sound(path: Path, samples: NDArray[np.float32], sample_rate: int, subtype: str = "PCM_24") -> Path:
    """Write a sound [frames] or [frames, channels], making its folder; its suffix says how. Raises DataError."""
    with sound_file(path, sample_rate, 1 if samples.ndim == 1 else samples.shape[1], subtype) as file:
        file.write(samples)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a text, making its folder. Raises DataError."""
    with _written(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


@contextmanager
def sound_file(path: Path, sample_rate: int, channels: int, subtype: str) -> Iterator[soundfile.SoundFile]:
    """A sound to be written; what is the same sound is the same file, whenever it is written."""
    with _written(path) as temporary, soundfile.SoundFile(temporary, "w", sample_rate, channels, subtype) as file:
        soundfile._snd.sf_command(file._file, ADD_PEAK_CHUNK, soundfile._ffi.NULL, 0)
        yield file


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            yield temporary
    except (OSError, TypeError, ValueError, soundfile.LibsndfileError) as error:
        raise DataError(f"cannot write {path}: {error}") from error
