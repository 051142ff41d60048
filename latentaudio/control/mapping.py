"""Which control moves which parameter: layered files as one frozen value, read by threads without a lock."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from latentaudio.control.binding import Binding
from latentaudio.control.layer import Bound, Layer, read_layer
from latentaudio.control.layer_midi import ALL_CHANNELS
from latentaudio.control.midi_control import Control, Kind
from latentaudio.control.port_names import chosen
from latentaudio.osc_root import ROOT


@dataclass(frozen=True, slots=True)
class Mapping:
    """All layers of mapping files as one. Channels are 0..15, notes and controllers 0..127, pads 1..16."""

    names: tuple[str, ...] = ()
    ports: tuple[str, ...] = ("all",)  # patterns of port names, or `all`, or `none`
    channel: int | None = None  # the channel that controls without one of their own listen to; None: all
    programs: bool = True  # whether program changes load presets
    note_pads: Table[int, int] = field(default_factory=dict)
    controls: Table[Control, tuple[Binding, ...]] = field(default_factory=dict)
    addresses: Table[str, tuple[Binding, ...]] = field(default_factory=dict)
    clients: tuple[tuple[str, int], ...] = ()
    own: tuple[tuple[tuple[str, ...], "Mapping"], ...] = ()  # port patterns of guests, and what holds on such ports
    others: "Mapping | None" = None  # what holds on all other ports; None: this
    _by_port: dict[str, "Mapping"] = field(default_factory=dict, compare=False, repr=False)

    def of(self, port: str) -> "Mapping":
        """What holds on a MIDI port of that name: a guest speaks of the controllers that it is for, and of no other.

        The same object each time.
        """
        if self.others is None:
            return self
        if port not in self._by_port:
            fitting = [mapping for patterns, mapping in self.own if chosen([port], patterns)]
            self._by_port[port] = fitting[-1] if fitting else self.others
        return self._by_port[port]

    def pad_for(self, channel: int, note: int) -> int | None:
        """The pad that a note plays."""
        return self.note_pads.get(note) if self.channel is None or self.channel == channel else None

    def bindings_for(self, kind: Kind, channel: int, number: int = 0) -> tuple[Binding, ...]:
        """What a control moves."""
        return self.controls.get(Control(kind, channel, number), ())

    def bindings_for_cc(self, channel: int, controller: int) -> tuple[Binding, ...]:
        """What a control change moves."""
        return self.bindings_for("cc", channel, controller)

    def bindings_for_note(self, channel: int, note: int) -> tuple[Binding, ...]:
        """What a note presses; such a note plays no pad."""
        return self.bindings_for("note", channel, note)


def load_mapping(paths: Sequence[Path], guests: Sequence[Path] = (), root: str = ROOT) -> Mapping:
    """Read mapping files and lay each over the ones before it; no files are the empty mapping.

    `guests` come last and only add: their port, channel and programs shut no other controller out. Of MIDI, what they
    say holds on ports of theirs: `Mapping.of`.

    A later file replaces earlier ones' port, channel, programs and clients, what they say of a note, and the
    bindings of a control or address that it binds itself. None of the addresses may be under `root`. Raises
    MappingError: file, line and the nearest right name.
    """
    hosts, visitors = [read_layer(path, root) for path in paths], [read_layer(path, root) for path in guests]
    whole = _laid(hosts, visitors)
    if not visitors:
        return whole
    own = tuple((visitor.ports or (), _laid(hosts, [visitor])) for visitor in visitors)
    return replace(whole, own=own, others=_laid(hosts, []))


def _laid(hosts: list[Layer], guests: list[Layer]) -> Mapping:
    """Layers as one."""
    layers = hosts + guests
    ports = [layer.ports for layer in hosts if layer.ports is not None]
    channels = ([layer.channels for layer in hosts if layer.channels is not None] or [ALL_CHANNELS])[-1]
    programs = [layer.programs for layer in hosts if layer.programs is not None]
    clients = [layer.clients for layer in layers if layer.clients is not None]
    pads: dict[int, int] = {}
    controls: dict[Control, tuple[Binding, ...]] = {}
    for layer in layers:
        pressed = {number for _, kind, number in layer.controls if kind == "note"}
        pads = {note: pad for note, pad in pads.items() if note not in pressed} | layer.note_pads
        controls = {key: bound for key, bound in controls.items() if not _plays_a_pad(key, layer)}
        controls |= _spread(layer.controls, channels)
    return Mapping(
        names=tuple(layer.name for layer in layers),
        ports=ports[-1] if ports else ("all",),
        channel=channels[0] if len(channels) == 1 else None,
        programs=programs[-1] if programs else True,
        note_pads=pads,
        controls=controls,
        addresses={address: to for layer in layers for address, to in layer.addresses.items()},
        clients=clients[-1] if clients else (),
    )


def _plays_a_pad(control: Control, layer: Layer) -> bool:
    return control.kind == "note" and control.number in layer.note_pads


def _spread(bound: Bound, default: tuple[int, ...]) -> dict[Control, tuple[Binding, ...]]:
    """By control; what names no channel of its own listens to `default`."""
    spread: dict[Control, tuple[Binding, ...]] = {}
    for (channels, kind, number), bindings in bound.items():
        for channel in default if channels is None else channels:
            control = Control(kind, channel, number)
            spread[control] = spread.get(control, ()) + bindings
    return spread
