"""The near side of rendering: keeps a worker alive and hands it the latest request of each pad.

`submit` may be called by any thread and never blocks; one thread of ours talks to the worker and posts
`Rendered` and `Refused` events. What is being rendered is always finished and published, so that a finger
dragging at 120 Hz hears every decode; of what waits, only the latest request of each pad is kept.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.events import Event, Refused, Rendered
from latentaudio.render.check import fault
from latentaudio.render.process import Worker, WorkerError
from latentaudio.render.protocol import SLOTS
from latentaudio.render.waiting import Request, Waiting

log = logging.getLogger(__name__)

BACK_OFF = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # seconds before the first, second … restart in a row
HANGS = 20.0  # seconds without an answer after which a worker counts as hung; a CUDA start is the slowest
FATAL_TRIES = 3  # a request that was in the hands of this many dying workers is dropped
# Seconds of idleness after which a decode for nobody keeps the next one from being slow. On 2 busy cores 1 s, 10 s
# and no such decodes at all were alike after pauses of up to 180 s: hence an interval that costs 0.2 % of a core.
KEEP_WARM_S = 10.0


class Renderer:
    """Watches one worker at a time, restarts it with back-off, and keeps counts for the status."""

    def __init__(self, model: Path, sample_rate: int, frames: int, device: str, post: Callable[[Event], object],
                 keep_warm_s: float | None = KEEP_WARM_S) -> None:  # fmt: skip
        """Sounds of `model` at `sample_rate`, `frames` frames at most, are posted as events.

        A worker that had nothing to do for `keep_warm_s` seconds decodes for nobody; None: it never does.
        """
        self._arguments = (model, sample_rate, frames, device)
        self._post, self._keep_warm_s = post, keep_warm_s
        self._waiting = Waiting()
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._worker: Worker | None = None
        self._busy_since = 0.0
        self._closing = False
        self.focus = 1  # written by the state thread
        self.state = "starting"  # starting, ready, restarting, closed
        self.device = ""
        self.why = ""  # why the last worker ended
        self.restarts = 0
        self.refused = 0
        self.rendered = 0
        self.kept_warm = 0  # decodes for nobody

    def start(self) -> None:
        """Start the thread, and with it the worker."""
        self._thread.start()

    def submit(self, pad: int, version: int, latents: NDArray[np.float32], arrival_ns: int) -> None:
        """Ask for sounds of `latents` [sounds, dims] for `pad`; a newer request replaces one that waits."""
        with self._wake:
            self._waiting.put(Request(pad, version, latents, arrival_ns))
            self._wake.notify()

    @property
    def pid(self) -> int | None:
        """Process id of the worker, for those who want to see it or to kill it."""
        worker = self._worker
        return worker.pid if worker else None

    def watch(self) -> None:
        """Kill a worker that hangs; called now and then by the state thread."""
        worker, since = self._worker, self._busy_since
        if worker and worker.ended:
            with self._wake:
                self._wake.notify()
        if worker and since and time.monotonic() - since > HANGS:
            log.warning("the renderer did not answer for %.0f s and is restarted", HANGS)
            worker.kill()

    def close(self) -> None:
        """End the worker and the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        worker = self._worker
        if worker:
            worker.kill()
        if self._thread.is_alive():
            self._thread.join(5.0)
        self.state = "closed"

    def _run(self) -> None:
        failures = 0
        while not self._closing:
            before = self.rendered
            try:
                with Worker(*self._arguments) as worker:
                    self._worker = worker
                    self._serve(worker)
            except (WorkerError, OSError, ValueError) as error:  # no memory, no process, a model of no length …
                self._worker, self._busy_since = None, 0.0
                if self._closing:
                    return
                self.why, self.state = str(error), "restarting"
                failures = 1 if self.rendered > before else failures + 1
                delay = BACK_OFF[min(failures, len(BACK_OFF)) - 1]
                log.warning("renderer: %s; a new one starts in %.1f s, rendered sounds play on", error, delay)
                self.restarts += 1
                with self._wake:
                    self._wake.wait_for(lambda: self._closing, delay)

    def _serve(self, worker: Worker) -> None:
        if self._closing:
            raise WorkerError("closing")
        self._busy_since = time.monotonic()
        ready = worker.wait_ready()
        self.device, self.state, self.why = ready.device, "ready", ""
        log.info("renderer ready on %s", ready.device)
        while True:
            self._busy_since = 0.0
            with self._wake:
                self._wake.wait_for(lambda: self._closing or worker.ended or len(self._waiting), self._keep_warm_s)
                if self._closing or worker.ended:
                    raise WorkerError("closing" if self._closing else "the renderer process was killed")
                requests = self._waiting.take(min(ready.batch, SLOTS), self.focus)
                self._busy_since = time.monotonic()
            if requests:
                self._render(worker, requests)
            else:
                worker.decode(np.zeros((1, ready.dims), np.float32))
                self.kept_warm += 1

    def _render(self, worker: Worker, requests: list[Request]) -> None:
        try:
            sounds = iter(worker.decode(np.concatenate([request.latents for request in requests])))
        except WorkerError:
            self._give_back(requests)
            raise
        for request in requests:
            own = tuple(next(sounds) for _ in request.latents)
            why = next(filter(None, map(fault, own)), None)
            self.rendered += 1
            if why:
                self.refused += 1
                self._deliver(Refused(pad=request.pad, why=why))
            else:
                answer = Rendered(pad=request.pad, version=request.version, sounds=own, arrival_ns=request.arrival_ns)
                self._deliver(answer)

    def _deliver(self, event: Event) -> None:
        """Post until there is room: a move whose sound was lost would stay unheard until the next one."""
        while self._post(event) is False and not self._closing:
            time.sleep(0.01)

    def _give_back(self, requests: list[Request]) -> None:
        """Keep what a dead worker held, unless it seems to be what kills them."""
        with self._wake:
            for request in requests:
                request.deaths += 1
                if request.deaths < FATAL_TRIES:
                    self._waiting.put(request)
                else:
                    self.refused += 1
                    self._post(Refused(pad=request.pad, why="the renderer died of it"))
