"""Names that are safe as file names on every system, whoever sends them. Any thread."""

import re
import unicodedata

from latentaudio.errors import PresetError

LONGEST = 64  # characters
LONGEST_BYTES = 192  # file systems end at 255, and a name gets an ending and, while being written, a few letters more
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)  # of Windows, wherever


def checked_name(name: str) -> str:
    """`name` in the one spelling that files get. Raises PresetError with the reason where it cannot be one."""
    name = unicodedata.normalize("NFC", name)
    why = _objection(name)
    if why:
        shown = name if name.isprintable() and len(name) <= LONGEST else ascii(name[:20])
        raise PresetError(f"'{shown}' cannot be a name: {why}")
    return name


def folded(name: str) -> str:
    """What two names have in common that differ in case alone, which some systems take for one."""
    return unicodedata.normalize("NFC", name.casefold())


def number_of(name: str) -> int | None:
    """The number that a name begins with: 12 for `012 Deep`; None where it begins with none."""
    digits = re.match(r"[0-9]{1,7}(?![0-9])", name)
    return int(digits.group()) if digits else None


def _objection(name: str) -> str:
    if not name:
        return "it is empty"
    if len(name) > LONGEST or len(name.encode(errors="replace")) > LONGEST_BYTES:
        return f"it is longer than {LONGEST} characters ({LONGEST_BYTES} bytes)"
    wrong = next((each for each in name if not _allowed(each)), None)
    if wrong is not None:
        shown = repr(wrong) if wrong.isprintable() else ascii(wrong)
        return f"only letters, digits, spaces, '-', '_' and '.' are allowed, not {shown}"
    if name.startswith(".") or name != name.strip() or name.endswith("."):
        return "it begins or ends with a dot or a space"
    return "Windows keeps it for a device" if DEVICES.fullmatch(name) else ""


def _allowed(character: str) -> bool:
    """Letters with their marks, and numbers, of any script."""
    return character in " -_." or unicodedata.category(character)[0] in "LMN"
