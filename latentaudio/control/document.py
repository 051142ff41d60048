"""A YAML file as entries that remember their line, so that errors can name it. Read on the starting thread."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from latentaudio.control.entry import Entry
from latentaudio.errors import MappingError

MAX_BYTES = 1_000_000
MAX_DEPTH = 16  # a mapping needs five; the parser recurses, and a hostile file would exhaust its stack

# libyaml reads ten times faster than the parser in Python; both build only plain values.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_document(path: Path) -> Entry:
    """Read a YAML file of at most 1 MB; an empty one is an empty table.

    Raises MappingError naming file and line for what cannot be read, duplicate keys, aliases (nested, they
    grow without bound) and tags beyond YAML's plain ones.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise MappingError(f"{path.name}: cannot be read: {error.strerror}") from error
    if data is None:
        raise MappingError(f"{path.name}: larger than 1 MB; that is no mapping")
    try:
        text = data.decode()
        _refuse_aliases_and_depth(text, path.name)
        node = yaml.compose(text, Loader=_Loader)
        return _entry(node, path.name) if node is not None else Entry({}, path.name, 1)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MappingError(f"{path.name}:{line}: not UTF-8 text") from error
    except yaml.YAMLError as error:
        raise _syntax_error(error, path.name) from error


def _refuse_aliases_and_depth(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH:
            what = "aliases are not allowed" if depth <= MAX_DEPTH else "nested too deeply"
            raise MappingError(f"{file}:{_line(event.start_mark)}: {what} in a mapping")


def _entry(node: yaml.Node, file: str) -> Entry:
    line = _line(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return Entry(dict(_pairs(node, file)), file, line)
    if isinstance(node, yaml.SequenceNode):
        return Entry(tuple(_entry(child, file) for child in node.value), file, line)
    return Entry(_scalar(node, file), file, line)


def _pairs(node: yaml.MappingNode, file: str) -> Iterator[tuple[str, Entry]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = _line(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            raise MappingError(f"{file}:{line}: a key must be one word or number")
        key = key_node.value
        if key in seen:
            raise MappingError(f"{file}:{line}: '{key}' stands here twice; first in line {seen[key]}")
        seen[key] = line
        entry = _entry(value_node, file)
        # A value that opens on the next line is still the business of its key's line.
        yield key, Entry(entry.value, file, line)


def _scalar(node: yaml.Node, file: str) -> object:
    try:
        return SafeConstructor().construct_object(node)
    except (ValueError, OverflowError) as error:
        raise MappingError(f"{file}:{_line(node.start_mark)}: cannot be read as a value") from error


def _syntax_error(error: yaml.YAMLError, file: str) -> MappingError:
    mark = getattr(error, "problem_mark", None)
    line = f":{_line(mark)}" if mark is not None else ""
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return MappingError(f"{file}{line}: {reason}")


def _line(mark: Any) -> int:
    """The line that people count from 1; libyaml's marks and those of the parser in Python count from 0."""
    return int(mark.line) + 1
