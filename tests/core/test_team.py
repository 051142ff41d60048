"""Several processes that train one network."""

import os
import subprocess
import sys
from pathlib import Path

from safetensors.torch import load_file

STEPS = """
import sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from latentaudio.core.dataset import load_folder
from latentaudio.core.options import TrainOptions
from latentaudio.core.source import Resident
from latentaudio.core.step import TrainStep
from latentaudio.core.team import joined
from latentaudio.core.vae import Vae, VaeConfig

config = VaeConfig(network="simple", frames=8192, dims=8, simple_channels=(4, 8, 8))
with joined("cpu") as (team, device):
    torch.manual_seed(0)
    options = TrainOptions(batch=2, synthetic=0.5, config=config)
    step = TrainStep(Vae(config), Resident(load_folder(Path(sys.argv[1]), config), device), options, device, team)
    team.differ(0)
    first = step._draw()
    for _ in range(2):
        step.run(1e-3, 1e-3, keep=0.5, synthetic=1.0)
    told = torch.tensor(team.agree([7.0 * team.rank + 1.0]))
    save_file(dict(step.vae.state_dict()) | {"drawn": first, "told": told}, f"{sys.argv[2]}/{team.rank}")
"""


def test_they_hear_different_sounds_and_become_one_network(folder: Path, tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    (tmp_path / "steps.py").write_text(STEPS)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    subprocess.run([*torchrun, tmp_path / "steps.py", folder, tmp_path], check=True, env=environment)
    one, other = load_file(tmp_path / "0"), load_file(tmp_path / "1")
    assert not one.pop("drawn").equal(other.pop("drawn"))
    assert all(one[name].equal(other[name]) for name in one)
    assert one["told"].tolist() == [1.0]
