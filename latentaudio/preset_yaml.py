"""YAML that anybody may have written, read as plain values; rows of numbers as text. Any thread.

A row of numbers is written as text with spaces between: a kit of 16 x 128 dims then takes 1 ms to read and not 16.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from latentaudio.errors import PresetError

MAX_BYTES = 1_000_000  # a kit of 128 dims with eight stations and sixteen learned attributes takes 60,000
END = "..."  # YAML's own mark of a document's end
MAX_DEPTH = 8  # a preset needs four; the loader recurses, and a hostile file would exhaust its stack

# libyaml reads and writes ten times faster than PyYAML's own Python; both know only plain values.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read_text(path: Path) -> str:
    """The text of a file of at most 1 MB. Raises PresetError."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise PresetError("no file of at most 1 MB" if path.exists() else "no such file")
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise PresetError("it is not UTF-8 text") from error
    except OSError as error:
        raise PresetError(f"it cannot be read: {error.strerror}") from error


def parse(text: str) -> object:
    """Plain values, of plain tags only, nested a little. Raises PresetError naming the line."""
    mark: Any
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) or depth > MAX_DEPTH:
                mark = event.start_mark
                raise PresetError(f"line {mark.line + 1}: aliases, tags and deep nesting are not allowed")
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it is not YAML"
        raise PresetError(f"line {mark.line + 1}: {reason}" if mark else str(reason)) from error
    except ValueError as error:  # a date with a 13th month, a number of five thousand digits
        raise PresetError("a value cannot be read") from error


def dump(document: Mapping[str, Any]) -> str:
    """Tables and lists one value a line, rows of text however long on one, in the order given; the last is END."""
    return yaml.dump(document, None, _Dumper, allow_unicode=True, sort_keys=False, width=MAX_BYTES, explicit_end=True)


def rows_as_text(value: Any) -> Any:
    """`value` with every row of numbers as text, from which each float32 comes back bit by bit."""
    if isinstance(value, Mapping):
        return {key: rows_as_text(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        is_row = all(isinstance(each, int | float) for each in value)
        return " ".join(map(_shortest, value)) if is_row else [rows_as_text(each) for each in value]
    return value


def _shortest(number: float) -> str:
    """As few digits as say a float32; as many as the number has where they would not, read as a float64 first."""
    short = str(np.float32(number))
    return short if np.float32(float(short)) == number and isinstance(number, float) else repr(number)
