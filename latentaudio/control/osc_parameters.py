"""Parameters under their addresses: set with a value, asked for without one. OSC thread."""

import math
from collections.abc import Iterator
from functools import partial

from latentaudio.control.hands import FULL, Hands
from latentaudio.control.osc_addresses import Call, Refusal, Route
from latentaudio.control.osc_values import choice, number
from latentaudio.events import Ask, SetLatents, SetTogether
from latentaudio.parameters import MAX_DIMS, PARAMETERS, Parameter, address, latent_name

PLACE = ("map.x", "map.y")  # that a finger on a surface moves at once
PLACE_ADDRESS = address("map.xy")
LATENTS_ADDRESS = address("latent.all")


def parameter_routes(hands: Hands) -> Iterator[tuple[str, Route]]:
    """Each parameter at its address (0..1) and under its unit (natural), and those that come together."""
    for row in PARAMETERS.values():
        yield address(row.name), Route(partial(_set_position, hands, row))
        if row.unit:
            yield f"{address(row.name)}/{row.unit}", Route(partial(_set_natural, hands, row))
    yield PLACE_ADDRESS, Route(partial(_set_place, hands))
    yield LATENTS_ADDRESS, Route(partial(_set_latents, hands))


def _set_position(hands: Hands, row: Parameter, call: Call) -> str:
    if not call.values:
        return _ask(hands, call, row.name)
    value = choice(row, call.values[0])
    if value is not None:
        return _set(hands, row, value, False, call)
    value, adjusted = _at(row, number(call.values[0], row.choices))
    return _set(hands, row, value, adjusted, call)


def _set_natural(hands: Hands, row: Parameter, call: Call) -> str:
    if not call.values:
        return _ask(hands, call, row.name)
    named = choice(row, call.values[0])
    wanted = number(call.values[0], row.choices) if named is None else named
    value = row.clip(wanted)
    return _set(hands, row, value, value != wanted, call)


def _at(row: Parameter, position: float) -> tuple[float, bool]:
    """The natural value at a position, and whether it is not quite what was asked for."""
    value = row.natural(position)
    return value, not math.isclose(row.position(value), position, abs_tol=1e-6)


def _set(hands: Hands, row: Parameter, value: float, adjusted: bool, call: Call) -> str:
    """Set, and where the value is not quite what was sent, let its sender hear what it became."""
    effect = hands.set(call.origin, row.name, value, call.arrival_ns)
    if not adjusted:
        return effect
    _ask(hands, call, row.name)
    return f"{effect} ({'clipped' if value in (row.low, row.high) else 'rounded'})"


def _ask(hands: Hands, call: Call, *names: str) -> str:
    asked = [hands.post(Ask(call.origin, name, arrival_ns=call.arrival_ns)) for name in names]
    return "asks" if all(asked) else FULL


def _set_place(hands: Hands, call: Call) -> str:
    """`/la/map/xy x y`, each 0..1."""
    if not call.values:
        return _ask(hands, call, *PLACE)
    if len(call.values) < len(PLACE):
        raise Refusal("wants x and y")
    places = [_at(PARAMETERS[name], number(value)) for name, value in zip(PLACE, call.values, strict=False)]
    effect = move_place(hands, call, {name: value for name, (value, _) in zip(PLACE, places, strict=True)})
    if any(adjusted for _, adjusted in places):
        _ask(hands, call, *PLACE)
    return effect


def move_place(hands: Hands, call: Call, values: dict[str, float]) -> str:
    """Both coordinates as one gesture: the place between the old and the new would be a sound of its own."""
    done = hands.post(SetTogether(call.origin, tuple(values.items()), arrival_ns=call.arrival_ns))
    return ", ".join(f"{name} = {value:.4g}" for name, value in values.items()) if done else FULL


def _set_latents(hands: Hands, call: Call) -> str:
    if not call.values:
        return _ask(hands, call, "latent.all")
    if len(call.values) > MAX_DIMS:
        raise Refusal(f"takes at most {MAX_DIMS} values")
    values = tuple(PARAMETERS[latent_name(dim)].natural(number(value)) for dim, value in enumerate(call.values, 1))
    done = hands.post(SetLatents(call.origin, values, arrival_ns=call.arrival_ns))
    return f"{len(values)} latents" if done else FULL
