"""CSV files: read forgivingly, written whole or not at all."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentaudio.errors import DataError
from latentaudio.files import atomic_path


def read_table(path: Path) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Columns and rows of a CSV file; what is not UTF-8 or has no column does no harm.

    DataError where it cannot be read at all. A spreadsheet's mark of byte order is no part of the first name.
    """
    try:
        return _read_table(path)
    except (OSError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _read_table(path: Path) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        reader = csv.DictReader(file, restkey="", restval="")
        rows = [{name: value for name, value in row.items() if name} for row in reader]
        return tuple(reader.fieldnames or ()), rows


def write_table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write `rows`, which share their keys, with a line of column names; no rows, no file."""
    if not rows:
        path.unlink(missing_ok=True)
        return
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
