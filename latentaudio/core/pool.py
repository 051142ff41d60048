"""Work on many files at once, in processes or threads: a bounded number of tasks ahead, results in order."""

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from latentaudio.errors import DataError

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_A_PROCESS = 64  # items: starting one and importing torch there costs as much as a few dozen sounds
AHEAD = 8  # tasks waiting for each process or thread: enough to keep it busy, few enough to hold in memory
MOST_THREADS = 8  # a third of a file's reading holds the interpreter lock


def in_order(
    work: Callable[[Item], Result], items: Sequence[Item], jobs: int | None = None
) -> Generator[Result, None, None]:
    """`work(item)` of every item, in order, computed by `jobs` processes (None: as many as pay, at most the cores).

    `work` is a module's function, and items and results can be pickled. Leaving the iterator early, by Ctrl-C for one,
    ends the processes after what they have begun. Raises what `work` raises, and DataError where a process was killed.
    """
    jobs = jobs or min(_cores(), len(items) // WORTH_A_PROCESS)
    if jobs <= 1:
        yield from map(work, items)
        return
    # Spawned on every system: a fork would copy the locks of torch's threads.
    executor = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_settle)
    try:
        yield from _ahead(executor, work, items, AHEAD * jobs)
    except BrokenProcessPool as error:
        raise DataError("a worker process was killed, perhaps for want of memory: try --jobs 1") from error


def in_threads(
    work: Callable[[Item], Result], items: Sequence[Item], jobs: int | None = None
) -> Generator[Result, None, None]:
    """The same by threads: for work that mostly waits or releases the interpreter lock, in anybody's program.

    Processes of their own would begin by importing the caller's main module again.
    """
    jobs = jobs or min(_cores(), MOST_THREADS)
    return _ahead(ThreadPoolExecutor(jobs), work, items, AHEAD * jobs)


def _ahead(
    executor: Executor, work: Callable[[Item], Result], items: Sequence[Item], most: int
) -> Generator[Result, None, None]:
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(executor.submit(work, item))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(cancel_futures=True)


def _settle() -> None:
    """Before numpy and torch are imported: one thread each, as every core has its process; Ctrl-C is the parent's."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
