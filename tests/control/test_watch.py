"""The monitor's end: lines as rows, and the end of a daemon."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice

import pytest

from latentaudio.control.mapping import Mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.remote import Remote
from latentaudio.control.traces import WAITING
from latentaudio.control.watch import row, watch
from latentaudio.errors import ControlError
from latentaudio.events import Trace
from tests.control.conftest import eventually

TIME = "2026-11-22T12:00:00.000+00:00"


@pytest.mark.parametrize(("origin", "effect", "fields"), [
    ("midi:LPD8", "pad 1 at velocity 0.50", ("midi", "LPD8", None, "pad 1 at velocity 0.50", None)),
    ("osc:127.0.0.1:9001", "nothing: a release", ("osc", None, "127.0.0.1:9001", None, "a release")),
    ("midi:LPD8", "nothing: waiting for pickup, 0.12 away | map.y = 2",
     ("midi", "LPD8", None, "map.y = 2", "waiting for pickup, 0.12 away")),
    ("daemon", "nothing: no such address; did you mean '/la/draw'?",
     ("daemon", None, None, None, "no such address; did you mean '/la/draw'?")),
])  # fmt: skip
def test_a_line_is_taken_apart(origin: str, effect: str, fields: tuple[str | None, ...]) -> None:
    found = row(origin, "message", effect, TIME)
    assert (found.source, found.port, found.client, found.did, found.why) == fields
    assert str(found).endswith(effect if "|" not in effect else "map.y = 2 | nothing: waiting for pickup, 0.12 away")


def test_who_watches_is_told_how_much_was_left_out(server: OscServer) -> None:
    traces = server.feedback.traces
    with Remote("127.0.0.1", server.port) as remote, closing(watch(remote)) as rows, ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: list(islice(rows, 3)))
        assert eventually(server.monitored)
        for number in (1, 2 * WAITING):
            for _ in range(number):
                traces.add(Trace("midi:LPD8", "note_on", "x"))
            traces.flush()
        assert [each.message for each in found.result(5.0)] == ["note_on", f"{WAITING} messages", "note_on"]
    assert eventually(lambda: not server.monitored())


def test_a_daemon_that_ends_ends_the_watching(serve: Callable[[Mapping], OscServer]) -> None:
    server = serve(Mapping())
    with Remote("127.0.0.1", server.port) as remote, ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: list(watch(remote)))
        assert eventually(server.monitored)
        server.close()
        with pytest.raises(ControlError, match="no daemon answers"):
            found.result(10.0)
