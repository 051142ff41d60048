"""How others find us and ask what there is: OSCQuery, and announcements where we listen to the network."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from latentaudio.control.announcer import OSC, OSC_QUERY, Announcer
from latentaudio.control.osc import OscServer
from latentaudio.control.oscquery_tree import Known
from latentaudio.errors import ControlError, UsageError

if TYPE_CHECKING:
    from latentaudio.control.oscquery import OscQuery

log = logging.getLogger(__name__)


@contextmanager
def found_by_others(osc: OscServer, host: str, wanted: int | None, known: Known) -> "Iterator[OscQuery | None]":
    """OSCQuery beside an OSC server that runs, and the announcements of both where `host` is not this machine alone.

    `wanted` is the TCP port: 0 is none, and None the number of the OSC port, or a free one where that is taken.
    Yields None without the extra `net`. Raises UsageError where that is missing and a port was wanted, ControlError
    where the port is taken.
    """
    installed = find_spec("websockets") is not None
    if wanted == 0 or (wanted is None and not installed):
        yield None
        return
    if not installed:
        raise UsageError("--oscquery needs the extra net: pip install 'latentaudio[net]'")
    query = _bound(osc, host, wanted, known)
    query.start()
    osc.feedback.onlookers.append(query)
    announcer = None if host.startswith("127.") else Announcer({OSC: osc.port, OSC_QUERY: query.port})
    if announcer:
        announcer.start()
    try:
        yield query
    finally:
        if announcer:
            announcer.close()
        osc.feedback.onlookers.remove(query)
        query.close()


def network_status(query: "OscQuery | None") -> dict[str, Any] | None:
    """The `oscquery` section of the status."""
    return {"port": query.port, "listeners": query.listeners} if query else None


def _bound(osc: OscServer, host: str, wanted: int | None, known: Known) -> "OscQuery":
    from latentaudio.control.oscquery import OscQuery  # and asyncio: once it sounds

    port = osc.port if wanted is None else wanted
    try:
        return OscQuery(host, port, osc.port, known, osc.attributes, osc.root)
    except ControlError as error:
        if wanted is not None:
            raise
        log.warning("%s; it takes a free one", error)
        return OscQuery(host, 0, osc.port, known, osc.attributes, osc.root)
