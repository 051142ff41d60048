"""What waits to be rendered, and whose turn it is. Whoever shares it among threads locks it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Request:
    """A pad's wish: sounds for `latents` [sounds, dims]."""

    pad: int
    version: int
    latents: NDArray[np.float32]
    arrival_ns: int  # of the control move that asked
    deaths: int = 0  # workers that died with it in their hands


class Waiting:
    """The requests that wait: one a pad, the focused pad's first, the others in turn. Not thread-safe."""

    def __init__(self) -> None:
        self._requests: dict[int, Request] = {}
        self._last = 0  # the pad that was served last

    def __len__(self) -> int:
        return len(self._requests)

    def put(self, request: Request) -> None:
        """Keep `request` in the place of its pad's waiting one; a pad keeps its turn."""
        waiting = self._requests.get(request.pad)
        if waiting is None or waiting.version <= request.version:
            self._requests[request.pad] = request

    def take(self, sounds: int, focus: int) -> list[Request]:
        """Remove and return the next requests, `sounds` sounds at most but always one request.

        The focused pad goes first, the others follow as long as they have waited; whoever was served last
        lets everyone else go before. What a worker died with is served alone: if it is what kills them, it shall
        take nobody along again.
        """
        order = sorted(self._requests, key=lambda pad: (pad == self._last, pad != focus))
        taken: list[Request] = []
        for pad in order:
            request = self._requests[pad]
            sounds -= len(request.latents)
            if taken and (sounds < 0 or request.deaths or taken[0].deaths):
                break
            taken.append(self._requests.pop(pad))
        self._last = taken[0].pad if taken else 0
        return taken
