"""Renders that outlive a session: the next start plays them at once, before the decoder is warm."""

from concurrent.futures import ThreadPoolExecutor

from latentaudio.config import FACTORY_MODEL
from latentaudio.events import Rendered, Samples
from latentaudio.instrument import Instrument
from latentaudio.parameters import PADS
from latentaudio.render.cache import RenderCache, shipped_kit
from latentaudio.sounding import LOUDEST


class KeptRenders:
    """What pads play at a start, and what is kept of it for the next. Every method is the state thread's."""

    def __init__(self, instrument: Instrument, mark: str, sample_rate: int) -> None:
        """`mark` is the fingerprint of the model that plays."""
        self._instrument, self._rate = instrument, sample_rate
        self._cache = RenderCache(mark, sample_rate)
        self._thread = ThreadPoolExecutor(1, "renders")

    def close(self) -> None:
        """Wait for what is being kept."""
        self._thread.shutdown()

    def load(self) -> None:
        """Give pads what was rendered in an earlier session or shipped, so that they sound at once."""
        library = self._instrument.library
        shipped: dict[bytes, Samples] = {}
        if library.path == FACTORY_MODEL:
            sounds = shipped_kit(self._rate)
            shipped = {point.tobytes(): samples for point, samples in zip(library.kit, sounds, strict=True)}
        latents = [each.latents[0] for each in self._instrument.voicings()]
        self._instrument.load(
            [shipped.get(z.tobytes()) if z.tobytes() in shipped else self._cache.get(z) for z in latents]
        )

    def follow(self, mark: str) -> None:
        """Another model plays from here on."""
        self._cache = RenderCache(mark, self._rate)

    def keep(self, event: Rendered) -> None:
        """Keep what is rendered at the start, and with a preset: the next start plays it at once.

        On a thread of its own: each takes the disk 3 ms and more, and a preset has 16.
        """
        kept = self._instrument.sounding.loudest(event.pad - 1)
        if kept and event.part == LOUDEST and event.arrival_ns == 0:
            self._thread.submit(self._cache.put, kept[0], kept[1].samples)

    def keep_all(self) -> None:
        """Keep what every pad plays now, at once: it is the end."""
        for pad in range(PADS):
            if kept := self._instrument.sounding.loudest(pad):
                self._cache.put(kept[0], kept[1].samples)
