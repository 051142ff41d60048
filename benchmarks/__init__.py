"""Measurements, one file per question; results in RESULTS.md. Numpy computes on one thread, as in the player."""

from latentaudio.linear_algebra import stay_on_one_thread

stay_on_one_thread()
