"""The README's table of the parameters is the one that the code makes."""

import re
from pathlib import Path

import pytest

from latentaudio.parameter_table import parameter_table
from latentaudio.parameters import PARAMETERS

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_readme_shows_the_table_of_now():
    block = re.search(r"<!-- parameters -->\n(.*)\n<!-- /parameters -->", README, re.S)
    assert block and block[1] == parameter_table()


def test_every_parameter_is_in_one_row_of_the_table():
    names = re.findall(r"^\| `([^`]+)` \|", parameter_table(), re.M)
    expanded = []
    for name in names:
        low, high = map(int, re.findall(r"<(\d+)-(\d+)>", name)[0]) if "<" in name else (0, 0)
        expanded += [re.sub(r"<.*>", str(number), name) for number in range(low, high + 1)]
    assert sorted(expanded) == sorted(PARAMETERS)


@pytest.mark.parametrize(
    "line",
    [
        "| `pad.<1-16>.level` | -60 to 6 dB | -6 | level; -60 is silence |",
        "| `map.snap` | blend, snap | blend | what lies between the sounds around, or the nearest |",
        "| `attribute.learned.<1-16>` | -3 to 3 | 0 | learned attribute of the focused pad |",
        "| `morph.beats` | 0.25 to 64 beats | 8 | beats of a sweep |",
    ],
)
def test_a_row_says_range_unit_and_default(line):
    assert line in parameter_table().splitlines()
