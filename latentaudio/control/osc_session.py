"""What OSC clients say about themselves: ping, subscribe, sync, status, monitor. OSC thread."""

from collections.abc import Callable
from functools import partial
from time import perf_counter

from latentaudio.control.clients import Clients
from latentaudio.control.feedback import Feedback
from latentaudio.control.hands import FULL, PRESSED
from latentaudio.control.osc_addresses import Call, Refusal, Route
from latentaudio.control.osc_values import number
from latentaudio.events import Ask, Event, Sync

Post = Callable[[Event], bool]


def session_routes(clients: Clients, feedback: Feedback, post: Post) -> dict[str, Route]:
    """The addresses that concern a client, not the instrument."""
    return {
        "/la/ping": Route(partial(_ping, feedback)),
        "/la/subscribe": Route(partial(_subscribe, clients, post)),
        "/la/unsubscribe": Route(partial(_unsubscribe, clients)),
        "/la/monitor": Route(partial(_monitor, clients, feedback)),
        "/la/sync": Route(partial(_sync, post)),
        "/la/status": Route(partial(_status, post)),
    }


def _ping(feedback: Feedback, call: Call) -> str:
    feedback.answer(call.origin, "/la/pong")
    return "pong"


def _subscribe(clients: Clients, post: Post, call: Call) -> str:
    """`/la/subscribe [port]`: for programs that listen at another port than they send from."""
    port = number(call.values[0]) if call.values else call.sender[1]
    if not 0 < port < 65536:
        raise Refusal("wants a port number")
    if clients.subscribe(call.sender, int(port), perf_counter()):
        post(Ask(call.origin, "dump"))
    return f"changes go to {call.sender[0]}:{port:.0f}"


def _unsubscribe(clients: Clients, call: Call) -> str:
    clients.unsubscribe(call.sender)
    return "no more changes"


def _monitor(clients: Clients, feedback: Feedback, call: Call) -> str:
    """`/la/monitor [0]`: answered each time, so that who watches a silent stage knows that the daemon is there."""
    wanted = number(call.values[0]) >= PRESSED if call.values else True
    clients.monitor(call.sender, wanted)
    feedback.done(call.origin, call.address)
    return "watches" if wanted else "watches no more"


def _sync(post: Post, call: Call) -> str:
    """Answered once everything before it is done; the sync takes its turn in the same queue."""
    identity = int(number(call.values[0])) if call.values else 0
    if not 0 <= identity < 2**31:
        raise Refusal("wants an id from 0 to 2147483647")
    return "syncs" if post(Sync(call.origin, identity, arrival_ns=call.arrival_ns)) else FULL


def _status(post: Post, call: Call) -> str:
    return "asks" if post(Ask(call.origin, "status", arrival_ns=call.arrival_ns)) else FULL
