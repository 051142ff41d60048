"""Sound files that can be read whatever happens to their writer. The recorder's thread."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from latentaudio.errors import AudioError

# RF64 is WAV that may grow past 4 GB (four hours); libsndfile makes it plain WAV until it does.
FORMATS = {".wav": "RF64", ".flac": "FLAC"}
PART = 4096  # frames between two updates of a header, so that what a full disk took can be read
RF64_AUTO_DOWNGRADE = 0x1210
UPDATE_HEADER_AUTO = 0x1061  # the header tells the length after each write


class GrowingFile:
    """A .wav or .flac file, 24 bit, whose header is true after every `write`."""

    def __init__(self, path: Path, sample_rate: int, channels: int) -> None:
        """Create it. Raises AudioError where that is impossible."""
        if path.suffix.lower() not in FORMATS:
            raise AudioError(f"cannot record to {path}: the name must end in .wav or .flac")
        kind = FORMATS[path.suffix.lower()]
        try:
            self._file = soundfile.SoundFile(path, "w", sample_rate, channels, "PCM_24", format=kind)
        except (soundfile.SoundFileError, OSError) as error:
            raise AudioError(f"cannot record to {path}: {error}") from error
        self._streaminfo = _StreamInfo(path) if kind == "FLAC" else None
        for command in (RF64_AUTO_DOWNGRADE, UPDATE_HEADER_AUTO):
            soundfile._snd.sf_command(self._file._file, command, soundfile._ffi.NULL, 1)
        self._frames = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append frames, [frames, channels]. Raises soundfile.SoundFileError or OSError."""
        for first in range(0, len(samples), PART):
            part = samples[first : first + PART]
            self._file.write(part)
            self._frames += len(part)
            if self._streaminfo:
                self._streaminfo.tell(self._frames)

    def close(self) -> None:
        """Complete the file."""
        if self._streaminfo:
            self._streaminfo.close()
        self._file.close()


class _StreamInfo:
    """The length in a FLAC file's header, which libsndfile writes only at the end. Without it many readers
    refuse the file.

    Its place: RFC 9639, 8.2: 36 bits from the lower half of byte 21 on; the block size is bytes 8 and 9.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b", buffering=0)

    def tell(self, frames: int) -> None:
        """Claim the blocks that are complete after `frames` were written: the encoder holds one frame back."""
        self._file.seek(8)
        block = int.from_bytes(self._file.read(2))
        if block == 0:
            return
        complete = max(frames - 1, 0) // block * block
        self._file.seek(21)
        upper = self._file.read(1)[0] & 0xF0
        self._file.seek(21)
        self._file.write(bytes([upper | complete >> 32]) + (complete & 0xFFFFFFFF).to_bytes(4))

    def close(self) -> None:
        self._file.close()
