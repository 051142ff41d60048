"""One mapping file as it was written, checked against the parameter table. Read on the starting thread."""

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path

from latentaudio.control.binding import PICKUPS, Binding
from latentaudio.control.document import read_document
from latentaudio.control.entry import Entry
from latentaudio.control.layer_binding import KEYS, read_binding, target_of
from latentaudio.control.layer_midi import ALL_CHANNELS, Key, channels_of, read_midi_binding
from latentaudio.control.midi_control import Kind
from latentaudio.osc_root import ROOT, is_under
from latentaudio.parameters import PADS

log = logging.getLogger(__name__)

_SPAN = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")
_OSC_ADDRESS = re.compile(r"(/[^\s#*,/?\[\]{}]+)+")  # the others make a pattern of it (OSC 1.0)

Bound = dict[Key, tuple[Binding, ...]]


@dataclass(slots=True)
class Layer:
    """What one file says; None where it says nothing."""

    name: str
    ports: tuple[str, ...] | None = None
    channels: tuple[int, ...] | None = None
    programs: bool | None = None  # whether program changes load presets
    note_pads: dict[int, int] = field(default_factory=dict)
    controls: Bound = field(default_factory=dict)
    addresses: dict[str, tuple[Binding, ...]] = field(default_factory=dict)
    clients: tuple[tuple[str, int], ...] | None = None


def read_layer(path: Path, root: str = ROOT) -> Layer:
    """Read and check one file; raises MappingError: file, line and the nearest right name.

    Addresses under `root` are the instrument's own, as those under /la are.
    """
    top = read_document(path).table("name", "midi", "osc")
    layer = Layer(top["name"].text() if "name" in top else path.stem)
    if "midi" in top:
        _read_midi(top["midi"].table("port", "channel", "programs", "pickup", "feedback", "pads", "bindings"), layer)
    if "osc" in top:
        osc = top["osc"].table("bindings", "clients")
        for entry in osc["bindings"].items() if "bindings" in osc else ():
            _read_osc_binding(entry, layer, root)
        if "clients" in osc:
            layer.clients = tuple(_client(entry) for entry in osc["clients"].items())
    if layer == Layer(layer.name):  # no mistake, but what its writer hardly meant
        log.warning("%s: an empty mapping, which binds nothing", path.name)
    return layer


def _read_midi(midi: dict[str, Entry], layer: Layer) -> None:
    if "port" in midi:
        layer.ports = tuple(entry.text() for entry in midi["port"].items())
    if "channel" in midi:
        layer.channels = channels_of(midi["channel"])
    if "programs" in midi:
        layer.programs = midi["programs"].boolean()
    if "pads" in midi:
        for span, entry in midi["pads"].table().items():
            _read_pads(span, entry, layer)
    if "pickup" in midi:
        midi["pickup"].choice(PICKUPS)
    if "feedback" in midi:
        midi["feedback"].boolean()
    _read_bindings(midi, layer)


def _read_bindings(midi: dict[str, Entry], layer: Layer) -> None:
    """A control sends ticks or says where it stands, and its values do not tell which: it is bound as one of both."""
    ticks: dict[tuple[Kind, int, int], bool] = {}  # by kind, number and channel: whether it is relative
    for entry in midi["bindings"].items() if "bindings" in midi else ():
        key, binding = read_midi_binding(entry, midi)
        channels, kind, number = key
        if kind == "note" and number in layer.note_pads:
            raise entry.error(f"note {number} plays pad {layer.note_pads[number]} already")
        is_relative = binding.relative is not None
        for channel in channels or layer.channels or ALL_CHANNELS:
            if ticks.setdefault((kind, number, channel), is_relative) != is_relative:
                raise entry.error(f"{kind} {number} is bound already, and cannot be both relative and not")
        layer.controls[key] = (*layer.controls.get(key, ()), binding)


def _read_pads(span: str, entry: Entry, layer: Layer) -> None:
    """`36-43: 1-8` counts along; `44-47: 3` gives four notes one pad."""
    notes = _span(entry, span, 0, 127, "notes")
    pads = _span(entry, str(entry.value), 1, PADS, "pads")
    if len(pads) not in (1, len(notes)):
        raise entry.error(f"{len(notes)} notes cannot play {len(pads)} pads")
    for place, note in enumerate(notes):
        if note in layer.note_pads:
            raise entry.error(f"note {note} plays pad {layer.note_pads[note]} already")
        layer.note_pads[note] = pads[place % len(pads)]


def _span(entry: Entry, text: str, low: int, high: int, what: str) -> range:
    match = _SPAN.fullmatch(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
    if not low <= first <= last <= high:
        raise entry.error(f"{what} must be a number or a range like {low + 1}-{low + 8}, got '{text[:40]}'")
    return range(first, last + 1)


def _read_osc_binding(entry: Entry, layer: Layer, root: str) -> None:
    table = entry.table("address", *KEYS)
    if "address" not in table:
        raise entry.error("an OSC binding needs an 'address'")
    address = table["address"].text()
    if not address.isascii() or not _OSC_ADDRESS.fullmatch(address):
        raise table["address"].error(f"'{address[:80]}' is no OSC address; one looks like /1/fader1")
    for own in (ROOT, root):
        if is_under(address, own):
            raise table["address"].error(f"addresses under {own} are the instrument's own")
    if address in layer.addresses:
        raise table["address"].error(f"'{address}' is bound already")
    layer.addresses[address] = tuple(read_binding(target, table) for target in target_of(entry, table).items())


def _client(entry: Entry) -> tuple[str, int]:
    host, colon, port = entry.text().rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise entry.error(f"a client is 'host:port', got '{entry.text()[:80]}'")
    return host, int(port)
