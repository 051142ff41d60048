"""A YAML file as entries that remember their line, so that errors can name it. Read where mappings are loaded."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yaml.constructor import SafeConstructor
from yaml.reader import Reader, ReaderError
from yaml.resolver import Resolver

from latentaudio.control.entry import Entry
from latentaudio.errors import MappingError

MAX_BYTES = 1_000_000
MAX_DEPTH = 16  # a mapping needs five; reading recurses, and a hostile file would exhaust the stack

# libyaml reads ten times faster than the parser in Python. Its events are taken one by one: composed as a whole,
# 500 bindings keep the interpreter, and with it the next note, for 6 ms.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRING = "tag:yaml.org,2002:str"

T = TypeVar("T")


def read_document(path: Path) -> Entry:
    """Read a YAML file of at most 1 MB; an empty one is an empty table.

    Raises MappingError naming file and line for what cannot be read, duplicate keys, aliases (nested, they
    grow without bound) and tags beyond YAML's plain ones.
    """
    return _read(path, _Reader.document)


def read_value(path: Path, *keys: str) -> Entry | None:
    """What stands under these keys, one below the other, and nothing of the file behind it; None where nothing does.

    Raises MappingError for what cannot be read as far as there.
    """
    return _read(path, lambda reader: reader.value(keys))


def _read(path: Path, take: Callable[["_Reader"], T]) -> T:
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise MappingError(f"{path.name}: cannot be read: {error.strerror}") from error
    if data is None:
        raise MappingError(f"{path.name}: larger than 1 MB; that is no mapping")
    try:
        return take(_Reader(data.decode(), path.name))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MappingError(f"{path.name}:{line}: not UTF-8 text") from error
    except yaml.YAMLError as error:
        raise _syntax_error(error, data, path.name) from error


class _Reader:
    """Builds entries from the parser's events, each once."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._resolve: Any = Resolver().resolve
        self._depth = 0

    def document(self) -> Entry:
        """The file's one document."""
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return Entry({}, self._file, 1)
        entry = self._entry(next(self._events))
        next(self._events)  # the document's end
        if not isinstance(second := next(self._events), yaml.StreamEndEvent):
            raise self._error(second, "a mapping is one document, and here begins another")
        return entry

    def value(self, keys: Iterable[str]) -> Entry | None:
        """What stands under these keys."""
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        found = next(self._events)
        for wanted in keys:
            if not isinstance(found, yaml.MappingStartEvent):
                return None
            while getattr(key := next(self._events), "value", None) != wanted:
                if isinstance(key, yaml.MappingEndEvent):
                    return None
                self._entry(key)
                self._entry(next(self._events))
            found = next(self._events)
        return self._entry(found)

    def _entry(self, event: Any) -> Entry:
        line = _line(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return Entry(self._scalar(event), self._file, line)
        if isinstance(event, yaml.AliasEvent):
            raise self._error(event, "aliases are not allowed in a mapping")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(event, "nested too deeply for a mapping")
        value = dict(self._pairs()) if isinstance(event, yaml.MappingStartEvent) else tuple(self._items())
        self._depth -= 1
        return Entry(value, self._file, line)

    def _items(self) -> Iterator[Entry]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._entry(event)

    def _pairs(self) -> Iterator[tuple[str, Entry]]:
        seen: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key must be one word or number")
            key, line = event.value, _line(event.start_mark)
            if key in seen:
                raise self._error(event, f"'{key[:80]}' stands here twice; first in line {seen[key]}")
            seen[key] = line
            # A value that opens on the next line is still the business of its key's line.
            yield key, Entry(self._entry(next(self._events)).value, self._file, line)

    def _scalar(self, event: Any) -> object:
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == _STRING:
            return event.value
        try:
            return SafeConstructor().construct_object(yaml.ScalarNode(tag, event.value, event.start_mark))
        except (ValueError, OverflowError, LookupError, AttributeError, TypeError) as error:  # each by some `!!tag x`
            raise self._error(event, "cannot be read as a value") from error

    def _error(self, event: Any, message: str) -> MappingError:
        return MappingError(f"{self._file}:{_line(event.start_mark)}: {message}")


def _syntax_error(error: yaml.YAMLError, data: bytes, file: str) -> MappingError:
    if isinstance(error, ReaderError):  # its position is not to be relied on
        text = data.decode()
        unfit = Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, unfit.start() if unfit else 0) + 1
        return MappingError(f"{file}:{line}: a character that YAML does not allow, such as a control character")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = _line(mark) if mark is not None else 1
    return MappingError(f"{file}:{line}: {getattr(error, 'problem', None) or 'not YAML'}")


def _line(mark: Any) -> int:
    """The line that people count from 1; libyaml's marks and those of the parser in Python count from 0."""
    return int(mark.line) + 1
