"""One value of a YAML file, which knows its line: the checks that a mapping makes, each with its message."""

import math
from dataclasses import dataclass

from latentaudio.errors import MappingError, suggest


@dataclass(frozen=True, slots=True)
class Entry:
    """One YAML value and where it stands: a scalar, a tuple of entries, or entries by key."""

    value: object
    file: str
    line: int

    def error(self, message: str) -> MappingError:
        """The error to raise about this value: `file.yaml:12: message`."""
        return MappingError(f"{self.file}:{self.line}: {message}")

    def table(self, *known: str) -> "dict[str, Entry]":
        """The entries by key. Keys must be among `known`, where any are given."""
        if not isinstance(self.value, dict):
            raise self.error("expected keys and values here")
        for key, entry in self.value.items():
            if known and key not in known:
                raise entry.error(f"no key '{key}' here{suggest(str(key), known)}")
        return self.value

    def items(self) -> "tuple[Entry, ...]":
        """The entries of a list; a single value is a list of one."""
        return self.value if isinstance(self.value, tuple) else (self,)

    def text(self) -> str:
        """A string that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error(f"expected text, got {_shown(self.value)}")
        return self.value

    def integer(self, low: int, high: int, what: str) -> int:
        """A whole number in `low`..`high`; `what` names it in the error."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(f"{what} must be a whole number in {low}..{high}, got {_shown(value)}")
        return value

    def number(self) -> float:
        """A finite number."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error(f"expected a number, got {_shown(value)}")
        return float(value)

    def boolean(self) -> bool:
        """`true` or `false`."""
        if not isinstance(self.value, bool):
            raise self.error(f"expected true or false, got {_shown(self.value)}")
        return self.value

    def choice(self, choices: tuple[str, ...]) -> str:
        """One of `choices`."""
        if self.value not in choices:
            raise self.error(f"expected one of {', '.join(choices)}, got {_shown(self.value)}")
        return str(self.value)


def _shown(value: object) -> str:
    """A value as the message shows it: a hostile one must not fill the screen."""
    if isinstance(value, dict | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    return repr(value) if len(repr(value)) <= 40 else repr(value)[:37] + "..."
