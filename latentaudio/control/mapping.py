"""Which control moves which parameter: layered files as one frozen value, read by threads without a lock."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from latentaudio.control.binding import Binding
from latentaudio.control.layer import ALL_CHANNELS, Bound, read_layer


@dataclass(frozen=True, slots=True)
class Mapping:
    """All layers of mapping files as one. Channels are 0..15, notes and controllers 0..127, pads 1..16."""

    names: tuple[str, ...] = ()
    ports: tuple[str, ...] = ("all",)  # patterns of port names, or `all`, or `none`
    channel: int | None = None  # the channel that controls without one of their own listen to; None: all
    programs: bool = True  # whether program changes load presets
    note_pads: Table[int, int] = field(default_factory=dict)
    controls: Table[tuple[int, int], tuple[Binding, ...]] = field(default_factory=dict)
    buttons: Table[tuple[int, int], tuple[Binding, ...]] = field(default_factory=dict)
    addresses: Table[str, tuple[Binding, ...]] = field(default_factory=dict)
    clients: tuple[tuple[str, int], ...] = ()

    def pad_for(self, channel: int, note: int) -> int | None:
        """The pad that a note plays."""
        return self.note_pads.get(note) if self.channel is None or self.channel == channel else None

    def bindings_for_cc(self, channel: int, controller: int) -> tuple[Binding, ...]:
        """What a control change moves."""
        return self.controls.get((channel, controller), ())

    def bindings_for_note(self, channel: int, note: int) -> tuple[Binding, ...]:
        """What a note presses; such a note plays no pad."""
        return self.buttons.get((channel, note), ())


def load_mapping(paths: Sequence[Path], guests: Sequence[Path] = ()) -> Mapping:
    """Read mapping files and lay each over the ones before it; no files are the empty mapping.

    `guests` come last and only add: their port, channel and programs shut no other controller out.

    A later file replaces earlier ones' port, channel, programs and clients, what they say of a note, and the
    bindings of a control or address that it binds itself. Raises MappingError: file, line and the
    nearest right name.
    """
    hosts = [read_layer(path) for path in paths]
    layers = hosts + [read_layer(path) for path in guests]
    ports = [layer.ports for layer in hosts if layer.ports is not None]
    channels = ([layer.channels for layer in hosts if layer.channels is not None] or [ALL_CHANNELS])[-1]
    programs = [layer.programs for layer in hosts if layer.programs is not None]
    clients = [layer.clients for layer in layers if layer.clients is not None]
    pads: dict[int, int] = {}
    controls: dict[tuple[int, int], tuple[Binding, ...]] = {}
    buttons: dict[tuple[int, int], tuple[Binding, ...]] = {}
    for layer in layers:
        pressed = {note for _, note in layer.buttons}
        pads = {note: pad for note, pad in pads.items() if note not in pressed} | layer.note_pads
        buttons = {key: bound for key, bound in buttons.items() if key[1] not in layer.note_pads}
        buttons |= _spread(layer.buttons, channels)
        controls |= _spread(layer.controls, channels)
    return Mapping(
        names=tuple(layer.name for layer in layers),
        ports=ports[-1] if ports else ("all",),
        channel=channels[0] if len(channels) == 1 else None,
        programs=programs[-1] if programs else True,
        note_pads=pads,
        controls=controls,
        buttons=buttons,
        addresses={address: to for layer in layers for address, to in layer.addresses.items()},
        clients=clients[-1] if clients else (),
    )


def _spread(bound: Bound, default: tuple[int, ...]) -> dict[tuple[int, int], tuple[Binding, ...]]:
    """By (channel, number); what names no channel of its own listens to `default`."""
    spread: dict[tuple[int, int], tuple[Binding, ...]] = {}
    for (channels, number), bindings in bound.items():
        for channel in default if channels is None else channels:
            spread[channel, number] = spread.get((channel, number), ()) + bindings
    return spread
