"""Make a surface's file: a mapping, a model and a format in, bytes on the disk out. Offline."""

from collections.abc import Sequence
from pathlib import Path

from latentaudio.config import find_mapping
from latentaudio.control.binding import Binding
from latentaudio.control.mapping import Mapping, load_mapping
from latentaudio.errors import DataError, UsageError
from latentaudio.files import atomic_path
from latentaudio.surface.dots import read_dots
from latentaudio.surface.formats import FORMATS, Place
from latentaudio.surface.layout import Layout, lay_out


def make_surface(kind: str, out: Path, mappings: Sequence[str], model: Path, device: str, place: Place) -> str:
    """Write the surface `kind`, one of FORMATS, to `out`, and say what to do with it.

    `mappings` are names or files, later ones over earlier ones. Raises UsageError, MappingError, ModelError, and
    DataError where the file cannot be written.
    """
    row = FORMATS[kind]
    if out.suffix != row.suffix:
        raise UsageError(f"{row.program} opens {row.suffix} files; did you mean '{out.with_suffix(row.suffix)}'?")
    content = row.write(read_layout(mappings, model, device, row.types), place)
    try:
        with atomic_path(out) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise DataError(f"cannot write {out}: {error.strerror or error}") from error
    return row.advice(out, place)


def read_layout(mappings: Sequence[str], model: Path, device: str, types: bool = True) -> Layout:
    """The layout that mapping files and a model ask for; `types` as in `lay_out`."""
    mapping = load_mapping([find_mapping(name) for name in mappings])
    notes = {pad: note for note, pad in reversed(list(mapping.note_pads.items()))}  # of several notes, the first named
    return lay_out("LatentAudio", device, notes, own_addresses(mapping), read_dots(model), types)


def own_addresses(mapping: Mapping) -> dict[tuple[str, ...], str]:
    """A mapping's own OSC addresses by what they move, where a widget's numbers mean there what they mean at ours.

    One that bends, narrows or turns round what it gets would show another value than it sent.
    """
    plain = {
        address: bindings
        for address, bindings in mapping.addresses.items()
        if all(binding == Binding(binding.to) for binding in bindings)
    }
    return {tuple(binding.to for binding in bindings): address for address, bindings in plain.items()}
