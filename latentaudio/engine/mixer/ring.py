"""Single-producer single-consumer rings, compiled, with one thread at each end.

`tail` counts what was ever published and is the producer's; `head` counts what was ever released and is the consumer's.
"""

from latentaudio.engine.mixer.atomics import load_acquire, store_release
from latentaudio.engine.mixer.compiled import Record, inner


@inner
def room(ring: Record) -> int:
    """How many slots the producer may fill."""
    head: int = load_acquire(ring.head)
    tail: int = ring.tail[0]
    return len(ring.slots) - (tail - head)


@inner
def waiting(ring: Record) -> int:
    """How many slots the consumer may read."""
    tail: int = load_acquire(ring.tail)
    head: int = ring.head[0]
    return tail - head


@inner
def next_free(ring: Record) -> Record:
    """The slot that `publish` will hand over; only where there is `room`."""
    return ring.slots[ring.tail[0] % len(ring.slots)]


@inner
def publish(ring: Record) -> None:
    """Hand the slot of `next_free` to the consumer."""
    store_release(ring.tail, ring.tail[0] + 1)


@inner
def oldest(ring: Record) -> Record:
    """The slot that `release` will give back; only where one is `waiting`."""
    return ring.slots[ring.head[0] % len(ring.slots)]


@inner
def release(ring: Record) -> None:
    """Give the slot of `oldest` back to the producer."""
    store_release(ring.head, ring.head[0] + 1)
