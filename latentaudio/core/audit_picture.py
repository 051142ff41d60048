"""An audit as one PNG: where the sounds lie, what was found, and how the files found look. Needs matplotlib."""

import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from latentaudio.core.audio import read_audio
from latentaudio.core.audit import SEVERITY, Audit, Finding
from latentaudio.core.audit_sound import Measured
from latentaudio.core.descriptors import DESCRIPTORS
from latentaudio.core.picture import check_picture
from latentaudio.core.sounds import shown
from latentaudio.errors import DataError
from latentaudio.files import atomic_path

COLOURS = {"error": "#c1272d", "warning": "#e08a00", "note": "#4a7fb0", "": "#b8bec4"}
WAVES = (2, 6)  # rows and columns of files shown
NAMED = 24  # characters of a file's name, the last: packs begin all names alike
PEAKS = 600  # columns of a waveform
DRAWN = ("silent", "only offset")  # problems of which there is a waveform
LABELS = 8  # outliers that are named in the map


def write_picture(audit: Audit, path: Path) -> None:
    """Draw `audit`; UsageError as `check_picture` raises it, DataError where `path` cannot be written."""
    check_picture(path)
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=(15, 11), layout="constrained")
    title = f"{_plain_text(audit.folder.resolve().name)}: {len(audit.sounds)} files, {len(audit.findings)} findings"
    figure.suptitle(title)
    upper, middle, lower = figure.subfigures(3, 1, height_ratios=(1.3, 0.7, 1.0))
    worst = {finding.file: finding.severity for finding in reversed(audit.findings)}
    good = [sound for sound in audit.sounds if not sound.problem]
    left, right = upper.subplots(1, 2, width_ratios=(2, 1))
    _map(left, good, worst, [finding.file for finding in audit.findings if finding.check == "outlier"])
    _counts(right, audit)
    _histograms(middle, good, worst)
    _waves(lower, audit)
    try:
        with atomic_path(path) as temporary, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in letters that the font has not: boxes
            figure.savefig(temporary, format="png", dpi=110)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _column(sounds: list[Measured], name: str) -> Any:
    index = tuple(DESCRIPTORS).index(name)
    return np.array([sound.descriptors[index] for sound in sounds])


def _map(axis: Any, sounds: list[Measured], worst: dict[str, str], outliers: list[str]) -> None:
    decay, brightness = 1000.0 * _column(sounds, "decay"), 2.0 ** _column(sounds, "brightness")
    severity = np.array([worst.get(sound.file, "") for sound in sounds])
    for level in ("", "note", "warning"):  # what has an error has no place
        here = severity == level
        label = f"{here.sum()} with {f'a {level}' if level else 'nothing found'}"
        if here.any():
            size = 12 if level else 8
            axis.scatter(decay[here], brightness[here], size, COLOURS[level], label=label, linewidths=0)
    places = {sound.file: place for sound, place in zip(sounds, zip(decay, brightness, strict=True), strict=True)}
    for file in outliers[:LABELS]:
        side = "left" if places[file][0] < np.median(decay) else "right"  # the name points inwards
        shift = (5 if side == "left" else -5, 3)
        axis.annotate(_short(file), places[file], shift, textcoords="offset points", ha=side, fontsize=7)
    axis.set(xscale="log", yscale="log", xlabel="decay, ms to -20 dB", ylabel="brightness, Hz", title="every sound")
    if sounds:
        axis.legend(fontsize=8)
        _plain(axis.xaxis)
        _plain(axis.yaxis)


def _plain(axis: Any) -> None:
    """Numbers as people write them on a logarithmic axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < 1000.0 * low else (1.0,), numticks=9))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _short(file: str) -> str:
    stem = Path(file).stem
    return _plain_text(stem if len(stem) <= NAMED else f"…{stem[-NAMED:]}")


def _plain_text(name: str) -> str:
    """A name as matplotlib writes it, not as mathematics."""
    return shown(name).replace("$", r"\$")


def _counts(axis: Any, audit: Audit) -> None:
    axis.set_title("files by finding")
    counts = audit.counts or {"nothing found": 0}
    colours = [COLOURS[SEVERITY.get(check, "")] for check in counts]
    axis.bar_label(axis.barh(list(counts), list(counts.values()), color=colours), padding=3)
    axis.invert_yaxis()
    axis.margins(x=0.12)


def _histograms(area: Any, sounds: list[Measured], worst: dict[str, str]) -> None:
    columns = {
        "length, s; orange: with a warning": (np.array([sound.seconds for sound in sounds]), True),
        "peak, dBFS": (20.0 * np.log10([sound.peak for sound in sounds]), False),
        "pitch, Hz": (_column(sounds, "pitch"), True),
    }
    found = np.array([worst.get(sound.file, "note") != "note" for sound in sounds], bool)
    for axis, (title, (values, ratios)) in zip(area.subplots(1, len(columns)), columns.items(), strict=True):
        axis.set_xlabel(title)
        if not values.size:
            continue
        low, high = values.min(), values.max()
        edges = np.geomspace(low / 1.05, high * 1.05, 41) if ratios else np.linspace(low - 0.5, high + 0.5, 41)
        axis.hist([values[~found], values[found]], edges, stacked=True, color=[COLOURS[""], COLOURS["warning"]])
        if ratios:
            axis.set_xscale("log")
            _plain(axis.xaxis)


def _waves(area: Any, audit: Audit) -> None:
    """The files of the worst findings, each check in turn, so that none fills the picture."""
    found = chosen(audit, WAVES[0] * WAVES[1])
    if not found:
        return
    columns = min(len(found), WAVES[1])
    rows = -(-len(found) // columns)
    area.suptitle("files that were found, worst first and each kind in turn; seconds", fontsize=10)
    axes = area.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(found) :]:
        axis.set_axis_off()
    for axis, finding in zip(axes, found, strict=False):
        audio, rate = read_audio(audit.folder / finding.file)
        parts = np.array_split(audio, min(PEAKS, audio.size))
        seconds = np.linspace(0.0, audio.size / rate, len(parts))
        low, high = ([bound(part) for part in parts] for bound in (np.min, np.max))
        axis.fill_between(seconds, low, high, color=COLOURS[finding.severity], step="mid")
        axis.set_title(f"{finding.check}\n{_short(finding.file)}", fontsize=8)
        axis.set_ylim(-1.05, 1.05)
        axis.locator_params(axis="x", nbins=4)
        axis.tick_params(labelsize=7)


def chosen(audit: Audit, most: int) -> list[Finding]:
    """Up to `most` findings on files that can be drawn, the first of each check before the second of any."""
    done = {sound.file for sound in audit.sounds if sound.problem and sound.problem not in DRAWN}
    rank: Counter[str] = Counter()
    turns: list[tuple[int, Finding]] = []
    for finding in audit.findings:
        if finding.file not in done and finding.severity != "note":
            done.add(finding.file)
            rank[finding.check] += 1
            turns.append((rank[finding.check], finding))
    return [finding for _, finding in sorted(turns, key=lambda turn: turn[0])[:most]]
