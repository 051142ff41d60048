"""Which mapping a binding that was learned goes into, and whether a daemon takes it. The command line's thread."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from latentaudio.config import find_mapping, shipped_mappings, user_mappings
from latentaudio.control.layer import read_layer
from latentaudio.control.learn import Learnt
from latentaudio.control.mapping_edit import with_binding
from latentaudio.control.port_names import chosen
from latentaudio.control.remote import Remote
from latentaudio.errors import ControlError, DataError, MappingError, UsageError
from latentaudio.files import atomic_path

TAKEN_S = 3.0  # until a daemon that uses a file has loaded it


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a binding went."""

    path: Path
    copied: Path | None  # the shipped mapping that was copied there before
    replaced: tuple[str, ...]  # what the control was bound to


@dataclass(frozen=True, slots=True)
class InUse:
    """The mapping that a daemon plays by."""

    files: tuple[Path, ...]  # the topmost last
    loads: int
    problem: str


def place_for(name: str | None, files: Sequence[Path], port: str) -> Path:
    """The mapping that a binding goes into: the one named, else of those in use the topmost one for the port.

    Raises UsageError where there is none.
    """
    if name is not None:
        path = Path(name)
        return path if path.suffix in {".yaml", ".yml"} else find_mapping(name)
    here = [file for file in files if file.is_file()]
    if not here:
        raise UsageError("the daemon plays by mappings of another machine; name one of this with --mapping")
    for file in reversed(here):
        patterns = read_layer(file).ports or ("all",)
        if "all" in patterns or chosen([port], patterns):
            return file
    return here[-1]


def save(learnt: Learnt, file: Path) -> Saved:
    """Write a binding into `file`, or into a copy of the user's own where it is a shipped one.

    Raises MappingError where the file, or what would become of it, is no sound mapping, and DataError where it cannot
    be written; it stays as it is then.
    """
    shipped = file.parent.resolve() == shipped_mappings().resolve()
    path = user_mappings() / file.name if shipped else file
    source = path if path.exists() else file
    binding = dict(learnt.binding)
    if source.exists():
        channels = read_layer(source).channels
        if learnt.section == "midi" and channels and learnt.moved.channel not in channels:
            binding["channel"] = learnt.moved.channel + 1
    data = source.read_bytes() if source.exists() else f"name: {path.stem}\n".encode()
    ends = "\r\n" if b"\r\n" in data else "\n"  # Windows' editors, and git there
    text = data.decode().replace(ends, "\n")
    edit = with_binding(text, learnt.section, binding)
    copied = source if source != path and source.exists() else None
    try:
        _write(path, edit.text, ends)
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}") from error
    return Saved(path, copied, edit.replaced)


def _write(path: Path, text: str, ends: str) -> None:
    """Into what a link leads to, which stays a link. Raises MappingError where it is no sound mapping, and OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path.resolve()) as temporary:
        temporary.write_text(text, encoding="utf-8", newline=ends)
        try:
            read_layer(temporary)
        except MappingError as error:
            raise MappingError(str(error).replace(temporary.name, path.name)) from error


def in_use(remote: Remote) -> InUse:
    """What a daemon plays by now."""
    status = json.loads(remote.ask("/la/status", reply="/la/status/json")[0])
    found = status["mapping"]
    return InUse(tuple(map(Path, found["files"])), found["loads"], found["problem"])


def taken(remote: Remote, saved: Saved, before: InUse) -> bool:
    """Wait until a daemon plays by what was saved; False where it plays by other files.

    Raises ControlError where it refuses the file.
    """
    path = saved.path.resolve()
    if not {path, saved.copied and saved.copied.resolve()} & {*before.files}:
        return False
    until = time.monotonic() + TAKEN_S
    while time.monotonic() < until:
        now = in_use(remote)
        if now.problem and now.problem != before.problem:
            raise ControlError(now.problem)
        if now.loads > before.loads and path in now.files:
            return True
        time.sleep(0.1)
    return False
