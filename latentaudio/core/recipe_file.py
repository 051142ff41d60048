"""A flat YAML file, checked against the fields of a dataclass. Read on the caller's thread."""

from collections.abc import Callable
from dataclasses import field, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

from latentaudio.errors import UsageError, suggest

Number = TypeVar("Number", int, float)


def key(read: Callable[[Any], object], wanted: str) -> Any:
    """A key of the file: `read` makes its value of text (or of a list of texts), or raises ValueError or KeyError."""
    return field(default=None, metadata={"read": read, "wanted": wanted})


def whole(low: int, high: int) -> Any:
    """A whole number in `low`..`high`."""
    return key(lambda text: _within(int(text), low, high), f"a whole number from {low} to {high}")


def number(low: float, high: float) -> Any:
    """A number in `low`..`high`."""
    # From its text: to YAML, 1e-4 is a word and 1.0e-4 a number.
    return key(lambda text: _within(float(text), low, high), f"a number from {low:g} to {high:g}")


def one_of(*choices: str) -> Any:
    """One word of `choices`."""
    return key(lambda text: choices[choices.index(text)], f"one of {', '.join(choices)}")


def yes_or_no() -> Any:
    """One word of yes and no."""
    return key(lambda text: {"yes": True, "no": False}[text], "yes or no")


def wholes(low: int, high: int) -> Any:
    """One to eight whole numbers in `low`..`high`."""
    wanted = f"a list of 1 to 8 whole numbers from {low} to {high}"
    return key(lambda texts: tuple(_within(int(text), low, high) for text in _listed(texts)), wanted)


def _within(value: Number, low: Number, high: Number) -> Number:
    if not low <= value <= high:
        raise ValueError
    return value


def _listed(texts: object) -> list[str]:
    if not isinstance(texts, list) or not 1 <= len(texts) <= 8:
        raise ValueError
    return texts


def read_values(path: Path, table: type) -> dict[str, Any]:
    """The values of a YAML file, by the keys of the dataclass `table`.

    Raises UsageError with file, line, key and the nearest right answer.
    """
    known = {entry.name: entry.metadata for entry in fields(table)}
    values: dict[str, Any] = {}
    for name_node, node in _pairs(path):
        where, name = f"{path.name}:{name_node.start_mark.line + 1}", str(_texts(name_node))
        if name not in known:
            raise UsageError(f"{where}: no key '{name}'{suggest(name, known)}")
        if name in values:
            raise UsageError(f"{where}: '{name}' stands here twice")
        try:
            values[name] = known[name]["read"](_texts(node))
        except (ValueError, TypeError, KeyError) as error:
            shown = _texts(node) if isinstance(node, yaml.ScalarNode) else "this"
            raise UsageError(f"{where}: {name} must be {known[name]['wanted']}, not {shown or 'nothing'}") from error
    return values


def _pairs(path: Path) -> list[tuple[yaml.Node, yaml.Node]]:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError as error:
        raise UsageError(f"no recipe file {path}") from error
    except OSError as error:
        raise UsageError(f"{path.name}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        raise UsageError(f"{path.name}{f':{mark.line + 1}' if mark else ''}: this is no YAML") from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{path.name}: expected keys and values")
    return node.value if node else []


def _texts(node: yaml.Node) -> Any:
    """A scalar as it is written, a list as a list of such; anything else as None."""
    if isinstance(node, yaml.SequenceNode):
        return [_texts(child) for child in node.value]
    return node.value if isinstance(node, yaml.ScalarNode) else None
