"""An audit for programs: JSON of the findings, CSV of the measurements."""

import json
from pathlib import Path
from typing import Any

from latentaudio.core.audit import Audit
from latentaudio.core.audit_sound import Measured
from latentaudio.core.descriptors import DESCRIPTORS
from latentaudio.core.tables import write_table
from latentaudio.errors import DataError


def as_json(audit: Audit) -> str:
    """`folder`, `files`, `counts` by check, and `findings` (file, severity, check, detail), worst first."""
    findings = [{"file": finding.file, "severity": finding.severity, "check": finding.check, "detail": finding.detail}
                for finding in audit.findings]  # fmt: skip
    return json.dumps({"folder": str(audit.folder), "files": len(audit.sounds), "counts": audit.counts,
                       "findings": findings}, indent=1)  # fmt: skip


def write_csv(audit: Audit, path: Path) -> None:
    """A row for every file: format, levels, descriptors and the checks that found something; DataError if it fails."""
    checks: dict[str, list[str]] = {}
    for finding in audit.findings:
        checks.setdefault(finding.file, []).append(finding.check)
    try:
        write_table(path, [_row(sound, checks.get(sound.file, [])) for sound in audit.sounds])
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _row(sound: Measured, checks: list[str]) -> dict[str, Any]:
    columns = ("file", "format", "rate", "channels", "seconds", "peak", "clipped", "offset", "second_hit")
    row = {name: _short(getattr(sound, name)) for name in columns}
    values = sound.descriptors or ("",) * len(DESCRIPTORS)
    row |= {name: _short(value) for name, value in zip(DESCRIPTORS, values, strict=True)}
    return row | {"findings": "; ".join(checks)}


def _short(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value
