"""What is asked for by name or number, and questions that the daemon answers in its own time. OSC thread."""

from collections.abc import Callable, Iterator
from functools import partial

from latentaudio.control.hands import FULL
from latentaudio.control.osc_addresses import Call, Refusal, Route
from latentaudio.control.osc_values import choice, number, text
from latentaudio.events import Ask, Event, Order, Program
from latentaudio.parameters import ORDERS, PARAMETERS, address

QUESTIONS = ("map.nearest", "map.points", "morph.stations", "attribute.names", "preset.name")
HIGHEST_PROGRAM = 128 * 128 * 128 - 1  # bank * 128 + program, from 0
POINT = "map.point"  # where each of the points is told; nobody sets it
MOST_POINTS = 2_000  # in one answer: each is a message, and the state thread sends them in one go

Post = Callable[[Event], bool]


def order_routes(post: Post) -> Iterator[tuple[str, Route]]:
    """Every order, a preset by its number, and the questions."""
    for name in ORDERS:
        yield address(name), Route(partial(_order, post, name))
    yield address("preset.number"), Route(partial(_program, post))
    for name in QUESTIONS:
        yield address(name), Route(partial(_ask_for_points if name == "map.points" else _ask, post, name))
    yield address(POINT), Route(_ignore)


def _order(post: Post, name: str, call: Call) -> str:
    words = text(call.values)
    return f"{name} {words}" if post(Order(call.origin, name, words, arrival_ns=call.arrival_ns)) else FULL


def _program(post: Post, call: Call) -> str:
    """`/la/preset/number n`: numbers count from 0, as MIDI's programs do."""
    wanted = number(call.values[0]) if call.values else -1.0
    if not 0 <= wanted <= HIGHEST_PROGRAM or wanted != int(wanted):
        raise Refusal(f"wants a whole number from 0 to {HIGHEST_PROGRAM}")
    done = post(Program(call.origin, int(wanted), arrival_ns=call.arrival_ns))
    return f"preset number {wanted:.0f}" if done else FULL


def _ignore(call: Call) -> str:
    """A client that sends everything back must neither ask for ever nor be told of errors."""
    return "nothing: an answer of ours"


def _ask(post: Post, name: str, call: Call) -> str:
    if call.values:
        return _ignore(call)
    return "asks" if post(Ask(call.origin, name, arrival_ns=call.arrival_ns)) else FULL


def _ask_for_points(post: Post, name: str, call: Call) -> str:
    """`/la/map/points [layer [most]]`: the event's name keeps the words, as in `map.points synth 500`."""
    if len(call.values) > 2:
        return _ignore(call)
    words = [name]
    if call.values:
        row = PARAMETERS["map.layer"]
        layer = choice(row, call.values[0])
        if layer is None:
            raise Refusal(f"wants one of {', '.join(row.choices)}")
        words.append(row.choices[int(layer - row.low)])
    if len(call.values) > 1:
        most = number(call.values[1])
        if not 1 <= most <= MOST_POINTS:
            raise Refusal(f"wants a number of points from 1 to {MOST_POINTS}")
        words.append(f"{int(most)}")
    return "asks" if post(Ask(call.origin, " ".join(words), arrival_ns=call.arrival_ns)) else FULL
