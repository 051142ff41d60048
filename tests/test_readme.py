"""The README's commands exist, and its mapping loads."""

import re
import shlex
from pathlib import Path

import pytest

from latentaudio import cli
from latentaudio.arguments import parser
from latentaudio.control.mapping import load_mapping

README = (Path(__file__).parents[1] / "README.md").read_text()
COMMANDS = sorted(
    set(re.findall(r"`latentaudio ([^`]+)`", README)) | set(re.findall(r"^    latentaudio (.+)$", README, re.M))
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_parses(command):
    parser(cli.COMMANDS).parse_args(shlex.split(command))


def test_the_knob_example_is_a_mapping_that_loads(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", README, re.S)[1])
    mapping = load_mapping([path])
    assert mapping.pad_for(0, 36) == 1 and mapping.bindings_for_cc(0, 1)[0].to == "latent.1"


@pytest.mark.parametrize("line", ["install", "test"])
def test_the_two_lines_stand_where_the_gate_looks_for_them(line):
    assert re.search(rf"<!-- {line} -->\n```bash\n[^\n]+\n```", README)
