"""Stands in for Max with a patch opened: follows the wires from what a hand touches, and from what comes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from py2max.m4l import unpack_amxd

Touch = tuple[str, list[float]]  # an address, and the numbers sent to it
TOUCHED = {"live.dial", "live.slider", "live.tab", "live.text", "pictslider", "tab", "textbutton"}
WORK = {"+": float.__add__, "-": float.__sub__, "*": float.__mul__, "/": float.__truediv__}


def open_patch(file: Path) -> dict[str, Any]:
    """The outermost patcher of a .maxpat or .amxd file."""
    data = file.read_bytes()
    patcher: dict[str, Any] = json.loads(unpack_amxd(data)[0] if file.suffix == ".amxd" else data)["patcher"]
    return patcher


def patchers(outer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """It and all within it."""
    yield outer
    for each in outer["boxes"]:
        if "patcher" in each["box"]:
            yield from patchers(each["box"]["patcher"])


class Max:
    """One patch; `sent` is what left it, `shown` what its widgets were told to show, by their scripting names."""

    def __init__(self, file: Path) -> None:
        self.sent: list[list[Any]] = []
        self.shown: dict[str, list[Any]] = {}
        self.turned: list[list[Any]] = []  # messages that move pages
        self._levels = [_Level(self, patcher) for patcher in patchers(open_patch(file))]

    def touches(self) -> Iterator[Touch]:
        """What a hand on each widget sends: a quarter of the way, the second choice, a press."""
        for level in self._levels:
            for box in level.boxes.values():
                if box["maxclass"] in TOUCHED:
                    level.touch(box)
                    yield from ((str(where), list(numbers)) for where, *numbers in self.sent)
                    self.sent.clear()

    def hear(self, address: str, *values: Any) -> None:
        """What came by OSC: to every box that receives the address, as `max_network` sends it on."""
        for level in self._levels:
            for box in level.boxes.values():
                if box.get("text") == f"receive {address}":
                    level.flow(box, 0, ["set", *values])


class _Level:
    def __init__(self, whole: Max, patcher: dict[str, Any]) -> None:
        self.boxes = {each["box"]["id"]: each["box"] for each in patcher["boxes"]}
        self._lines = [each["patchline"] for each in patcher["lines"]]
        self._whole = whole
        self._kept: dict[tuple[str, int], Any] = {}  # numbers that a pack holds

    def touch(self, box: dict[str, Any]) -> None:
        match box["maxclass"]:
            case "pictslider":
                self.flow(box, 1, [750.0])
                self.flow(box, 0, [250.0])
            case "live.dial" | "live.slider":
                value = box["saved_attribute_attributes"]["valueof"]
                low, high = value["parameter_mmin"], value["parameter_mmax"]
                at = low + 0.25 * (high - low)
                self.flow(box, 0, [float(round(at)) if value["parameter_unitstyle"] == 0 else at])
            case _:
                self.flow(box, 0, [1.0])

    def flow(self, box: dict[str, Any], outlet: int, atoms: list[Any]) -> None:
        for line in self._lines:
            if line["source"] == [box["id"], outlet]:
                target, inlet = line["destination"]
                self._deliver(self.boxes[target], inlet, atoms)

    def _deliver(self, box: dict[str, Any], inlet: int, atoms: list[Any]) -> None:
        if box["maxclass"] not in ("newobj", "message"):
            self._whole.shown[box.get("varname", "")] = atoms
            return
        name, *words = box["text"].split()
        match name:
            case "send":
                self._whole.sent.append(atoms)
            case "thispatcher":
                self._whole.turned.append(atoms)
            case "pack" | "unpack":
                self._pack(box, inlet, atoms, len(words))
            case _ if answer := _answer(box["maxclass"], name, words, atoms):
                self.flow(box, 0, answer)

    def _pack(self, box: dict[str, Any], inlet: int, atoms: list[Any], size: int) -> None:
        if box["text"].startswith("un"):
            for number in reversed(range(size)):
                self.flow(box, number, [atoms[number]])
            return
        self._kept[box["id"], inlet] = atoms[0]
        if inlet == 0:
            self.flow(box, 0, [self._kept.get((box["id"], number), 0.0) for number in range(size)])


def _answer(kind: str, name: str, words: list[str], atoms: list[Any]) -> list[Any]:
    """What leaves the left outlet."""
    if kind == "message":
        return [_atom(word.replace("$1", str(atoms[0]))) for word in (name, *words)]
    if name == "prepend":
        return [*words, *atoms]
    if name in WORK:
        return [WORK[name](float(atoms[0]), float(words[0]))]
    return atoms[1:] if name == "route" and atoms[0] == words[0] else []


def _atom(word: str) -> Any:
    try:
        return float(word)
    except ValueError:
        return word
