"""The OSC addresses as an OSCQuery tree: what each takes, what it is now, what it is for. Any thread.

Attributes are those of the OSCQuery proposal (github.com/Vidvox/OSCQueryProposal), units those of its units.md where
it has them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from latentaudio.control.hands import TRIGGERS
from latentaudio.control.learned import Learned
from latentaudio.control.osc_orders import HIGHEST_PROGRAM, QUESTIONS
from latentaudio.control.osc_parameters import LATENTS_ADDRESS, PLACE, PLACE_ADDRESS
from latentaudio.osc_root import ROOT, ours, theirs
from latentaudio.parameter import Parameter
from latentaudio.parameters import ACTIONS, MAX_DIMS, ORDERS, PARAMETERS, address, latent_name

Known = Callable[[str], float | None]  # a parameter's natural value; None where the model has no such dim
Json = dict[str, Any]

WRITE, BOTH = 2, 3  # of ACCESS; 1 would be read alone
UNITS = {"db": "gain.db", "s": "time.second", "hz": "time.hz", "bpm": "time.bpm", "st": "semitones", "beats": "beats"}
SESSION = {  # the addresses that concern a client, their types and what they do
    "ping": ("N", "answers /la/pong"),
    "subscribe": ("i", "tell every change to this port of the sender's host"),
    "unsubscribe": ("N", "tell the sender of no more changes"),
    "monitor": ("f", "tell the sender of every message and what it did"),
    "sync": ("i", "answers /la/synced once all that came before is done"),
    "status": ("N", "answers with how everything is"),
}
QUESTIONED = {
    "map.nearest": "what is nearest on the map",
    "map.points": "all that is on the map",
    "morph.stations": "how many stations there are",
    "attribute.names": "the attributes by name",
    "preset.name": "the preset in use",
}


@dataclass(frozen=True, slots=True)
class Method:
    """What one address takes. `ranges` has one entry for each of its values."""

    types: str
    doc: str
    access: int = WRITE
    ranges: tuple[Json, ...] = ()
    unit: str = ""
    names: tuple[str, ...] = ()  # parameters that it tells of
    natural: bool = False  # in their own unit, not 0..1
    overloads: tuple[Json, ...] = ()

    def values(self, known: Known) -> list[float] | None:
        """What it says now; None where there is no such thing."""
        values = [known(name) for name in self.names]
        if not values or None in values[:1]:
            return None
        rows = (PARAMETERS[name] for name in self.names)
        pairs = [(row, value) for row, value in zip(rows, values, strict=True) if value is not None]
        return [float(value) if self.natural else row.position(value) for row, value in pairs]

    def is_there(self, known: Known) -> bool:
        """Whether the model that plays has it."""
        return not self.names or known(self.names[0]) is not None

    def attributes(self, path: str, known: Known) -> Json:
        """Its node, without what lies below."""
        said: Json = {"FULL_PATH": path, "DESCRIPTION": self.doc, "ACCESS": self.access, "TYPE": self.types}
        if values := self.values(known):
            said["VALUE"] = values
            said["TYPE"] = "f" * len(values)
        if self.ranges:
            said["RANGE"], said["CLIPMODE"] = list(self.ranges), ["both"] * len(self.ranges)
        if self.unit:
            said["UNIT"] = [self.unit]
        if self.overloads:
            said["OVERLOADS"] = list(self.overloads)
        return said


class Tree:
    """Every address of ours. Fixed but for what the model has, and for attributes that are learned."""

    def __init__(self, known: Known, learned: Learned, root: str = ROOT) -> None:
        self._known, self._learned, self._root = known, learned, root
        self._methods = {
            theirs(path, root): replace(method, doc=theirs(method.doc, root)) for path, method in _methods()
        }

    def method(self, path: str) -> Method | None:
        """What an address does; None where there is no such method."""
        found = self._methods.get(path)
        if found is None and (canonical := self._learned.canonical(ours(path, self._root))) is not None:
            found = self._methods[theirs(canonical, self._root)]
        return found if found and found.is_there(self._known) else None

    def values(self, path: str) -> list[float] | None:
        """What an address says now; None where it says nothing."""
        method = self.method(path)
        return method.values(self._known) if method else None

    def telling_of(self, path: str) -> tuple[str, ...]:
        """The parameters behind an address."""
        method = self.method(path)
        return method.names if method else ()

    def node(self, path: str) -> Json | None:
        """A method or a container with all that lies below it; None where there is neither."""
        path = path.rstrip("/")
        below = [(where, method) for where, method in self._all().items() if where.startswith(f"{path}/")]
        own = self.method(path)
        if own is None and not below:
            return None
        node = own.attributes(path, self._known) if own else _container(path or "/")
        for where, method in below:
            if method.is_there(self._known):
                _put(node, path, where, method.attributes(where, self._known))
        return node

    def _all(self) -> Mapping[str, Method]:
        learned = {}
        for number in range(1, len(self._learned.names) + 1):
            name = f"attribute.learned.{number}"
            if own := self._learned.own(name):
                learned[theirs(own, self._root)] = self._methods[theirs(address(name), self._root)]
        return self._methods | learned


def _container(path: str) -> Json:
    return {"FULL_PATH": path, "ACCESS": 0, "DESCRIPTION": "LatentAudio" if path == "/" else path.rpartition("/")[2]}


def _put(root: Json, path: str, where: str, said: Json) -> None:
    """Hang a method into the tree below `root`, with the containers on the way to it."""
    *way, last = where.removeprefix(f"{path}/").split("/")
    node, here = root, path
    for part in way:
        here = f"{here}/{part}"
        node = node.setdefault("CONTENTS", {}).setdefault(part, _container(here))
    contents = node.setdefault("CONTENTS", {})
    contents[last] = contents.get(last, {}) | said


def _methods() -> Iterator[tuple[str, Method]]:
    for row in PARAMETERS.values():
        yield from _of_parameter(row)
    yield PLACE_ADDRESS, Method("ff", "the place on the map", BOTH, ({"MIN": 0.0, "MAX": 1.0},) * 2, names=PLACE)
    dims = tuple(latent_name(dim) for dim in range(1, MAX_DIMS + 1))
    yield LATENTS_ADDRESS, Method("f", "the focused pad's point, all dims at once", BOTH, names=dims)
    for action in ACTIONS.values():
        ranges: tuple[Json, ...] = ({"MIN": 0.0, "MAX": 1.0},) if action.name in TRIGGERS else ()
        yield address(action.name), Method("f" if ranges else "N", action.doc, ranges=ranges)
    for order in ORDERS.values():
        yield address(order.name), Method("s", order.doc)
    yield "/la/note", Method("if", "play a note at a velocity", ranges=({"MIN": 0, "MAX": 127}, {"MIN": 0, "MAX": 1}))
    program = ({"MIN": 0, "MAX": HIGHEST_PROGRAM},)
    yield "/la/preset/number", Method("i", "a preset by its number, as a program change", ranges=program)
    for name in QUESTIONS:
        yield address(name), Method("N", QUESTIONED[name])
    for name, (types, doc) in SESSION.items():
        yield address(name), Method(types, doc)


def _of_parameter(row: Parameter) -> Iterator[tuple[str, Method]]:
    """Its own address, 0..1, and that of its unit."""
    words: tuple[Json, ...] = ({"TYPE": "s", "RANGE": [{"VALS": list(row.choices)}]},) if row.choices else ()
    method = Method("f", row.doc, BOTH, ({"MIN": 0.0, "MAX": 1.0},), names=(row.name,), overloads=words)
    yield address(row.name), method
    if row.unit:
        of: Json = {"MIN": row.low, "MAX": row.high}
        if row.choices:
            of["VALS"] = [row.low + number for number in range(len(row.choices))]
        own = replace(method, ranges=(of,), unit=UNITS.get(row.unit, ""), natural=True)
        yield f"{address(row.name)}/{row.unit}", own
