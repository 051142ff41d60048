"""Choosing sounds by what a folder's manifest.csv says of them."""

from collections.abc import Iterable
from pathlib import Path

from latentaudio.core.tables import read_table
from latentaudio.errors import DataError, UsageError, suggest


def matching(folder: Path, conditions: Iterable[str]) -> frozenset[str] | None:
    """Files whose row meets every `column=value`; None, for all of them, where there is no condition.

    Raises UsageError for a condition that is not one or names no column, DataError where nothing matches.
    """
    wanted = [_condition(text) for text in conditions]
    if not wanted:
        return None
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        raise UsageError(f"{folder} has no manifest.csv to choose rows from")
    columns, rows = read_table(manifest)
    for column in ("file", *(column for column, _ in wanted)):
        if column not in columns:
            raise UsageError(f"{manifest} has no column '{column}'{suggest(column, columns)}")
    files = frozenset(row["file"] for row in rows if all(row[column] == value for column, value in wanted))
    if not files:
        raise DataError(f"{manifest}: no row has {' and '.join('='.join(pair) for pair in wanted)}")
    return files


def _condition(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not (column and equals and value):
        raise UsageError(f"'{text}' is not COLUMN=VALUE")
    return column, value
