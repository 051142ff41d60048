"""What the renderer hands over when a worker dies in the middle of a batch."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from latentaudio.events import Event, Rendered, Samples
from latentaudio.render.desk import Desk
from latentaudio.render.process import WorkerError
from latentaudio.render.service import Service
from latentaudio.render.waiting import Piece, Request

SOUND = np.sin(np.arange(1000, dtype=np.float32) / 20)


class DiesAfter:
    """A worker that makes so many sounds and no more."""

    def __init__(self, sounds: int) -> None:
        self._sounds = sounds

    def decoding(self, latents: NDArray[np.float32]) -> Iterator[Samples]:
        for _ in latents[: self._sounds]:
            yield SOUND
        if len(latents) > self._sounds:
            raise WorkerError("killed")


def test_what_a_dying_worker_has_finished_is_heard_and_the_rest_waits_for_the_next():
    desk, heard = Desk(), list[Event]()
    service = Service(desk, heard.append)
    for pad in (1, 2):
        desk.put(Request(pad, 1, np.zeros((2, 4), np.float32), 0))
    with pytest.raises(WorkerError):
        service.render(DiesAfter(3), pieces(desk))
    assert pads(heard) == [1]
    service.render(DiesAfter(64), pieces(desk))
    assert not desk.urgent
    assert pads(heard) == [1, 2] and [len(event.sounds) for event in heard] == [2, 2]


def pieces(desk: Desk) -> list[Piece]:
    taken = desk.next(lambda: False, None, 64, focus=1)
    assert isinstance(taken, list)
    return taken


def pads(events: list[Event]) -> list[int]:
    return [event.pad for event in events if isinstance(event, Rendered)]
