"""A surface as a Max for Live device (.amxd): a strip that Live automates, and the whole surface in a window. Offline.

It is a MIDI effect: what a clip plays goes to the daemon as notes, and on to what follows. It was written from Max's
documentation, and never opened in Live. Layout of the file: py2max.
"""

from pathlib import Path

from py2max.m4l import ensure_amxd_project_block, pack_amxd

from latentaudio.parameters import PARAMETERS, address
from latentaudio.surface.formats import Place
from latentaudio.surface.layout import Layout
from latentaudio.surface.max_controls import GROUND, fader, letters, live, pressed, says, xy
from latentaudio.surface.max_network import network
from latentaudio.surface.max_patcher import Patcher, Rect
from latentaudio.surface.maxpat import as_json, surface
from latentaudio.surface.widget import control, place

KIND = "midi_effect"
HEIGHT = 169  # points: what Live shows of a device
SQUARE = 150  # points, the map
DIAL = (50, 54)  # points from one to the next
BUTTON = (74, 20)
COLOUR = "5d4dbe"
MADE = 3_850_000_000  # seconds since 1904, for always: the same surface is the same file
DIALS = (  # in columns of three
    "focus", "map.zoom", "temperature", "morph.amount", "walk.step", "walk.momentum", "walk.pull", "walk.rate", "tempo",
    "attribute.brightness", "attribute.noisiness", "attribute.loudness", "attribute.decay", "attribute.pitch",
    "attribute.click", "variation.intensity", "variation.pick", "master.level",
)  # fmt: skip
TOGGLES = ("walk.run", "walk.freeze", "morph.sweep")
CHOICES = ("map.snap", "map.layer", "notes.mode")
BUTTONS = ("trigger", "draw", "zero", "undo", "redo", "panic", "preset.previous", "preset.next")


def write(layout: Layout, where: Place) -> bytes:
    """The bytes of an .amxd file: the same for the same layout."""
    strip = _strip()
    _notes(strip)
    _window(strip, layout)
    network(strip, where, "live.thisdevice")
    content = {"patcher": strip.content() | {"devicewidth": strip.size[0]}}
    ensure_amxd_project_block(content, KIND, mtime=MADE)
    file: bytes = pack_amxd(
        as_json(content, where), device_type=KIND, patcher_filename="LatentAudio.maxpat", mtime=MADE
    )
    return file


def advice(file: Path, where: Place) -> str:
    """Where the device goes, and how far it was tried."""
    return (
        f"{file}: drop it on a MIDI track of Live; it sends to {where.host}:{where.port} and hears at port "
        f"{where.back}; made from Max's documentation, it was not tried in Live"
    )


def _strip() -> Patcher:
    columns = len(DIALS) // 3
    width = SQUARE + 20 + columns * DIAL[0] + 2 * (BUTTON[0] + 6) + 130
    strip = Patcher((width, HEIGHT), GROUND)
    xy(strip, place(), (8, 10, SQUARE, SQUARE))
    for number, name in enumerate(DIALS):
        left, top = SQUARE + 16 + number // 3 * DIAL[0], 4 + number % 3 * DIAL[1]
        fader(strip, control(name), "live.dial", (left, top, 44, 48), hidden=False)
    left = SQUARE + 20 + columns * DIAL[0]
    for number, name in enumerate((*BUTTONS, *TOGGLES)):
        x, y = left + number // 6 * (BUTTON[0] + 6), 8 + number % 6 * 26
        _press(strip, name, (x, y, *BUTTON))
    for number, name in enumerate(CHOICES):
        _words(strip, name, (left + 2 * (BUTTON[0] + 6), 22 + number * 48, 120, 20))
    return strip


def _press(strip: Patcher, name: str, rect: Rect) -> None:
    """A button; or a switch, which Live automates."""
    widget = control(name)
    row = PARAMETERS.get(name)
    kind = {"parameter_type": 2, "parameter_enum": ["off", "on"], "parameter_mmax": 1.0}
    box = strip.add("live.text", seen=rect, text=widget.label, texton=widget.label, mode=int(row is not None),
                    **live(widget, hidden=row is None, **kind))  # fmt: skip
    if row is None:
        pressed(strip, box, widget)
    else:
        says(strip, box, widget.address)
        strip.wire(strip.add("receive", widget.reports), box)


def _words(strip: Patcher, name: str, rect: Rect) -> None:
    widget = control(name)
    letters(strip, (rect[0], rect[1] - 17, rect[2], 17), name.replace(".", " "))
    kind = {"parameter_type": 2, "parameter_enum": list(widget.choices), "parameter_mmax": len(widget.choices) - 1.0}
    box = strip.add("live.tab", seen=rect, **live(widget, hidden=False, **kind))
    says(strip, box, widget.address)
    strip.wire(strip.add("receive", widget.reports), box)


def _notes(strip: Patcher) -> None:
    """Notes go to the daemon, velocities 0..1; and everything goes on."""
    strip.wire(strip.add("midiin"), strip.add("midiout"))
    notes, both = strip.add("notein"), strip.add("pack", "0 0.")
    strip.wire(notes, both)
    strip.wire(notes, strip.add("/", "127."), both, outlet=1, inlet=1)
    says(strip, both, address("note"))


def _window(strip: Patcher, layout: Layout) -> None:
    """The whole surface, in a window that a button opens."""
    whole = surface(layout)
    whole.add("inlet")
    window = strip.add("patcher", "surface", patcher=whole.content())
    rect = (SQUARE + 20 + len(DIALS) // 3 * DIAL[0] + BUTTON[0] + 6, 138, *BUTTON)
    button = strip.add("textbutton", seen=rect, text="all ...", mode=0, parameter_enable=0)
    strip.wire(button, strip.add("message", "open"), strip.add("pcontrol"), window)
