"""Learned attributes under their own names: `/la/attribute/woody` is `attribute.learned.2`. Any thread."""

from dataclasses import dataclass

from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS, address

_KIND = "attribute.learned."
_TAKEN = frozenset(address(name) for name in (*PARAMETERS, *ACTIONS, *ORDERS, "attribute.names"))


@dataclass(slots=True)
class Learned:
    """What the performer taught, in the order of the table's rows."""

    names: tuple[str, ...] = ()  # swapped whole by the state thread, read by all

    def canonical(self, asked: str) -> str | None:
        """The table's address of an address made from a name, its spaces kept or written `_`."""
        for place, name in enumerate(self.names, 1):
            if asked in {address("attribute") + "/" + name, own_address(name)}:
                return address(f"{_KIND}{place}")
        return None

    def own(self, parameter: str) -> str | None:
        """The address with the name of a parameter of the table; None where it has none, or none of its own."""
        place = int(parameter.removeprefix(_KIND)) if parameter.startswith(_KIND) else 0
        if not 0 < place <= len(self.names):
            return None
        found = own_address(self.names[place - 1])
        return None if found in _TAKEN else found


def own_address(name: str) -> str:
    """A name as part of an address, which has no spaces."""
    return f"{address('attribute')}/{name.replace(' ', '_')}"
