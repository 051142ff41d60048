"""What OSCQuery answers to a URL: the tree below it, or one attribute of it. The OSCQuery thread."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from latentaudio.control.oscquery_tree import Tree

SUPPORTED = ("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "UNIT", "CLIPMODE", "OVERLOADS", "LISTEN")
REQUIRED = ("FULL_PATH", "CONTENTS", "TYPE")
KNOWN = frozenset(
    (*SUPPORTED, *REQUIRED, "TAGS", "EXTENDED_TYPE", "CRITICAL", "HTML", "PATH_CHANGED", "PATH_RENAMED",
     "PATH_ADDED", "PATH_REMOVED")
)  # fmt: skip

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers for one OSC server at `osc_port`."""

    tree: Tree
    osc_port: int
    name: str = "LatentAudio"

    def of(self, url: str) -> tuple[HTTPStatus, bytes]:
        """The status and the JSON of a request's path and query.

        400 for an attribute that the proposal does not know; 204 for one that we do not have, or that means nothing
        at this address; 404 where there is no such address.
        """
        parts = urlsplit(url)
        attribute = parts.query.partition("=")[0]
        if attribute == "HOST_INFO":
            return HTTPStatus.OK, written(self._host())
        node = self.tree.node(unquote(parts.path))
        if node is None:
            return HTTPStatus.NOT_FOUND, b""
        if not attribute:
            return HTTPStatus.OK, written(node)
        if attribute not in KNOWN:
            return HTTPStatus.BAD_REQUEST, b""
        if attribute not in (*SUPPORTED, *REQUIRED) or (attribute == "VALUE" and not node["ACCESS"] & 1):
            return HTTPStatus.NO_CONTENT, b""
        return HTTPStatus.OK, written({attribute: node[attribute]} if attribute in node else {})

    def _host(self) -> dict[str, Any]:
        extensions = dict.fromkeys(SUPPORTED, True)
        return {"NAME": self.name, "OSC_PORT": self.osc_port, "OSC_TRANSPORT": "UDP", "EXTENSIONS": extensions}


def written(said: dict[str, Any]) -> bytes:
    """JSON. Piece by piece: in one go the whole tree would keep a note waiting, for the encoder never lets go of the
    interpreter.
    """
    return "".join(_ENCODER.iterencode(said)).encode()
