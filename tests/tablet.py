"""Stands in for the programs that open a surface's file: what they send for a touch, and show for what comes."""

import json
import socket
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import py2tosc

from latentaudio.control.osc_codec import decode, encode

Touch = tuple[str, list[float]]  # an address, and the numbers sent to it
PLACES = {"x": 0.25, "y": 0.75}  # where a finger touches a fader or the map; choices and pages: the second


class Tablet:
    """TouchOSC with a layout opened: what is sent, and what is shown, by the name of a control.

    It sends low + value * (high - low), counts choices and pages from 0, and shows what comes the other way round.
    """

    def __init__(self, file: Path, port: int) -> None:
        self._controls = [each for each in py2tosc.load(file).walk() if each.messages]
        self._hear: dict[str, list[tuple[str | None, list[py2tosc.Partial]]]] = defaultdict(list)
        for control in self._controls:
            for message in control.messages:
                if message.receive:
                    self._hear[_path(message)].append((control.get("name"), message.arguments))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(0.1)
        self._sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # TouchOSC may send from another port
        self._shows: dict[str, dict[str, Any]] = {}

    def touches(self) -> Iterator[Touch]:
        """What a finger on each control sends."""
        for control in self._controls:
            yield from (touch for touch in self._sent(control) if touch[0] != "/la/subscribe")

    def open_a_page(self, daemon: int) -> None:
        """Touch a tab of the pages."""
        [address, arguments] = next(self._sent(next(each for each in self._controls if each.get("name") == "pages")))
        self._sender.sendto(encode(address, *map(int, arguments)), ("127.0.0.1", daemon))

    def listen(self) -> dict[str, dict[str, Any]]:
        """Show what comes until nothing comes; what is shown then."""
        try:
            while True:
                for message in decode(self._socket.recv(65536)):
                    self._show(message.address, message.values)
        except TimeoutError:
            return self._shows

    def close(self) -> None:
        self._socket.close()
        self._sender.close()

    def _sent(self, control: py2tosc.Control) -> Iterator[Touch]:
        for message in control.messages:
            if message.send:
                yield _path(message), [_number(control, part) for part in message.arguments]

    def _show(self, address: str, values: list[Any]) -> None:
        for name, arguments in self._hear[address]:
            shown = self._shows.setdefault(name or address, {})
            for part, value in zip(arguments, values, strict=False):
                scaled = isinstance(value, float) and part.value != "text"
                low, high = part.scale_min, part.scale_max
                shown[part.value] = (value - low) / (high - low) if scaled else value


def _path(message: py2tosc.OscMessage) -> str:
    return "".join(part.value for part in message.path)


def _number(control: py2tosc.Control, part: py2tosc.Partial) -> float:
    if str(part.type) == "CONSTANT":
        return float(part.value)
    value = 1.0 if control.control_type in ("RADIO", "PAGER", "BUTTON") else PLACES[part.value]
    return part.scale_min + value * (part.scale_max - part.scale_min)


def session_touches(file: Path) -> Iterator[Touch]:
    """What a hand on each widget of an Open Stage Control session sends."""
    for widget in _widgets(json.loads(file.read_text())["content"]):
        numbers: list[float] = {
            "fader": [PLACES["x"]], "xy": list(PLACES.values()), "button": [1.0],
            "switch": [float(value) for value in widget.get("values", {}).get("values", [])[1:2]],
        }.get(widget["type"], [])  # fmt: skip
        if numbers:
            yield widget["address"], numbers


def _widgets(widget: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield widget
    for inner in widget.get("widgets", []) + widget.get("tabs", []):
        yield from _widgets(inner)
