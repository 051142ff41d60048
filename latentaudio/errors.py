"""Everything that can be told to a person in one sentence: what, where, and the nearest right answer."""

import difflib
from collections.abc import Iterable


class LatentAudioError(Exception):
    """A failure that the user can read. The command line prints it and exits with `status`."""

    status = 1


class UsageError(LatentAudioError):
    """The command or a file's content asks for something that does not exist."""

    status = 2


class MappingError(UsageError):
    """A mapping file is wrong; the message names file and line."""


class AudioError(LatentAudioError):
    """The sound card or its library cannot do what was asked."""


class ModelError(LatentAudioError):
    """A model file is missing, damaged, or not one of ours."""


class DataError(LatentAudioError):
    """A sound or a folder of sounds cannot be used."""


class PresetError(LatentAudioError):
    """A preset or a saved session cannot be used; the message names the place."""


class ControlError(LatentAudioError):
    """A MIDI port or an OSC socket cannot be opened."""


def suggest(name: str, choices: Iterable[str]) -> str:
    """`"; did you mean 'morph.amount'?"` for the nearest of `choices`, or the empty string."""
    nearest = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.6)
    return f"; did you mean '{nearest[0]}'?" if nearest else ""
