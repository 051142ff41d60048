"""The near side of rendering: keeps a worker alive and hands it what is asked of it.

The performer's side may be called by any thread and never blocks; one thread of ours talks to the worker and posts
what comes of it as events. What is being rendered is always finished and published, so that a finger dragging at
120 Hz hears every decode; of what waits, only the latest request of each pad is kept.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentaudio.events import Event, Failed, Samples
from latentaudio.render.desk import Desk
from latentaudio.render.process import Memory, Worker, WorkerError
from latentaudio.render.protocol import SLOTS
from latentaudio.render.service import Service
from latentaudio.render.tasks import Encoding, Matching, Task
from latentaudio.render.waiting import AHEAD, FIRST, Request

log = logging.getLogger(__name__)

BACK_OFF = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # seconds before the first, second … restart in a row
HANGS = 20.0  # seconds without an answer after which a worker counts as hung; a CUDA start is the slowest
CLOSE_S = 0.25  # that `close` waits for a process to end; what a GPU still does is finished behind its back
# Seconds of idleness after which a decode for nobody keeps the next one from being slow. On 2 busy cores 1 s, 10 s
# and no such decodes at all were alike after pauses of up to 180 s: hence an interval that costs 0.2 % of a core.
KEEP_WARM_S = 10.0


class Renderer:
    """Watches one worker at a time, restarts it with back-off, and keeps counts for the status."""

    def __init__(self, model: Path, sample_rate: int, frames: int, device: str, post: Callable[[Event], object],
                 keep_warm_s: float | None = KEEP_WARM_S) -> None:  # fmt: skip
        """Sounds of `model` at `sample_rate`, `frames` frames at most, are posted as events.

        A worker that had nothing to do for `keep_warm_s` seconds decodes for nobody; None: it never does. Several
        renderers may run beside each other.
        """
        self._arguments = (model, sample_rate, frames, device)
        self._post, self._keep_warm_s = post, keep_warm_s
        self._desk = Desk()
        self._service = Service(self._desk, self._deliver)
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._worker: Worker | None = None
        self._busy_since = 0.0
        self._failures = 0  # workers that died in a row before they had rendered anything
        self._closing = self._unloading = False
        self.focus = 1  # written by the state thread
        self.state = "starting"  # starting, ready, restarting, unloaded, closed
        self.device = ""
        self.why = ""  # why the last worker ended
        self.restarts = 0
        self.kept_warm = 0  # decodes for nobody

    def start(self) -> None:
        """Start the thread, and with it the worker."""
        self._thread.start()

    # What a performer asks for. Any thread's.

    def submit(self, pad: int, version: int, latents: NDArray[np.float32], arrival_ns: int, part: int = FIRST) -> None:
        """Ask for sounds of `latents` [sounds, dims] for `pad`; a newer request of its part replaces one that waits.

        Part 0 is a pad's first sound, part 1 its other layers and variations: they follow once no first sound waits,
        and are dropped when a newer version of the pad's first sound is asked for. Answered by Rendered or Refused.
        """
        self._desk.put(Request(pad, version, latents, arrival_ns, part))

    def submit_ahead(self, key: str, latents: NDArray[np.float32]) -> None:
        """Ask for sounds of `latents` [sounds, dims] when nothing else waits. Answered by Ahead or Failed."""
        self._desk.put(Request(0, 0, latents, 0, AHEAD, key))

    def encode_files(self, key: str, paths: Sequence[Path]) -> None:
        """Ask where the sounds in `paths` lie. Answered by Working, and Encoded or Failed."""
        self._desk.begin(Encoding(key, list(paths)))

    def encode(self, key: str, sounds: Sequence[Samples], rate: int) -> None:
        """The same of `sounds`, each [frames] at `rate` Hz; their names are numbers from 1."""
        self._desk.begin(Encoding(key, list(sounds), rate))

    def match(self, key: str, path: Path, start: NDArray[np.float32] | None = None, steps: int = 300) -> None:
        """Ask for the point that sounds closest to the file `path`, searched from `start` [dims] or its encoding.

        Answered by Working and Matched twice a second, the best point so far, or Failed.
        """
        self._desk.begin(Matching(key, path, start, steps))

    def stop(self, key: str) -> None:
        """Give up what was asked for under `key`: nothing more is told of it, but for what is on its way."""
        self._desk.stop(key)

    # The worker's life. The state thread's.

    def unload(self) -> None:
        """End the worker, once no pad waits, so that its memory is free; the next thing asked for starts another.

        Tasks fail, and what was wanted ahead is forgotten.
        """
        if self.state in ("unloaded", "closed"):
            return
        for key in self._desk.clear():
            self._post(Failed(key=key, why="the decoder was unloaded"))
        self._unloading = True
        self._desk.notify()

    @property
    def rendered(self) -> int:
        """Requests that were rendered."""
        return self._service.rendered

    @property
    def refused(self) -> int:
        """Requests that came to nothing: no sound that may be heard, or the death of workers."""
        return self._service.refused

    @property
    def pid(self) -> int | None:
        """Process id of the worker, for those who want to see it or to kill it."""
        worker = self._worker
        return worker.pid if worker else None

    @property
    def memory(self) -> Memory:
        """What the worker takes, as it said when it became ready or did a step of a task; zeros where there is none."""
        worker = self._worker
        return worker.memory if worker else Memory()

    @property
    def memory_mb(self) -> float:
        """What of it is scarce: the GPU's memory where the worker has some, else the process's, MB."""
        return self.memory.gpu_mb or self.memory.process_mb

    def watch(self) -> None:
        """Kill a worker that hangs; called now and then by the state thread."""
        worker, since = self._worker, self._busy_since
        if worker and worker.ended:
            self._desk.notify()
        if worker and since and time.monotonic() - since > HANGS:
            log.warning("the renderer did not answer for %.0f s and is restarted", HANGS)
            worker.kill()

    def close(self) -> None:
        """End the worker and the thread. At once, though the process may take a little longer to be gone."""
        self._closing = True
        self._desk.notify()
        worker = self._worker
        if worker:
            worker.kill()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)
        self.state = "closed"

    # The renderer's thread.

    def _run(self) -> None:
        while not self._closing:
            before = self.rendered
            try:
                with Worker(*self._arguments) as worker:
                    self._worker = worker
                    self._serve(worker)
            except (WorkerError, OSError, ValueError) as error:  # no memory, no process, a model of no length …
                self._recover(error, self.rendered > before)
            self._worker = None
            if self._unloading and not self._desk.urgent:
                self._rest()

    def _rest(self) -> None:
        """Be unloaded until something is asked for."""
        self.state, self._unloading = "unloaded", False
        log.info("renderer unloaded")
        self._desk.rest(lambda: self._closing or self._desk.wanted)
        self.state = "starting"

    def _recover(self, error: Exception, was_useful: bool) -> None:
        """Wait a while before the next worker, the longer the more of them died in a row."""
        self._worker, self._busy_since = None, 0.0
        if self._closing:
            return
        self.why, self.state = str(error), "restarting"
        self._failures = 1 if was_useful else self._failures + 1
        delay = BACK_OFF[min(self._failures, len(BACK_OFF)) - 1]
        log.warning("renderer: %s; a new one starts in %.1f s, rendered sounds play on", error, delay)
        self.restarts += 1
        self._desk.rest(lambda: self._closing, delay)

    def _serve(self, worker: Worker) -> None:
        """Do what is asked for until the worker shall be unloaded; raises WorkerError where it ends otherwise."""
        if self._closing:
            raise WorkerError("closing")
        self._busy_since = time.monotonic()
        ready = worker.wait_ready()
        self.device, self.state, self.why = ready.device, "ready", ""
        log.info("renderer ready on %s", ready.device)
        while True:
            self._busy_since = 0.0
            turn = self._desk.next(lambda: self._leaves(worker), self._keep_warm_s, min(ready.batch, SLOTS), self.focus)
            if self._closing or worker.ended:
                raise WorkerError("closing" if self._closing else "the renderer process was killed")
            self._busy_since = time.monotonic()
            if isinstance(turn, Task):
                self._service.advance(worker, turn)
            elif turn:
                self._service.render(worker, turn)
            elif self._leaves(worker):
                self._busy_since = 0.0
                return
            else:
                worker.decode(np.zeros((1, ready.dims), np.float32))
                self.kept_warm += 1

    def _leaves(self, worker: Worker) -> bool:
        return self._closing or worker.ended or self._unloading

    def _deliver(self, event: Event) -> None:
        """Post until there is room: a move whose sound was lost would stay unheard until the next one."""
        while self._post(event) is False and not self._closing:
            time.sleep(0.01)
