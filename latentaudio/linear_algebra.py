"""Has numpy's linear algebra use one thread: the player's matrices are small. Before anything imports numpy."""

import os

THREADS = "OPENBLAS_NUM_THREADS"  # of numpy's own builds for Linux and Windows; macOS's Accelerate is not asked


def stay_on_one_thread() -> None:
    """Import numpy so that no product of matrices waits for a thread of its own.

    With both of 2 cores busy, a product of [16, 128] and [128, 768] took up to 31 ms on two threads and 1.2 ms on one
    (300 of them, median 0.05 and 0.09): the second thread waits for a core that others have, and the first one for it.
    Processes that we start decide for themselves.
    """
    if THREADS in os.environ:
        return
    os.environ[THREADS] = "1"
    import numpy  # noqa: F401  # it reads the number when it is loaded

    del os.environ[THREADS]
