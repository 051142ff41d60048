"""What the renderer does in one turn with its worker, and whom it tells. On the renderer's thread."""

from collections.abc import Callable

import numpy as np

from latentaudio.events import Ahead, Event, Failed, Refused, Rendered
from latentaudio.render.check import fault
from latentaudio.render.desk import Desk
from latentaudio.render.process import Worker, WorkerError
from latentaudio.render.tasks import DIED, Task
from latentaudio.render.waiting import AHEAD, Piece, Request


class Service:
    """Has a worker do what lies on the desk. What a worker died of goes back there, a few times."""

    def __init__(self, desk: Desk, tell: Callable[[Event], object]) -> None:
        """`tell` takes every event that comes of it, in order."""
        self._desk, self._tell = desk, tell
        self.rendered = 0  # requests that are complete
        self.refused = 0

    def render(self, worker: Worker, pieces: list[Piece]) -> None:
        """Decode `pieces`, and hand each request over as soon as it is complete. Raises WorkerError."""
        sounds = worker.decoding(np.concatenate([piece.latents for piece in pieces]))
        for done, piece in enumerate(pieces):
            try:
                piece.request.sounds += [next(sounds) for _ in piece.latents]
            except WorkerError:
                for request in self._desk.give_back(pieces[done:]):
                    self._refuse(request, DIED)
                raise
            if piece.last:
                self._publish(piece.request)

    def advance(self, worker: Worker, task: Task) -> None:
        """Do a step of `task`, and tell what came of it to those who still want to know. Raises WorkerError."""
        try:
            events = task.step(worker)
        except WorkerError:
            self._report(task, task.blame())
            raise
        self._report(task, events)

    def _publish(self, request: Request) -> None:
        """Hand over the sounds of a request, unless one of them must not be heard."""
        self.rendered += 1
        why = next(filter(None, map(fault, request.sounds)), None)
        if why:
            self._refuse(request, why)
        elif request.part == AHEAD:
            self._tell(Ahead(key=request.key, sounds=tuple(request.sounds)))
        else:
            self._tell(Rendered(
                pad=request.pad, version=request.version, sounds=tuple(request.sounds), part=request.part,
                arrival_ns=request.arrival_ns,
            ))  # fmt: skip

    def _refuse(self, request: Request, why: str) -> None:
        self.refused += 1
        if request.part == AHEAD:
            self._tell(Failed(key=request.key, why=why))
        else:
            self._tell(Refused(pad=request.pad, why=why, part=request.part))

    def _report(self, task: Task, events: list[Event]) -> None:
        if not self._desk.has(task):
            return
        if not task.left:
            self._desk.finish(task)
        for event in events:
            self._tell(event)
