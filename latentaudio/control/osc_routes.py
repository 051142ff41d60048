"""What the instrument's OSC addresses do: the parameter table, the actions, and a mapping's own. OSC thread."""

import math
from collections.abc import Iterator
from functools import partial

from latentaudio.control.binding import Binding
from latentaudio.control.hands import FULL, TRIGGERS, Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Call, Refusal, Route
from latentaudio.events import Ask, SetLatents
from latentaudio.parameters import ACTIONS, MAX_DIMS, PARAMETERS, Parameter, address, latent_name

ALL_LATENTS = address("latent.all")


def instrument_routes(mapping: Mapping, hands: Hands) -> dict[str, Route]:
    """Every address that moves or plays the instrument."""
    routes = dict(_parameter_routes(hands))
    for name in ACTIONS:
        routes[address(name)] = Route(partial(_press, hands, name), sounds=name in TRIGGERS)
    routes[address("note")] = Route(partial(_note, hands, mapping), sounds=True)
    routes[ALL_LATENTS] = Route(partial(_latents, hands))
    for foreign, bindings in mapping.addresses.items():
        sounds = all(binding.to in TRIGGERS for binding in bindings)
        routes[foreign] = Route(partial(_turn, hands, bindings), sounds=sounds)
    return routes


def _parameter_routes(hands: Hands) -> Iterator[tuple[str, Route]]:
    for row in PARAMETERS.values():
        yield address(row.name), Route(partial(_set_position, hands, row))
        if row.unit:
            yield f"{address(row.name)}/{row.unit}", Route(partial(_set_natural, hands, row))


def _set_position(hands: Hands, row: Parameter, call: Call) -> str:
    if not call.values:
        return _ask(hands, row.name, call)
    position = number(call.values[0])
    value = row.natural(position)
    adjusted = not math.isclose(row.position(value), position, abs_tol=1e-6)
    return _set(hands, row, value, adjusted, call)


def _set_natural(hands: Hands, row: Parameter, call: Call) -> str:
    if not call.values:
        return _ask(hands, row.name, call)
    wanted = number(call.values[0])
    value = row.clip(wanted)
    return _set(hands, row, value, value != wanted, call)


def _set(hands: Hands, row: Parameter, value: float, adjusted: bool, call: Call) -> str:
    """Set, and where the value is not quite what was sent, let its sender hear what it became."""
    effect = hands.set(call.origin, row.name, value, call.arrival_ns)
    if adjusted:
        hands.post(Ask(call.origin, row.name, arrival_ns=call.arrival_ns))
    return effect


def _ask(hands: Hands, name: str, call: Call) -> str:
    return "asks" if hands.post(Ask(call.origin, name, arrival_ns=call.arrival_ns)) else FULL


def _press(hands: Hands, name: str, call: Call) -> str:
    strength = number(call.values[0]) if call.values else 1.0
    return hands.press(call.origin, name, strength, call.arrival_ns, call.at_ns)


def _note(hands: Hands, mapping: Mapping, call: Call) -> str:
    if not call.values:
        raise Refusal("wants a note number and a velocity")
    note = int(number(call.values[0]))
    if not 0 <= note <= 127:
        raise Refusal(f"note {note} is not in 0..127")
    pad = mapping.note_pads.get(note)
    velocity = note_velocity(call.values[1]) if len(call.values) > 1 else 1.0
    if velocity <= 0.0:
        return hands.release(note, pad, call.arrival_ns, call.at_ns)
    effect = hands.note(call.origin, note, pad, velocity, call.arrival_ns, call.at_ns)
    if effect is None:
        raise Refusal(f"note {note} plays no pad in this mapping")
    return effect


def note_velocity(value: object) -> float:
    """A velocity 0..1 from a float 0..1 or a MIDI velocity 0..127, which Pure Data sends as a float too."""
    velocity = number(value)
    is_midi = velocity > 1.0 or (isinstance(value, int) and not isinstance(value, bool))
    return min(max(velocity / 127.0 if is_midi else velocity, 0.0), 1.0)


def _latents(hands: Hands, call: Call) -> str:
    if not call.values:
        return _ask(hands, "latent.all", call)
    if len(call.values) > MAX_DIMS:
        raise Refusal(f"takes at most {MAX_DIMS} values")
    values = tuple(PARAMETERS[latent_name(dim)].natural(number(value)) for dim, value in enumerate(call.values, 1))
    done = hands.post(SetLatents(call.origin, values, arrival_ns=call.arrival_ns))
    return f"{len(values)} latents" if done else FULL


def _turn(hands: Hands, bindings: tuple[Binding, ...], call: Call) -> str:
    """A foreign address: one value for each target; a button without a value is pressed."""
    values = [number(value) for value in call.values[: len(bindings)]]
    if not values and all(binding.is_action for binding in bindings):
        values = [1.0] * len(bindings)
    if len(values) < len(bindings):
        raise Refusal(f"wants {len(bindings)} numbers" if len(bindings) > 1 else "wants a number")
    return ", ".join(
        hands.turn(call.origin, binding, value, call.arrival_ns, call.at_ns)
        for binding, value in zip(bindings, values, strict=True)
    )


def number(value: object) -> float:
    """A finite number from an int, float, boolean or numeric string; raises Refusal."""
    try:
        result = float(value) if isinstance(value, int | float | str) else math.nan
    except ValueError:
        result = math.nan
    if not math.isfinite(result):
        raise Refusal("wants a finite number")
    return result
