"""The daemon with a thread that holds the interpreter lock 20 ms, again and again; arguments as `latentaudio`'s."""

import ctypes
import sys
import threading
import time

from latentaudio.cli import main

HELD_US = 20_000


def hold() -> None:
    """Sleep without letting go of the lock, as a badly behaved extension does."""
    usleep = ctypes.PyDLL(None).usleep
    while True:
        usleep(HELD_US)
        time.sleep(0.02)


if __name__ == "__main__":
    threading.Thread(target=hold, daemon=True).start()
    sys.exit(main())
