"""LatentAudio: a neural drum instrument played with MIDI and OSC."""

__version__ = "0.1.0"
