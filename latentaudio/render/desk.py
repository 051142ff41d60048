"""What is asked of the renderer, shared by those who ask and the one thread that does it.

Every method may be called by any thread but `next`, which is the renderer's.
"""

import threading
import time
from collections.abc import Callable

from latentaudio.render.tasks import Task
from latentaudio.render.waiting import Piece, Request, Waiting

PATIENCE_S = 0.5  # a task waits no longer for its next step, though a finger that drags keeps decodes waiting


class Desk:
    """Requests for sounds, and longer tasks that get on between them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = Waiting()
        self._tasks: dict[str, Task] = {}
        self._task_at = 0.0  # since when the tasks wait, monotonic seconds

    def put(self, request: Request) -> None:
        """Keep a request in the place of an older one."""
        with self._changed:
            self._waiting.put(request)
            self._changed.notify()

    def give_back(self, pieces: list[Piece]) -> list[Request]:
        """Keep what a dead worker held; returns what seems to kill them."""
        with self._changed:
            return self._waiting.give_back(pieces)

    def begin(self, task: Task) -> None:
        """Take a task on, in the place of one that has its key."""
        with self._changed:
            if not self._tasks:
                self._task_at = time.monotonic()
            self._tasks[task.key] = task
            self._changed.notify()

    def stop(self, key: str) -> None:
        """Forget the task of a key, and what waits to be rendered ahead for it."""
        with self._changed:
            self._tasks.pop(key, None)
            self._waiting.drop_ahead(key)

    def clear(self) -> list[str]:
        """Forget all but what a pad shall play; returns the keys of the tasks."""
        with self._changed:
            keys = list(self._tasks)
            self._tasks.clear()
            self._waiting.drop_ahead()
            return keys

    def has(self, task: Task) -> bool:
        """Whether `task` was neither stopped nor replaced."""
        with self._changed:
            return self._tasks.get(task.key) is task

    def finish(self, task: Task) -> None:
        """Forget `task`, which is done."""
        with self._changed:
            if self._tasks.get(task.key) is task:
                del self._tasks[task.key]

    def notify(self) -> None:
        """Have `next` and `rest` look anew at what they wait for."""
        with self._changed:
            self._changed.notify()

    @property
    def urgent(self) -> bool:
        """Whether a pad waits for sounds."""
        with self._changed:
            return self._waiting.urgent

    @property
    def wanted(self) -> bool:
        """Whether there is something that a worker is worth starting for."""
        with self._changed:
            return self._waiting.urgent or bool(self._tasks)

    def next(self, until: Callable[[], bool], patience: float | None, sounds: int, focus: int) -> list[Piece] | Task:
        """What to do now: a task's step, or pieces of at most `sounds` sounds; none if nothing came for `patience` s.

        Decodes go before tasks, and of those the one that is done soonest before the others. Returns early when
        `until` says so.
        """
        with self._changed:
            self._changed.wait_for(lambda: until() or bool(self._tasks or len(self._waiting)), patience)
            now = time.monotonic()
            if self._tasks and (not self._waiting.urgent or now - self._task_at > PATIENCE_S):
                self._task_at = now
                return min(self._tasks.values(), key=lambda task: task.left)
            return self._waiting.take(sounds, focus)

    def rest(self, until: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until `until` says so, `seconds` at most."""
        with self._changed:
            self._changed.wait_for(until, seconds)
