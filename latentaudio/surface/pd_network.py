"""The part of a Pure Data patch that talks: lists sent to `la-out` leave as OSC, and what comes goes to its address.

Its widgets, and other patches, know two names. `la-out` takes a list, an address and what goes there. What comes is
sent to the name that is its address, as `set` and the value, which moves a widget and lets it say nothing: so nothing
loops. The same comes to `la-in` as a list. Answers come back by the socket that we send from. Offline.
"""

from latentaudio.surface.formats import Place
from latentaudio.surface.pd_canvas import Canvas

AGAIN_MS = 2000  # between two tries to reach a daemon that is not there
RENEW_MS = 10000  # between two subscriptions: the daemon may have been started anew
SETTLE_MS = 50


def network(place: Place) -> Canvas:
    """The canvas `la-osc`."""
    canvas = Canvas("la-osc", (900, 560))
    socket = canvas.add(20, 250, "netsend -u -b")
    _connects(canvas, socket, place)
    _sends(canvas, socket)
    _hears(canvas, socket, place.root)
    return canvas


def _connects(canvas: Canvas, socket: int, place: Place) -> None:
    """Connects when opened, when told a port, and again where nobody answered; subscribes as long as it is."""
    port = canvas.add(20, 60, "f", place.port)
    reach = canvas.message(20, 90, "disconnect \\,", "connect", place.host, "\\$1")
    canvas.wire(canvas.add(20, 20, "r la-port"), port, reach, socket)
    canvas.wire(canvas.add(100, 20, "loadbang"), port)
    canvas.wire(port, canvas.message(200, 90, "set \\$1"), canvas.add(200, 120, "s la-port-shown"))
    state = canvas.add(20, 290, "sel 0 1")
    canvas.wire(socket, state)
    again, renew = canvas.add(20, 350, "delay", AGAIN_MS), canvas.add(200, 390, "metro", RENEW_MS)
    stop = canvas.message(100, 350, "stop")
    canvas.wire(state, again, port)
    canvas.wire(state, canvas.message(200, 350, "0"), renew)
    canvas.wire(state, stop, again, outlet=1)
    canvas.wire(state, canvas.add(250, 320, "delay", SETTLE_MS), canvas.message(250, 350, "1"), renew, outlet=1)
    asks = canvas.add(200, 420, "t b b b")
    canvas.wire(renew, asks)
    canvas.wire(asks, canvas.message(300, 450, "set 0"), canvas.add(300, 480, "s la-answers"), outlet=2)
    canvas.wire(asks, canvas.message(20, 420, "\\; la-out list /la/subscribe"), outlet=1)
    canvas.wire(asks, canvas.message(20, 450, "\\; la-out list /la/ping"))


def _sends(canvas: Canvas, socket: int) -> None:
    both, to = canvas.add(20, 130, "t a a"), canvas.add(90, 160, "list split 1")
    rest, packet = canvas.add(20, 160, "list split 1"), canvas.add(20, 190, "oscformat")
    canvas.wire(canvas.add(20, 125, "r la-out"), both)
    canvas.wire(both, to, outlet=1)
    canvas.wire(to, canvas.add(120, 175, "list prepend set"), canvas.add(240, 175, "list trim"), packet)
    canvas.wire(both, rest)
    canvas.wire(rest, packet, outlet=1)
    canvas.wire(packet, canvas.add(20, 210, "list prepend send"), canvas.add(160, 210, "list trim"), socket)


def _hears(canvas: Canvas, socket: int, root: str) -> None:
    parsed = canvas.add(420, 20, "oscparse")
    ours = [canvas.add(420 + 150 * level, 70, f"route {part}") for level, part in enumerate(root[1:].split("/"))]
    kinds = canvas.add(420, 100, "route pong error fail map")
    canvas.wire(socket, parsed, outlet=1)
    canvas.wire(parsed, canvas.add(420, 45, "list trim"), *ours, kinds)
    pong = canvas.add(280, 130, "t b b")
    canvas.wire(kinds, pong)
    canvas.wire(pong, canvas.message(330, 160, "set 1"), canvas.add(330, 190, "s la-answers"), outlet=1)
    canvas.wire(pong, canvas.message(280, 220, "\\; la-in list /la/pong"))
    for outlet, kind in enumerate(("error", "fail"), 1):
        canvas.wire(kinds, canvas.add(420 + 150 * outlet, 130, f"print latentaudio-{kind}"), outlet=outlet)
        shown = canvas.add(420 + 150 * outlet, 150, "list prepend set")
        canvas.wire(kinds, shown, outlet=outlet)
        canvas.wire(shown, canvas.add(420 + 150 * outlet, 170, "list trim"),
                    canvas.add(420 + 150 * outlet, 190, f"s /la/{kind}"))  # fmt: skip
    place, other = canvas.add(760, 220, "route xy"), canvas.add(420, 220, "list")
    canvas.wire(kinds, place, outlet=3)
    canvas.wire(place, canvas.add(760, 250, "s /la/map/xy"))
    canvas.wire(place, canvas.add(820, 240, "list prepend map"), other, outlet=1)
    canvas.wire(kinds, other, outlet=4)
    _leads(canvas, other, root)


def _leads(canvas: Canvas, message: int, root: str) -> None:
    """What came to the name that is its address: all but the last word, which is the value."""
    both, length = canvas.add(420, 245, "t a a"), canvas.add(520, 245, "list length")
    cut, less = canvas.add(420, 270, "list split"), canvas.add(620, 245, "- 1")
    parts, value = canvas.add(420, 295, "t b a b"), canvas.add(620, 420, "list append")
    canvas.wire(message, both, cut, parts)
    canvas.wire(both, length, less, cut, outlet=1, inlet=1)
    canvas.wire(cut, value, outlet=1, inlet=1)
    letters = _joins(canvas, parts, root)
    name, to = canvas.add(420, 420, "t b s s"), canvas.add(620, 520, "send")
    whole = canvas.add(760, 490, "list prepend")
    canvas.wire(letters, canvas.add(420, 395, "list tosymbol"), name, value)
    canvas.wire(name, to, outlet=1, inlet=1)
    canvas.wire(name, whole, outlet=2, inlet=1)
    twice = canvas.add(620, 445, "t a a")
    canvas.wire(value, twice, canvas.add(620, 470, "list prepend set"), canvas.add(620, 495, "list trim"), to)
    canvas.wire(twice, whole, canvas.add(760, 520, "s la-in"), outlet=1)


def _joins(canvas: Canvas, parts: int, root: str) -> int:
    """The root and words with strokes before them, letter by letter: the number of the object that says them at a bang.

    Pure Data reads the 3 in /la/pad/3 as a symbol or as a number, by its version: `makefilename` takes both.
    """
    letters, step = canvas.add(420, 370, "list store"), canvas.add(540, 320, "t b a")
    first, rest = canvas.add(540, 295, "list split 1"), canvas.add(660, 295, "list append")
    canvas.wire(parts, canvas.message(420, 345, " ".join(map(str, root.encode()))), letters, outlet=2, inlet=1)
    canvas.wire(parts, first, outlet=1)
    canvas.wire(first, rest, outlet=1, inlet=1)
    canvas.wire(first, step, rest, first)
    word, bytes_of = canvas.add(540, 345, "makefilename %s"), canvas.add(680, 345, "list fromsymbol")
    stroke, trim = canvas.add(680, 370, "list prepend append 47"), canvas.add(540, 370, "list trim")
    canvas.wire(step, word, bytes_of, stroke, trim, letters, outlet=1)
    canvas.wire(parts, letters)
    return letters
