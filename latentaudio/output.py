"""Keeps the engine sounding: opens the device that was asked for, and opens it again when it goes. State thread."""

import logging
import time

from latentaudio.engine.devices import NULL, DeviceInfo, query_device
from latentaudio.engine.engine import Engine
from latentaudio.engine.stream import Stream, open_stream
from latentaudio.errors import AudioError

log = logging.getLogger(__name__)

RETRY_S = 2.0  # between tries to open a device that is gone


class Output:
    """A stream that is replaced when it dies; the engine and what it plays stay."""

    def __init__(
        self, device: str | None, sample_rate: int | None, block_size: int | None, outputs: tuple[int, ...] | None
    ) -> None:
        """Find the device and make the engine for it; nothing sounds yet.

        A machine with no device at all plays to none, with a warning, unless one was asked for by name. Raises
        AudioError where the named one cannot be used.
        """
        self._block_size = block_size
        self._info = _find(device, sample_rate, outputs)
        self._wanted = NULL if self.is_null else device
        self.engine = Engine(self._info.sample_rate, len(self._info.outputs))
        self._stream: Stream | None = None
        self._retry_at = 0.0
        self.reopened = 0
        self.why = ""  # why it does not sound; empty while it does

    @property
    def sample_rate(self) -> int:
        """Of the device and the engine, Hz."""
        return round(self._info.sample_rate)

    @property
    def driver(self) -> str:
        """The host API: ALSA, JACK Audio Connection Kit, Core Audio, null …"""
        return self._info.driver

    @property
    def name(self) -> str:
        """The device."""
        return self._info.name

    @property
    def is_null(self) -> bool:
        """Whether it plays to no device."""
        return self._info.driver == NULL

    @property
    def block_size(self) -> int:
        """Frames of the latest block."""
        return self._stream.block_size if self._stream else 0

    def start(self) -> None:
        """Let it sound. Raises AudioError."""
        self._stream = open_stream(self.engine, self._info, self._block_size)
        self._stream.start()

    def watch(self) -> bool:
        """Open the device again where it has stopped asking for blocks; True when it has just come back."""
        now = time.monotonic()
        if now < self._retry_at or (self._stream and self._stream.alive):
            return False
        self._retry_at = now + RETRY_S
        if self._stream:
            log.warning("%s stopped; trying to open it again", self.name)
        self.close()
        try:
            rate = self.sample_rate
            self._info = query_device(self._wanted, rate, self._info.outputs)
            self.start()
        except AudioError as error:
            self.close()
            if str(error) != self.why:
                log.warning("%s; trying again every %.0f s", error, RETRY_S)
            self.why = str(error)
            return False
        self.why = ""
        self.reopened += 1
        log.warning("%s plays again", self.name)
        return True

    def close(self) -> None:
        """Stop, and give the device back."""
        stream, self._stream = self._stream, None
        for end in (stream.stop, stream.close) if stream else ():
            try:
                end()
            except AudioError as error:  # a device that is gone can neither be stopped nor closed
                log.debug("%s", error)


def _find(device: str | None, sample_rate: int | None, outputs: tuple[int, ...] | None) -> DeviceInfo:
    try:
        return query_device(device, sample_rate, outputs)
    except AudioError as error:
        if device is not None:
            raise
        log.warning("%s", error)
        return query_device(NULL, sample_rate, outputs)
