"""What a run says of itself."""

from pathlib import Path

import pytest

from latentaudio.core.options import Finish, Progress, Validation
from latentaudio.core.telling import closing_lines, line

OUT = Path("my.safetensors")
NOW = Progress(
    700, 2000, 3.5, {"loss": 1.234, "kl": 250.0}, Validation("valid", 3.5, 3.25), 1e-3, 0.02, 0.456, 75.0, 1650.0
)


def test_the_line_begins_with_what_matters_most() -> None:
    wanted = "1:15 left, loss 1.23, valid 3.50 dB (best 3.25), epoch 3.5, 0.46 s each, 1650 MB, step 700, kl 250"
    assert line(NOW) == wanted


@pytest.mark.parametrize(("early", "lines"), [(False, 3), (True, 4)])
def test_the_end_names_what_is_left_and_an_early_stop(early: bool, lines: int) -> None:
    said = list(closing_lines(Finish(900, early, 500, None, Path("my.png"), Path("my.preview.wav")), OUT))
    assert len(said) == lines and said[-1] == "my.safetensors is ready: latentaudio play --model my.safetensors"
    assert ("stopped early at step 900" in said[0] and said[0].endswith("of step 500")) == early
