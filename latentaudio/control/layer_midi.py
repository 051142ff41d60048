"""What a mapping file says of one MIDI control: which it is, and what only MIDI has. Read on the starting thread."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from latentaudio.control.binding import PICKUPS, RELATIVES, Binding, Light, Pickup, Relative
from latentaudio.control.entry import Entry
from latentaudio.control.layer_binding import KEYS, read_binding, target_of
from latentaudio.control.midi_control import NUMBERS, PAIRED, Kind
from latentaudio.parameters import PARAMETERS

ALL_CHANNELS = tuple(range(16))

_OWN = ("channel", "bits", "toggle", "momentary", "pickup", "relative", "feedback")
_UNNUMBERED = ("bend", "pressure")
_LIT = ("cc", "note")  # what a `feedback` of its own may send

Key = tuple[tuple[int, ...] | None, Kind, int]  # (own channels, kind, number)


def read_midi_binding(entry: Entry, defaults: Mapping[str, Entry]) -> tuple[Key, Binding]:
    """A binding and which control it is of; `defaults` are the file's `pickup` and `feedback`. Raises MappingError."""
    table = entry.table(*NUMBERS, *KEYS, *_OWN)
    kinds = [kind for kind in NUMBERS if kind in table]
    if len(kinds) != 1:
        raise entry.error(f"a MIDI binding needs one of {', '.join(map(repr, NUMBERS))}")
    kind = kinds[0]
    number = _number(kind, table[kind])
    bits = _bits(kind, number, table["bits"]) if "bits" in table else 14 if kind == "bend" else 7
    binding = replace(read_binding(target_of(entry, table), table), bits=bits)
    binding = _as_button(binding, kind, entry, table)
    if "relative" in table:
        binding = _as_encoder(binding, kind, table)
    binding = _with_pickup(binding, kind, table, defaults)
    binding = _with_light(binding, kind, table, defaults)
    return (channels_of(table["channel"]) if "channel" in table else None, kind, number), binding


def channels_of(entry: Entry) -> tuple[int, ...]:
    """`all`, or one of 1 to 16, as channels from 0."""
    return ALL_CHANNELS if entry.value == "all" else (entry.integer(1, 16, "channel") - 1,)


def _number(kind: Kind, entry: Entry) -> int:
    if kind not in _UNNUMBERED:
        return entry.integer(0, NUMBERS[kind], kind)
    if not entry.boolean():
        raise entry.error(f"leave '{kind}' out where it is not what is bound")
    return 0


def _bits(kind: Kind, number: int, entry: Entry) -> int:
    bits = entry.integer(7, 14, "bits")
    if bits not in (7, 14):
        raise entry.error(f"bits must be 7 or 14, got {bits}")
    if bits == 14 and (kind not in ("cc", "nrpn", "rpn") or (kind == "cc" and number >= PAIRED)):
        raise entry.error(f"only controllers 0 to {PAIRED - 1}, nrpn and rpn have 14 bits to choose")
    return bits


def _as_button(binding: Binding, kind: Kind, entry: Entry, table: dict[str, Entry]) -> Binding:
    toggle = table["toggle"].boolean() if "toggle" in table else False
    momentary = table["momentary"].boolean() if "momentary" in table else False
    name = binding.to
    if toggle and not (name in PARAMETERS and PARAMETERS[name].choices):
        raise table["toggle"].error(f"'{name}' has no choices to toggle through")
    if momentary and (toggle or binding.is_action or kind == "program"):
        reason = "is an action" if binding.is_action else "toggles" if toggle else "hears no release of a program"
        raise table["momentary"].error(f"'{name}' {reason} and cannot be momentary")
    if kind in ("note", "program") and not (toggle or momentary or binding.is_action):
        raise entry.error(f"a {kind} presses an action or toggles or is momentary, and '{name}' is a parameter")
    return replace(binding, toggle=toggle, momentary=momentary)


def _as_encoder(binding: Binding, kind: Kind, table: dict[str, Entry]) -> Binding:
    entry = table["relative"]
    relative = cast(Relative, entry.choice(RELATIVES))
    clash = next((key for key in ("bits", "curve", "dead", "toggle", "momentary", "pickup") if key in table), None)
    if kind != "cc" or clash:
        raise entry.error(f"a relative control has no '{clash}'" if clash else "only a cc can be relative")
    return replace(binding, relative=relative)


def _with_pickup(binding: Binding, kind: Kind, table: dict[str, Entry], defaults: Mapping[str, Entry]) -> Binding:
    applies = not (binding.is_button or binding.relative)
    if "pickup" in table and not applies:
        raise table["pickup"].error(f"'{binding.to}' is pressed here, and only what is turned is picked up")
    entry = table.get("pickup") or defaults.get("pickup")
    if entry is None or not applies:
        return binding
    return replace(binding, pickup=cast(Pickup, entry.choice(PICKUPS)))


def _with_light(binding: Binding, kind: Kind, table: dict[str, Entry], defaults: Mapping[str, Entry]) -> Binding:
    own = table.get("feedback")
    entry = own or defaults.get("feedback")
    if entry is None:
        return binding
    if isinstance(entry.value, dict):
        light = _light(entry)
        if binding.is_action and light.on is None:
            raise entry.error(f"'{binding.to}' is an action and has no value to show; 'on' lights it throughout")
        if kind == "program" and light.kind is None:
            raise entry.error("feedback of a program goes to a 'cc' or a 'note'")
        return replace(binding, light=light)
    silent = binding.is_action or kind == "program"
    if own and own.boolean() and silent:
        raise own.error(f"'{binding.to}' cannot be shown so; feedback: {{note: 1, on: 127}} says how")
    return replace(binding, light=Light()) if entry.boolean() and not silent else binding


def _light(entry: Entry) -> Light:
    table = entry.table(*_LIT, "channel", "on", "off")
    kinds: list[Kind] = [kind for kind in NUMBERS if kind in table]
    if len(kinds) > 1:
        raise entry.error("feedback goes to one of 'cc' and 'note'")
    kind = kinds[0] if kinds else None
    return Light(
        kind,
        table[kind].integer(0, 127, kind) if kind else 0,
        table["channel"].integer(1, 16, "channel") - 1 if "channel" in table else None,
        table["on"].integer(0, 127, "on") if "on" in table else None,
        table["off"].integer(0, 127, "off") if "off" in table else 0,
    )
