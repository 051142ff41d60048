"""Which presets there are, found by name, number, place and tags. The state thread's."""

import time
from pathlib import Path

from latentaudio.errors import PresetError, suggest
from latentaudio.names import checked_name, folded, number_of
from latentaudio.preset_file import read_tags

Stamp = tuple[int, int, int]  # of a file: when changed, how long, which
SETTLED_NS = 2_000_000_000  # FAT tells no two changes of a folder within two seconds apart


class PresetList:
    """Names of preset files, which may begin with the program number that recalls them."""

    def __init__(self, folder: Path) -> None:
        """The folder need not exist."""
        self._folder = folder
        self._names: list[str] = []
        self._spelling: dict[str, str] = {}  # by folded name
        self._listed = 0  # when the folder had changed last, ns; 0 where the listing is not to be relied on
        self._tags: dict[str, tuple[Stamp, tuple[str, ...]]] = {}  # by name

    def names(self) -> list[str]:
        """All presets, in order of their numbers, then of their names."""
        changed = self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        if changed != self._listed or not changed:
            names = (path.stem for path in self._folder.glob("*.yaml"))
            self._names = sorted(filter(_is_name, names), key=_order)
            self._spelling = {folded(name): name for name in reversed(self._names)}
            self._listed = changed if time.time_ns() - changed > SETTLED_NS else 0
        return self._names.copy()

    def search(self, text: str) -> list[str]:
        """The presets that have every word of `text` in their name or tags, in any case."""
        words = folded(text).split()
        return [name for name in self.names() if all(word in self._searched(name) for word in words)]

    def find(self, name: str) -> str:
        """The preset that `name` means, in whatever case. Raises PresetError, naming the nearest."""
        names, wanted = self.names(), checked_name(name)
        found = wanted if wanted in names else self._spelling.get(folded(wanted))
        if found is None:
            raise PresetError(f"no preset '{wanted}'{suggest(wanted, names)}")
        return found

    def numbered(self, number: int) -> str:
        """The preset whose name begins with `number`: bank x 128 + program. Raises PresetError."""
        found = next((name for name in self.names() if number_of(name) == number), None)
        if found is None:
            raise PresetError(f"no preset's name begins with {number:03}")
        return found

    def beside(self, name: str, step: int) -> str:
        """The preset `step` places after `name`, round and round; from a name that is gone, the first or the last.

        Raises PresetError where there is none.
        """
        names = self.names()
        if not names:
            raise PresetError("there are no presets yet")
        if name in names:
            return names[(names.index(name) + step) % len(names)]
        return names[0 if step > 0 else -1]

    def spelling(self, name: str) -> str:
        """The name as its file has it, if only in case another, or as a new file would. Raises PresetError."""
        name = checked_name(name)
        return name if name in self.names() else self._spelling.get(folded(name), name)

    def _searched(self, name: str) -> str:
        """What a search looks at, from memory while the file is as it was; of a damaged file its name alone."""
        path = self._folder / f"{name}.yaml"
        try:
            now = stamp(path)
            known = self._tags.get(name)
            if known is None or known[0] != now:
                known = self._tags[name] = now, read_tags(path)
            return folded(" ".join([name, *known[1]]))
        except (PresetError, OSError):
            return folded(name)


def _is_name(name: str) -> bool:
    try:
        return checked_name(name) == name
    except PresetError:
        return False


def _order(name: str) -> tuple[float, str]:
    number = number_of(name)
    return float("inf") if number is None else number, folded(name)


def stamp(path: Path) -> Stamp:
    """What changes when the file does."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
