"""Ask the system to wake an input thread ahead of ordinary work."""

import os
import sys
from contextlib import suppress

_PRIORITY = 60  # above everything ordinary, below jackd's 70 and its clients'


def prefer_this_thread() -> None:
    """Give the calling thread SCHED_FIFO on Linux where that is permitted; elsewhere do nothing.

    Without it a busy machine may leave a poller asleep for some milliseconds. Being refused is the ordinary
    case (no rtprio limit set) and nothing to speak of: the thread works all the same.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
