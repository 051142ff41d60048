"""What the instrument's OSC addresses do: the parameter table, the actions, and a mapping's own. OSC thread."""

from functools import partial

from latentaudio.control.binding import Binding
from latentaudio.control.hands import BESIDE, TRIGGERS, Hands
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc_addresses import Call, Refusal, Route
from latentaudio.control.osc_orders import order_routes
from latentaudio.control.osc_parameters import PLACE, move_place, parameter_routes
from latentaudio.control.osc_values import number, velocity
from latentaudio.parameters import ACTIONS, address


def instrument_routes(mapping: Mapping, hands: Hands) -> dict[str, Route]:
    """Every address that moves or plays the instrument."""
    routes = dict(parameter_routes(hands)) | dict(order_routes(hands.post))
    for name in ACTIONS:
        routes[address(name)] = Route(partial(_press, hands, name), sounds=name in TRIGGERS)
    routes[address("note")] = Route(partial(_note, hands, mapping), sounds=True)
    for foreign, bindings in mapping.addresses.items():
        sounds = all(binding.to in TRIGGERS for binding in bindings)
        routes[foreign] = Route(partial(_turn, hands, bindings), sounds=sounds)
    return routes


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
    strength = velocity(call.values[1]) if len(call.values) > 1 else 1.0
    if strength <= 0.0:
        return hands.release(call.origin, note, pad, call.arrival_ns, call.at_ns)
    effect = hands.note(call.origin, note, pad, strength, call.arrival_ns, call.at_ns)
    if effect is None:
        raise Refusal(f"note {note} plays no pad in this mapping")
    return effect


def _turn(hands: Hands, bindings: tuple[Binding, ...], call: Call) -> str:
    """A foreign address: one value for each target; a button without a value is pressed."""
    values = [number(value) for value in call.values[: len(bindings)]]
    if not values and all(binding.is_action for binding in bindings):
        values = [1.0] * len(bindings)
    if len(values) < len(bindings):
        raise Refusal(f"wants {len(bindings)} numbers" if len(bindings) > 1 else "wants a number")
    turned = list(zip(bindings, values, strict=True))
    if sorted(binding.to for binding in bindings) == sorted(PLACE):
        return move_place(hands, call, {binding.to: binding.value(value) for binding, value in turned})
    return BESIDE.join(hands.turn(call.origin, binding, at, call.arrival_ns, call.at_ns) for binding, at in turned)
