"""How values, the place on the map and the status read as OSC messages. Any thread."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from latentaudio.control.learned import Learned
from latentaudio.control.osc_codec import Value, encode
from latentaudio.control.osc_parameters import PLACE, PLACE_ADDRESS
from latentaudio.parameters import PARAMETERS, address


class Reports:
    """Parameters and the place as messages. The state thread's."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._place: dict[str, float] = {}  # natural, as last noted

    def note(self, name: str, value: float) -> None:
        """Remember where on the map one is."""
        if name in PLACE:
            self._place[name] = value

    def all_of(self, values: Mapping[str, float]) -> list[bytes]:
        """The messages of natural values by name, and of the place where it is among them."""
        for item in values.items():
            self.note(*item)
        messages = [each for item in values.items() for each in self.parameter(*item)]
        return messages + (self.place() if any(name in values for name in PLACE) else [])

    def parameter(self, name: str, value: float) -> Iterator[bytes]:
        """0..1 at the parameter's address, the natural value under its unit; learned attributes by name as well."""
        row = PARAMETERS[name]
        yield encode(address(name), row.position(value))
        if row.unit:
            yield encode(f"{address(name)}/{row.unit}", float(value))
        if own := self._learned.own(name):
            yield encode(own, row.position(value))

    def place(self) -> list[bytes]:
        """Where on the map, x and y in one message; none while one of them was never noted."""
        if any(name not in self._place for name in PLACE):
            return []
        return [encode(PLACE_ADDRESS, *(PARAMETERS[name].position(self._place[name]) for name in PLACE))]


def status_messages(facts: Mapping[str, Any], prefix: str = "/la/status") -> Iterator[bytes]:
    """Nested facts as one message each: `{"audio": {"xruns": 0}}` is `/la/status/audio/xruns 0`."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from status_messages(value, f"{prefix}/{key}")
        else:
            values = value if isinstance(value, list | tuple) else [value]
            yield encode(f"{prefix}/{key}", *filter(_is_plain, values))


def _is_plain(value: object) -> TypeGuard[Value]:
    return isinstance(value, bool | int | float | str)
