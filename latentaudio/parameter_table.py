"""The table of the parameters as people read it, in Markdown. Any thread."""

import re

from latentaudio.parameter import Parameter
from latentaudio.parameters import PARAMETERS

HEAD = "| parameter: `a.b` is at `/la/a/b` | range | default | what it is |\n|---|---|---|---|"
UNITS = {"db": " dB", "st": " semitones", "hz": " Hz", "n": "", "": ""}

_NUMBER = re.compile(r"(?<=\.)\d+")


def parameter_table() -> str:
    """One row for each parameter, or for each family where only a number differs: `pad.<1-16>.level`."""
    families: dict[str, list[Parameter]] = {}
    for row in PARAMETERS.values():
        families.setdefault(_NUMBER.sub("<>", row.name), []).append(row)
    return "\n".join([HEAD, *(_line(family) for family in families.values())])


def _line(family: list[Parameter]) -> str:
    row, name, doc = family[0], family[0].name, family[0].doc
    if len(family) > 1:
        low, high = (_NUMBER.findall(each.name)[0] for each in (family[0], family[-1]))
        name = _NUMBER.sub(f"<{low}-{high}>", name)
        doc = doc.replace(f" {low} ", " ")
    return f"| `{name}` | {_range(row)} | {_default(row)} | {doc} |"


def _range(row: Parameter) -> str:
    return ", ".join(row.choices) or f"{row.low:g} to {row.high:g}{UNITS.get(row.unit, f' {row.unit}')}"


def _default(row: Parameter) -> str:
    return row.choices[int(row.default - row.low)] if row.choices else f"{row.default:g}"
