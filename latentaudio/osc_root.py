"""How OSC addresses of ours begin: `/la`, or with another root that a performer chose. Pure; any thread."""

import re

ROOT = "/la"  # inside, every address has this one

_ROOT = re.compile(r"(/[A-Za-z][A-Za-z0-9_-]*){1,2}")  # a number would be a page of TouchOSC
_ADDRESS = re.compile(r"(?<![\w./~-])/la(?![\w-])")  # where one begins in a text, and no path of a file


def is_root(text: str) -> bool:
    """Whether `text` can be a root: one or two levels, and not below /la, whose addresses are taken."""
    return _ROOT.fullmatch(text) is not None and not text.startswith(f"{ROOT}/")


def is_under(address: str, root: str) -> bool:
    """Whether `address` is `root` or below it."""
    return address == root or address.startswith(f"{root}/")


def ours(address: str, root: str) -> str:
    """An address under `root` as we know it; any other as it is."""
    return ROOT + address[len(root) :] if is_under(address, root) else address


def theirs(text: str, root: str) -> str:
    """A text, or an address, with each address of ours as it is under `root`."""
    return text if root == ROOT else _ADDRESS.sub(root, text)
