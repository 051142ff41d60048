"""What waits to be rendered, and whose turn it is. Whoever shares it among threads locks it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from latentaudio.events import Samples

FIRST, REST, AHEAD = range(3)  # parts: a pad's first sound, its other layers and variations, what nobody plays yet
FAIR = 4  # of so many turns one goes to the rest of a pad, though a finger that drags keeps a first sound waiting;
# but where all pads change at once, all first sounds go before: of 16 pads the last was heard 62 ms later otherwise
FATAL_TRIES = 3  # what was in the hands of this many dying workers is dropped

Place = tuple[int, int, str]  # part, pad, key


@dataclass(slots=True, eq=False)
class Request:
    """A pad's wish, or for AHEAD a key's: sounds for `latents` [sounds, dims]."""

    pad: int
    version: int
    latents: NDArray[np.float32]
    arrival_ns: int  # of the control move that asked
    part: int = FIRST
    key: str = ""
    deaths: int = 0  # workers that died with it in their hands
    sounds: list[Samples] = field(default_factory=list)  # rendered so far

    @property
    def place(self) -> Place:
        """What a newer request must share to replace it."""
        return self.part, self.pad, self.key

    @property
    def left(self) -> int:
        """Sounds yet to be rendered."""
        return len(self.latents) - len(self.sounds)


@dataclass(frozen=True, slots=True)
class Piece:
    """As much of a request as is rendered at once."""

    request: Request
    latents: NDArray[np.float32]  # [sounds, dims]
    last: bool  # the request is complete with it, and waits no more


class Waiting:
    """The latest request of each place, the most urgent first, nobody starved. Not thread-safe."""

    def __init__(self) -> None:
        self._requests: dict[Place, Request] = {}
        self._last = 0  # the pad whose first sound was served last
        self._heard: set[int] = set()  # pads whose first sounds were served since any other turn
        self._again = 0  # turns since then that served a first sound of one of those

    def __len__(self) -> int:
        return len(self._requests)

    @property
    def urgent(self) -> bool:
        """Whether anything waits that a pad shall play."""
        return any(part != AHEAD for part, *_ in self._requests)

    def put(self, request: Request) -> None:
        """Keep `request` in the place of the one that waits there.

        A first sound keeps its turn, and drops what is unfinished of its pad's older rest. A rest waits from now on, so
        that a pad that keeps asking lets the others go before. What is wanted ahead goes before older such wishes.
        """
        waiting = self._requests.get(request.place)
        if waiting is not None and waiting.version > request.version:
            return
        rest = self._requests.get((REST, request.pad, ""))
        if request.part == FIRST and rest is not None and rest.version < request.version:
            del self._requests[rest.place]
        if request.part != FIRST:
            self._requests.pop(request.place, None)
        if request.part == AHEAD:
            self._requests = {request.place: request} | self._requests
        else:
            self._requests[request.place] = request

    def drop_ahead(self, key: str | None = None) -> None:
        """Forget what waits to be rendered ahead for `key`, or for anyone."""
        for part, pad, own in list(self._requests):
            if part == AHEAD and key in (None, own):
                del self._requests[part, pad, own]

    def take(self, sounds: int, focus: int) -> list[Piece]:
        """What is rendered next, `sounds` sounds at most; but first sounds are always whole.

        First sounds go before the rest, and not in one batch with it: a kit's 16 are heard in half the time that all
        its 64 take. The focused pad goes before the others, which follow as long as they have waited; the pad whose
        first sound was served last lets every other first one go before. What is wanted ahead goes when nothing else
        waits. What a worker died with is served alone: if it is what kills them, it shall take nobody along again.
        """
        taken: list[Piece] = []
        for request in self._order(focus):
            count = request.left if request.part == FIRST else min(request.left, sounds)
            first = taken[0].request if taken else None
            if first and (count > sounds or not count or request.deaths or first.deaths
                          or request.part != first.part):  # fmt: skip
                break
            start, last = len(request.sounds), count == request.left
            taken.append(Piece(request, request.latents[start : start + count], last))
            sounds -= count
            if last:
                del self._requests[request.place]
        self._note(taken[0].request if taken else None)
        return taken

    def _note(self, served: Request | None) -> None:
        """Remember whose turn it was."""
        if served is not None and served.part == FIRST:
            self._again += served.pad in self._heard
            self._heard.add(served.pad)
        else:
            self._heard.clear()
            self._again = 0
        if served is None or served.part == FIRST:
            self._last = served.pad if served else 0

    def give_back(self, pieces: list[Piece]) -> list[Request]:
        """Keep what a dead worker held, but for what was replaced meanwhile; returns what seems to kill them."""
        fatal = []
        for piece in pieces:
            request = piece.request
            request.deaths += 1
            replaced = not piece.last and self._requests.get(request.place) is not request
            if request.deaths >= FATAL_TRIES:
                if not (piece.last or replaced):
                    del self._requests[request.place]
                fatal.append(request)
            elif not replaced:
                self.put(request)
        return fatal

    def _order(self, focus: int) -> list[Request]:
        """All requests, the next one first."""
        patient = self._patient() if self._again >= FAIR - 2 else None
        return sorted(self._requests.values(), key=lambda request: (
            request is not patient,
            request.part,
            request.part == FIRST and request.pad == self._last,
            request.pad != focus,
        ))  # fmt: skip

    def _patient(self) -> Request | None:
        """The rest that waits longest of a pad whose own first sound does not wait."""
        rests = (request for request in self._requests.values() if request.part == REST)
        return next((rest for rest in rests if (FIRST, rest.pad, "") not in self._requests), None)
