"""Records of a Pure Data canvas: objects by their number, the wires between them, and what is seen of it. Offline.

The format: a record ends in `;`, and wires count the objects of their canvas in the order of their records.
"""

from collections.abc import Iterator
from itertools import pairwise

Size = tuple[int, int]


def escaped(text: str) -> str:
    """Letters as one word of a record."""
    for character in ("\\", " ", ";", ",", "$"):
        text = text.replace(character, f"\\{character}")
    return text


class Canvas:
    """A canvas that is written from top to bottom: what comes later lies above what came before."""

    def __init__(self, name: str, size: Size) -> None:
        self.name, self.size = name, size  # points
        self._objects: list[list[str]] = []
        self._wires: list[str] = []
        self._coords: list[str] = []

    def add(self, x: int, y: int, *words: object, kind: str = "obj") -> int:
        """An object's number; words are written as they are."""
        self._objects.append([f"#X {kind} {x} {y} {' '.join(map(str, words))};"])
        return len(self._objects) - 1

    def message(self, x: int, y: int, *words: object) -> int:
        """A message box."""
        return self.add(x, y, *words, kind="msg")

    def scalar(self, template: str, *fields: float) -> int:
        """A thing that is drawn as its template says."""
        self._objects.append([f"#X scalar {template} {' '.join(f'{field:g}' for field in fields)} \\;;"])
        return len(self._objects) - 1

    def inside(self, x: int, y: int, canvas: "Canvas") -> int:
        """A canvas within this one."""
        width, height = canvas.size
        head = f"#N canvas 60 60 {width} {height} {canvas.name} 0;"
        self._objects.append([head, *canvas.body(), f"#X restore {x} {y} pd {canvas.name};"])
        return len(self._objects) - 1

    def wire(self, *numbers: int, outlet: int = 0, inlet: int = 0) -> None:
        """From object to object: from `outlet` of the first, into `inlet` of the last, all others being the left."""
        last = len(numbers) - 2
        for place, (source, target) in enumerate(pairwise(numbers)):
            out, into = outlet if place == 0 else 0, inlet if place == last else 0
            self._wires.append(f"#X connect {source} {out} {target} {into};")

    def show(self, span: tuple[float, float, float, float], size: Size) -> None:
        """Be seen where it lies in another: from left, top, right, bottom in its own numbers, so large in points."""
        left, top, right, bottom = span
        self._coords = [f"#X coords {left:g} {top:g} {right:g} {bottom:g} {size[0]} {size[1]} 2 0 0;"]

    def body(self) -> Iterator[str]:
        """Its records but for its head."""
        for records in self._objects:
            yield from records
        yield from self._wires
        yield from self._coords

    def file(self) -> bytes:
        """The whole file, this being its outermost canvas."""
        width, height = self.size
        return "\n".join([f"#N canvas 40 40 {width} {height} 10;", *self.body(), ""]).encode()
