"""Boxes and lines of a Max patcher, as its file holds them: JSON. Offline.

Max itself was not at hand: classes, their numbers of inlets and outlets and the names of attributes are those of its
reference pages and of patches that others saved, and a test compares them with the reference that py2max carries.
"""

from typing import Any

Rect = tuple[float, float, float, float]  # left, top, width, height, points

PORTS = {  # inlets and outlets of what is written here
    "bpatcher": (0, 0), "comment": (1, 0), "delay": (2, 1), "forward": (1, 0), "gate": (2, 1), "inlet": (0, 1),
    "live.dial": (1, 2), "live.slider": (1, 2), "live.tab": (1, 3), "live.text": (1, 2), "live.thisdevice": (1, 3),
    "live.toggle": (1, 1), "loadbang": (1, 1), "message": (2, 1), "metro": (2, 1), "midiin": (1, 1),
    "midiout": (1, 0), "notein": (1, 3), "pack": (2, 1), "panel": (1, 0), "patcher": (1, 0), "pcontrol": (1, 1),
    "pictslider": (2, 2), "prepend": (1, 1), "receive": (0, 1), "route": (2, 2), "send": (1, 0), "tab": (1, 3),
    "textbutton": (1, 3), "textedit": (1, 4), "thispatcher": (1, 2), "tosymbol": (1, 1), "trigger": (1, 2),
    "udpreceive": (1, 1), "udpsend": (1, 0), "unpack": (1, 2), "zl": (2, 2), "+": (2, 1), "-": (2, 1), "*": (2, 1),
    "/": (2, 1),
}  # fmt: skip
SEEN = {"bpatcher", "comment", "inlet", "live.dial", "live.slider", "live.tab", "live.text", "live.toggle", "message",
        "panel", "pictslider", "tab", "textbutton", "textedit"}  # boxes with a class of their own  # fmt: skip
ACROSS, STEP = 6, (170, 26)  # of what does its work unseen, in columns


class Patcher:
    """A patcher that is opened as its presentation. What is added first lies on top."""

    def __init__(self, size: tuple[float, float], ground: str) -> None:
        self.size = size
        self._ground = ground
        self._boxes: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []
        self._out = ""

    def add(self, name: str, arguments: str = "", seen: Rect | None = None, **attributes: Any) -> str:
        """The id of a box; `seen` is its place in the presentation."""
        number = len(self._boxes)
        left, top = 20 + STEP[0] * (number % ACROSS), 20 + STEP[1] * (number // ACROSS)
        inlets, outlets = PORTS[name]
        box: dict[str, Any] = {"id": f"obj-{number + 1}", "maxclass": name if name in SEEN else "newobj",
                               "numinlets": inlets, "numoutlets": outlets, "outlettype": [""] * outlets,
                               "patching_rect": [left, top, 150, 22]}  # fmt: skip
        if name not in SEEN:
            box["text"] = f"{name} {arguments}".strip()
        elif arguments:
            box["text"] = arguments
        if seen:
            box |= {"presentation": 1, "presentation_rect": list(map(round, seen)),
                    "patching_rect": [left, top, *map(round, seen[2:])]}  # fmt: skip
        self._boxes.append({"box": box | attributes})
        return str(box["id"])

    def wire(self, *ids: str, outlet: int = 0, inlet: int = 0) -> None:
        """From box to box: from `outlet` of the first, into `inlet` of the last, all others being the left."""
        last = len(ids) - 2
        for place in range(len(ids) - 1):
            source = [ids[place], outlet if place == 0 else 0]
            target = [ids[place + 1], inlet if place == last else 0]
            self._lines.append({"patchline": {"source": source, "destination": target}})

    def out(self) -> str:
        """The box that sends to the daemon: an address and what goes there."""
        self._out = self._out or self.add("send", "la-out")
        return self._out

    def within(self, inner: "Patcher", seen: Rect, name: str) -> str:
        """A patcher that is seen within this one, and can be moved under its frame by its scripting name."""
        return self.add("bpatcher", seen=seen, varname=name, embed=1, patcher=inner.content(), offset=[0.0, 0.0],
                        bgmode=0, border=0, clickthrough=0, enablehscroll=0, enablevscroll=0, lockeddragscroll=0,
                        lockedsize=0, viewvisibility=1)  # fmt: skip

    def content(self) -> dict[str, Any]:
        """What the file holds of it."""
        width, height = self.size
        return {
            "fileversion": 1,
            "appversion": {"major": 8, "minor": 6, "revision": 0, "architecture": "x64", "modernui": 1},
            "classnamespace": "box",
            "rect": [60.0, 80.0, width, height],
            "bglocked": 0,
            "openinpresentation": 1,
            "default_fontsize": 12.0,
            "default_fontface": 0,
            "default_fontname": "Arial",
            "gridonopen": 1,
            "gridsize": [15.0, 15.0],
            "editing_bgcolor": rgba(self._ground),
            "locked_bgcolor": rgba(self._ground),
            "boxes": self._boxes,
            "lines": self._lines,
        }


def rgba(colour: str) -> list[float]:
    """Red, green, blue and opacity, 0..1, of rrggbb."""
    return [round(int(colour[at : at + 2], 16) / 255, 3) for at in (0, 2, 4)] + [1]
