"""What mapping files bind and what is wrong with them, for people. Any thread that may wait for a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from latentaudio.control.binding import Binding
from latentaudio.control.document import read_document
from latentaudio.control.entry import Entry
from latentaudio.control.layer import Layer, read_layer
from latentaudio.control.layer_midi import ALL_CHANNELS, read_midi_binding
from latentaudio.control.map_warnings import Bound, warnings
from latentaudio.errors import MappingError
from latentaudio.parameters import PARAMETERS


@dataclass(frozen=True, slots=True)
class Row:
    """A binding as a person reads it."""

    file: str
    line: int
    control: str  # cc 74, note 52, /1/fader1
    channel: str  # all, 1..16, or nothing for OSC
    to: str
    how: str  # range, curve, pickup, what it shows
    replaced_by: str = ""  # file and line of a later file that binds the same control


@dataclass(slots=True)
class Checked:
    """What came out: in `errors` and `warnings` one sentence each, with file and line."""

    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def check(files: Sequence[Path]) -> Checked:
    """Check files as `--mapping` lays them over each other, the later over the earlier."""
    checked, layers, bound = Checked(), list[Layer](), list[Bound]()
    for place, path in enumerate(files):
        try:
            layers.append(read_layer(path))
        except MappingError as error:
            checked.errors.append(str(error))
        bound += _midi_bindings(place, path, checked.errors)
    default = ([layer.channels for layer in layers if layer.channels is not None] or [ALL_CHANNELS])[-1]
    checked.rows = [_row(each, bound, default) for each in bound]
    if not checked.errors:
        for path, layer in zip(files, layers, strict=True):
            checked.rows += _pads(path)
            checked.rows += _addresses(path, layer)
        checked.warnings = warnings(files, layers, bound, default)
    return checked


def how(binding: Binding) -> str:
    """All that a binding says beside where it leads."""
    row, words = PARAMETERS.get(binding.to), list[str]()
    if row and (binding.low, binding.high) != (0.0, 1.0):
        words.append(f"{row.natural(binding.low):g} to {row.natural(binding.high):g} {row.unit}".strip())
    if binding.curve != "linear":
        words.append(f"curve {binding.curve if isinstance(binding.curve, str) else 'of a table'}")
    words += [name for name in ("invert", "toggle", "momentary") if getattr(binding, name)]
    words += [f"{name} {getattr(binding, name):g}" for name in ("step", "dead") if getattr(binding, name)]
    words += [f"relative {binding.relative}"] if binding.relative else []
    words += [f"pickup {binding.pickup}"] if binding.pickup != "jump" else []
    if light := binding.light:
        words.append("feedback" + (f" by {light.kind} {light.number}" if light.kind else ""))
    return ", ".join(words)


def _entries(path: Path, section: str) -> tuple[dict[str, Entry], tuple[Entry, ...]]:
    """A section's keys and its bindings; nothing where they are not what they should be, which is told elsewhere."""
    try:
        part = read_document(path).table()[section].table()
        return part, part["bindings"].items() if "bindings" in part else ()
    except (MappingError, KeyError):
        return {}, ()


def _midi_bindings(place: int, path: Path, errors: list[str]) -> Iterator[Bound]:
    """All that are sound; the errors of the others go to `errors`, each once."""
    part, entries = _entries(path, "midi")
    for entry in entries:
        try:
            yield Bound(place, path.name, entry.line, *read_midi_binding(entry, part))
        except MappingError as error:
            if str(error) not in errors:
                errors.append(str(error))


def _row(each: Bound, bound: list[Bound], default: tuple[int, ...]) -> Row:
    channels = each.channels(default)
    over = next((other for other in bound if other.place > each.place and each.meets(other, default)), None)
    return Row(each.file, each.line, each.control, "all" if channels == ALL_CHANNELS else str(channels[0] + 1),
               each.binding.to, how(each.binding), over.where if over else "")  # fmt: skip


def _pads(path: Path) -> Iterator[Row]:
    part, _ = _entries(path, "midi")
    for notes, pads in part["pads"].table().items() if "pads" in part else ():
        yield Row(path.name, pads.line, f"note {notes}", "", f"pad {pads.value}", "")


def _addresses(path: Path, layer: Layer) -> Iterator[Row]:
    _, entries = _entries(path, "osc")
    for entry, (address, bindings) in zip(entries, layer.addresses.items(), strict=True):
        for binding in bindings:
            yield Row(path.name, entry.line, address, "", binding.to, how(binding))
