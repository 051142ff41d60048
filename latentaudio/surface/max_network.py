"""The part of a Max patch that talks: messages sent to `la-out` leave as OSC, and what comes goes to its address.

What comes is sent to the `receive` that is named as its address, as `set` and the value: a widget then shows it and
says nothing, so nothing loops. Max hears at a port of its own, which it subscribes. Offline.
"""

from latentaudio.surface.formats import Place
from latentaudio.surface.max_patcher import Patcher

WAIT_MS = 1000  # after opening: what widgets say when they are loaded must not move the daemon
RENEW_MS = 10000  # between two subscriptions: the daemon may have been started anew


def network(patcher: Patcher, place: Place, begins: str) -> None:
    """All of it, in `patcher`; `begins` is the class that bangs when it is opened."""
    open_ = patcher.add("trigger", "b b")
    patcher.wire(patcher.add(begins), patcher.add("delay", f"{WAIT_MS}"), open_)
    door = patcher.add("gate")
    patcher.wire(open_, patcher.add("message", "1"), door, outlet=1)
    patcher.wire(patcher.add("receive", "la-out"), door, inlet=1)
    patcher.wire(door, patcher.add("udpsend", f"{place.host} {place.port}"))
    renew = patcher.add("metro", f"{RENEW_MS}")
    patcher.wire(open_, patcher.add("message", "1"), renew, outlet=0)
    patcher.wire(renew, patcher.add("message", f"/la/subscribe {place.back}"), patcher.out())
    _hears(patcher, place)


def _hears(patcher: Patcher, place: Place) -> None:
    """First the name, then the value: Max works from right to left."""
    both, leads = patcher.add("trigger", "l l"), patcher.add("forward")
    patcher.wire(patcher.add("udpreceive", f"{place.back}"), both)
    name, value = patcher.add("zl", "slice 1"), patcher.add("zl", "slice 1")
    patcher.wire(both, name, outlet=1)
    patcher.wire(name, patcher.add("prepend", "send"), leads)
    patcher.wire(both, value)
    patcher.wire(value, patcher.add("prepend", "set"), leads, outlet=1)
