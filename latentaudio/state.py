"""Everything that a performance is, as one value: to be copied, undone, saved and restored. The state thread's."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from latentaudio import checks
from latentaudio.errors import PresetError, suggest
from latentaudio.latent.library import Library, Point
from latentaudio.parameters import BUILT_IN, LEARNED, PADS, PARAMETERS, STATIONS

AMOUNT = 3.0  # standard deviations: an attribute goes from -AMOUNT to AMOUNT
# The rows that have a number for each pad or dim live in `points`, `attributes` and `locks`.
VALUES = {
    name: row for name, row in PARAMETERS.items() if not name.startswith(("latent.", "attribute.", "lock."))
}  # fmt: skip
ATTRIBUTES = tuple(BUILT_IN)
KEYS = ("points", "values", "attributes", "locks", "stations", "learned", "preset")


@dataclass(eq=False)
class State:
    """Pads' points and amounts, every other parameter, locks, stations and learned attributes."""

    points: NDArray[np.float32]  # [16, dims]
    attribute_names: tuple[str, ...]  # the table's, then the learned ones
    attributes: NDArray[np.float32]  # [16, names]: amounts in standard deviations
    values: dict[str, float]  # natural, by parameter name
    locks: NDArray[np.bool_]  # [dims]: these are moved by hand only
    stations: list[Point] = field(default_factory=list)  # of the morph: A first, B last, at most 8
    learned: dict[str, Point] = field(default_factory=dict)  # directions of the performer's own attributes
    preset: str = ""  # the name of what was loaded last

    @classmethod
    def of(cls, library: Library) -> Self:
        """The state of a fresh start: the library's kit, everything else at its default."""
        values = {name: row.default for name, row in VALUES.items()}
        amounts = np.zeros((PADS, len(ATTRIBUTES)), np.float32)
        return cls(library.kit.copy(), ATTRIBUTES, amounts, values, np.zeros(library.dims, np.bool_))

    def copy(self) -> Self:
        """One that changes on its own."""
        return type(self)(
            self.points.copy(), self.attribute_names, self.attributes.copy(), dict(self.values), self.locks.copy(),
            [station.copy() for station in self.stations], dict(self.learned), self.preset,
        )  # fmt: skip

    def learn(self, name: str, direction: Point) -> None:
        """Have a learned attribute, or another direction [dims] for one.

        Raises PresetError for what cannot be a name, and where there is no room.
        """
        checks.name_of(name, "learned")
        if name not in self.learned and len(self.learned) >= LEARNED:
            raise PresetError(f"there are {LEARNED} learned attributes already; '{name}' finds no room")
        self.learned[name] = direction
        if name not in self.attribute_names:
            self.attributes = np.hstack([self.attributes, np.zeros((PADS, 1), np.float32)])
            self.attribute_names += (name,)  # last: an input thread that finds the name finds its amounts

    def unlearn(self, name: str) -> None:
        """Forget a learned attribute and every pad's amount of it."""
        column = self.attribute_names.index(name)
        del self.learned[name]
        self.attribute_names = (*self.attribute_names[:column], *self.attribute_names[column + 1 :])
        self.attributes = np.delete(self.attributes, column, axis=1)

    def take_pad(self, pad: int, other: "State") -> None:
        """Have a pad, counted from 1, as it is in `other`: settings, amounts of attributes both have, and the point.

        Dims that are locked stay.
        """
        self.points[pad - 1] = np.where(self.locks, self.points[pad - 1], other.points[pad - 1])
        self.values |= {name: value for name, value in other.values.items() if name.startswith(f"pad.{pad}.")}
        self.attributes[pad - 1] = 0.0
        built_in = np.zeros(0, np.float32)  # stands for a way that is the model's
        for column, name in enumerate(self.attribute_names):
            here, there = (state.learned.get(name, built_in) for state in (self, other))
            if name in other.attribute_names and np.array_equal(here, there):
                self.attributes[pad - 1, column] = other.attributes[pad - 1, other.attribute_names.index(name)]

    def to_plain(self, preset: bool = False) -> dict[str, Any]:
        """The state as tables, lists, numbers and text alone, from which `from_plain` makes it again, bit by bit.

        For a `preset` without what presets do not keep, and without what is at its default.
        """
        amounts = {name: self.attributes[:, i].tolist() for i, name in enumerate(self.attribute_names)}
        values = {name: checks.written(VALUES[name], value) for name, value in self.values.items()
                  if not preset or (VALUES[name].kept and value != VALUES[name].default)}  # fmt: skip
        plain = {
            "points": self.points.tolist(),
            "values": values,
            "attributes": {name: row for name, row in amounts.items() if any(row)},
            "locks": (np.flatnonzero(self.locks) + 1).tolist(),  # dims, counted from 1
            "stations": [station.tolist() for station in self.stations],
            "learned": {name: direction.tolist() for name, direction in self.learned.items()},
            "preset": self.preset,
        }
        return {key: value for key, value in plain.items() if value and not (preset and key == "preset")}

    @classmethod
    def from_plain(cls, plain: object, library: Library, problems: list[str], base: "State | None" = None) -> Self:
        """Make a state of what a file says; what it leaves out is as at a fresh start.

        Unknown names, values out of range and the like go into `problems`, a sentence each with its place, and the
        rest counts. What presets do not keep is as in `base`, where one is given. Raises PresetError, and nothing
        else, for what makes no sense with this library.
        """
        said = checks.table(plain, "state")
        problems += [f"no key '{key}'{suggest(key, KEYS)}" for key in said if key not in KEYS]
        state = cls.of(library)
        for pad, point in enumerate(checks.rows(said.get("points"), PADS, library.dims, "points")):
            state.points[pad] = point
        state.stations = checks.rows(said.get("stations"), STATIONS, library.dims, "stations")
        for name, direction in checks.table(said.get("learned"), "learned").items():
            state.learn(name, checks.row(direction, library.dims, f"learned: {name}"))
        state._lock(checks.row(said.get("locks") or [], None, "locks", farthest=1e6), problems)
        state._set_attributes(checks.table(said.get("attributes"), "attributes"), problems)
        state._set_values(checks.table(said.get("values"), "values"), problems, base)
        state.preset = checks.name_of(said["preset"], "preset") if said.get("preset") else ""
        return state

    def _lock(self, dims: NDArray[np.float32], problems: list[str]) -> None:
        for dim in dims:
            if dim.is_integer() and 1 <= dim <= len(self.locks):
                self.locks[int(dim) - 1] = True
            else:
                problems.append(f"locks: no dim {dim:g}; the model has 1 to {len(self.locks)}")

    def _set_attributes(self, said: dict[str, Any], problems: list[str]) -> None:
        for name, value in said.items():
            if name not in self.attribute_names:
                problems.append(f"attributes: no attribute '{name}'{suggest(name, self.attribute_names)}")
                continue
            amounts = checks.row(value, PADS, f"attributes: {name}")
            if np.abs(amounts).max() > AMOUNT:
                problems.append(f"attributes: {name} goes from {-AMOUNT:g} to {AMOUNT:g}; what is beyond is clipped")
            self.attributes[:, self.attribute_names.index(name)] = np.clip(amounts, -AMOUNT, AMOUNT)

    def _set_values(self, said: dict[str, Any], problems: list[str], base: "State | None") -> None:
        for name, value in said.items():
            row = VALUES.get(name)
            if row is None:
                problems.append(f"values: no parameter '{name}'{suggest(name, VALUES)}")
            else:
                self.values[name] = checks.value_of(row, value, problems, f"values: {name}")
        if base is not None:
            self.values |= {name: base.values[name] for name, row in VALUES.items() if not row.kept}
