"""What takes files or time, behind one door: models, presets, sound files, and the renders that are kept."""

from contextlib import ExitStack

from latentaudio.config import presets_folder, sounds_folder
from latentaudio.errands import Errands
from latentaudio.errors import LatentAudioError
from latentaudio.events import Event
from latentaudio.instrument import Instrument
from latentaudio.kept_renders import KeptRenders
from latentaudio.lan import is_barred
from latentaudio.models import Models
from latentaudio.output import Output
from latentaudio.presets import PresetFolder
from latentaudio.repertoire import Repertoire, Replies
from latentaudio.settings import Settings
from latentaudio.sound_files import SoundFiles


class Backstage:
    """Every method is the state thread's."""

    def __init__(self, parts: ExitStack, settings: Settings, models: Models, instrument: Instrument, output: Output,
                 replies: Replies) -> None:  # fmt: skip
        """`parts` closes them, the last opened first."""
        rate = output.sample_rate
        self._replies, self._bars_others = replies, not settings.lan_full
        self._models = models
        parts.callback(models.close)
        self._saving, self._listing = Errands("presets"), Errands("sounds")
        self._repertoire = Repertoire(
            PresetFolder(presets_folder()), instrument, lambda: models.renderer, lambda: models.mark, replies, rate,
            self._saving,
        )  # fmt: skip
        parts.callback(self._saving.close)
        parts.callback(self._listing.close)
        sounds = settings.sounds or sounds_folder()
        self.sound_files = SoundFiles(
            sounds, sounds / "recordings", instrument, output.engine, lambda: models.renderer, replies, self._listing
        )
        parts.callback(self.sound_files.close)
        self.renders = KeptRenders(instrument, models.mark, rate)
        parts.callback(self.renders.close)

    def perform(self, event: Event) -> bool:
        """Have whoever's it is do it; False where it is nobody's here. Whoever asked hears why it cannot be done."""
        command = getattr(event, "name", "") or getattr(event, "key", "") or "preset.number"
        if self._bars_others and is_barred(event):
            self._replies.fail(event.origin, command, "others on the network may not: start it with --lan-full")
            return True
        try:
            return any(each.perform(event) for each in (self._models, self._repertoire, self.sound_files))
        except LatentAudioError as error:
            self._replies.fail(event.origin, command, str(error))
            return True

    def collect(self) -> None:
        """Take up what came of errands; called some hundred times a second."""
        self._saving.collect()
        self._listing.collect()

    def watch(self, now: float) -> None:
        """Where another model has begun to play, what was wanted or kept of the old one's space means nothing.

        Called now and then, `now` in seconds.
        """
        renderer = self._models.renderer
        self._models.watch(now)
        if self._models.renderer is not renderer:
            self.renders.follow(self._models.mark)
            self._repertoire.forget()
            self.sound_files.forget()
