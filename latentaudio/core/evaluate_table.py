"""An evaluation as aligned lines of text, for people. Pure."""

from collections.abc import Iterator, Sequence

from latentaudio.core.evaluate_draws import BOOTSTRAPS, Spread
from latentaudio.core.evaluate_model import Evaluation

TITLES = {
    "mel_db": "mel dB",
    "onset_mel_db": "onset mel dB",
    "log_magnitude": "log-mag",
    "snr_db": "SNR dB",
    "low_band_snr_db": "low-band SNR dB",
}


def table(evaluation: Evaluation) -> Iterator[str]:
    """The lines of all figures."""
    sounds = ", ".join(f"{name} {count}" for name, count in evaluation.sounds.items())
    yield f"{evaluation.model} on {evaluation.device}; sounds: {sounds}"
    yield ""
    parts = evaluation.reconstruction
    heading = ["reconstruction", *TITLES.values()]
    yield from aligned([heading, *([name, *(f"{row[key]:.2f}" for key in TITLES)] for name, row in parts.items())])
    for rows in (_draws(evaluation), _space(evaluation), _attributes(evaluation), _size_and_speed(evaluation)):
        if rows:
            yield ""
            yield from aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of cells as lines: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def _draws(evaluation: Evaluation) -> list[list[str]]:
    draws = evaluation.draws
    rows = [[f"{evaluation.drawn} draws", "median", "5 %", "95 %", "floor"]]
    if draws:
        rows += [
            ["Fréchet distance", *_cells(draws.frechet), f"{draws.frechet_floor.median:.2f}"],
            [f"  over the floor, {BOOTSTRAPS} bootstraps", *_cells(draws.frechet_ratio), "1"],
            ["MMD²", f"{draws.mmd:.4f}", "", "", f"{draws.mmd_floor:.4f}"],
            ["mel dB to the nearest learned sound", *_cells(draws.nearest_db), f"{draws.nearest_floor_db.median:.2f}"],
        ]
    rows += [
        ["peak dBFS", *_cells(evaluation.peak_db), ""],
        ["loudness dBFS", *_cells(evaluation.loudness_db), ""],
        ["share that are kicks", f"{evaluation.kicks:.2f}", "", "", ""],
    ]
    return rows


def _space(evaluation: Evaluation) -> list[list[str]]:
    rows = [["space", "median", "5 %", "95 %"]]
    rows += [[f"{name} morph, largest over mean step", *_cells(value)] for name, value in evaluation.smoothness.items()]
    rows.append(["active dims", f"{evaluation.active_dims} of {evaluation.dims}", "", ""])
    if evaluation.kl_nats is not None:
        rows.append(["KL, nats a sound", f"{evaluation.kl_nats:.0f}", "", ""])
    return rows


def _attributes(evaluation: Evaluation) -> list[list[str]]:
    """What moves when one is set, over what its own descriptor moves."""
    if not evaluation.attributes:
        return []
    rows = [["attributes", "Spearman", "deviations a unit", "most moved beside", ""]]
    for each in evaluation.attributes:
        other, moved = max(each.leakage.items(), key=lambda pair: abs(pair[1]), default=("", 0.0))
        rows.append([each.name, f"{each.spearman:.2f}", f"{each.gain:.2f}", other, f"{moved:.2f}"])
    return rows


def _size_and_speed(evaluation: Evaluation) -> list[list[str]]:
    return [
        ["size and speed", ""],
        ["file", f"{evaluation.file_mb:.1f} MB"],
        ["parameters", f"{evaluation.parameters / 1e6:.1f} M"],
        ["  of the decoder", f"{evaluation.decoder_parameters / 1e6:.1f} M"],
        ["load to first sound", f"{evaluation.load_s:.2f} s"],
        *([f"decode {batch}", f"{value:.2f} ms"] for batch, value in evaluation.decode_ms.items()),
    ]


def _cells(value: Spread) -> list[str]:
    return [f"{number:.2f}" for number in (value.median, value.low, value.high)]
