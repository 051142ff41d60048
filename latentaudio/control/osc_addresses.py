"""Find what an OSC address means: a dict, a pattern match where it has wildcards, the nearest where it is wrong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from time import perf_counter

from latentaudio.control.client import origin_of
from latentaudio.control.udp import Address
from latentaudio.errors import suggest

_WILDCARD = re.compile(r"[*?\[{]")
_BRACES = re.compile(r"\{([^{}]*)\}")
_LONGEST = 200  # characters of an address that we look at
_EXPLAINED = 256  # wrong addresses whose nearest is remembered
SEARCH_EVERY_S = 0.1  # between searches for the nearest: the state thread, which makes them, has other things to do
_SPELLINGS = 64  # of `{a,b}` alternatives in one pattern, which multiply
# A pattern costs half a millisecond, the worst 40, and a packet has room for a thousand of those. So searching may take
# so many seconds at once, and this share of the time: other messages come through.
SEARCHES_S, SEARCHES_SHARE = 0.1, 0.1
_FOUND = 64  # patterns whose addresses are remembered


class Refusal(Exception):
    """A message that cannot be done; the text says why."""


@dataclass(frozen=True, slots=True)
class Call:
    """One message as its route receives it. Times are on the `time.perf_counter_ns` clock; `at_ns` 0 is now."""

    sender: Address
    address: str
    values: list[object]
    arrival_ns: int
    at_ns: int = 0

    @property
    def origin(self) -> str:
        """Who sent it, as events name them."""
        return origin_of(self.sender)


@dataclass(frozen=True, slots=True)
class Route:
    """What an address does: `do` raises Refusal, or returns in words what it did."""

    do: Callable[[Call], str]
    sounds: bool = False  # it only plays pads: the audio thread can hold it until its exact frame


class Addresses:
    """All routes by address; fixed once made."""

    def __init__(self, routes: dict[str, Route]) -> None:
        self._routes = routes
        self._parts = {address: address.split("/") for address in routes}
        self._by_numbers: dict[tuple[str, ...], list[str]] = {}
        self._explained: dict[str, str] = {}  # wrong addresses, which come again and again
        self._searched_at = -SEARCH_EVERY_S
        self._found: dict[str, list[tuple[str, Route]]] = {}  # by pattern
        self._saved_s, self._saved_at = SEARCHES_S, perf_counter()  # how long may be searched for patterns
        for address in routes:
            self._by_numbers.setdefault(_numbers(address), []).append(address)

    def find(self, address: str) -> list[tuple[str, Route]]:
        """The routes of an address, several where it is an OSC 1.0 pattern (`*`, `?`, `[1-3]`, `{1,3}`)."""
        if route := self._routes.get(address):
            return [(address, route)]
        if len(address) > _LONGEST or not _WILDCARD.search(address):
            return []
        if address not in self._found and self._may_search():
            self._search(address)
        return self._found.get(address, [])

    def _may_search(self) -> bool:
        now = perf_counter()
        self._saved_s = min(SEARCHES_S, self._saved_s + SEARCHES_SHARE * (now - self._saved_at))
        self._saved_at = now
        return self._saved_s > 0.0

    def _search(self, address: str) -> None:
        patterns = [pattern.split("/") for pattern in islice(_spellings(address), _SPELLINGS)]
        if len(self._found) >= _FOUND:
            self._found.clear()
        self._found[address] = [
            (known, self._routes[known])
            for known, parts in self._parts.items()
            if any(_matches(parts, pattern) for pattern in patterns)
        ]
        self._saved_s -= perf_counter() - self._saved_at

    def explain(self, address: str) -> str:
        """Why an address is none of ours, with the nearest that is; in a flood of wrong ones without.

        Only addresses with the same numbers are compared: 20 instead of 450, or 107 where it has
        none: 2 ms on a quiet machine.
        """
        if _WILDCARD.search(address):
            is_known = address in self._found or len(address) > _LONGEST
            return "no address fits this pattern" + ("" if is_known else ", or too many patterns came at once")
        address = address[:_LONGEST]
        if address in self._explained:
            return self._explained[address]
        now = perf_counter()
        if now - self._searched_at < SEARCH_EVERY_S:
            return "no such address"
        self._searched_at = now
        if len(self._explained) >= _EXPLAINED:
            self._explained.clear()
        why = f"no such address{suggest(address, self._by_numbers.get(_numbers(address), []))}"
        return self._explained.setdefault(address, why)


def _numbers(address: str) -> tuple[str, ...]:
    return tuple(part for part in address.split("/") if part.isdigit())


def _spellings(pattern: str) -> Iterator[str]:
    """The pattern once for each choice in its braces."""
    match = _BRACES.search(pattern)
    if match is None:
        yield pattern
        return
    for choice in match[1].split(","):
        yield from _spellings(pattern[: match.start()] + choice + pattern[match.end() :])


def _matches(parts: list[str], pattern: list[str]) -> bool:
    # A shell's wildcards mean what OSC's do, `[!...]` included, and match in linear time.
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))
