"""Who is a near-duplicate of whom."""

import io

import numpy as np
import pytest
import soundfile

from latentaudio.core import fingerprint as module
from latentaudio.core.audio import one_shot, resample
from latentaudio.core.fingerprint import LEVELS, SIZE, fingerprint, originals
from tests.core.conftest import RATE, kick


def same(first: np.ndarray, second: np.ndarray, rate: int = RATE) -> bool:
    return originals(np.stack([fingerprint(first, RATE), fingerprint(second, rate)])).tolist() == [0, 0]


def coded(audio: np.ndarray, form: str) -> np.ndarray:
    file = io.BytesIO()
    soundfile.write(file, audio, RATE, format=form)
    file.seek(0)
    return one_shot(soundfile.read(file, dtype="float32")[0], RATE, RATE, RATE)


@pytest.mark.parametrize("form", ["OGG", "MP3"])
def test_a_lossy_copy_is_a_copy(form: str) -> None:
    shot = one_shot(kick(30000, seconds=0.2), RATE, RATE, RATE)
    assert same(shot, coded(shot, form))


def test_level_polarity_and_rate_make_no_other_sound() -> None:
    assert same(kick(), -0.1 * kick())
    assert same(kick(), resample(kick(), RATE, 22050), 22050)


@pytest.mark.parametrize("other", [{"end": 53.0}, {"start": 400.0}, {"seconds": 0.1}])
def test_another_pitch_sweep_or_decay_is_another_sound(other: dict[str, float]) -> None:
    drum = {"seconds": 0.2}
    assert not same(kick(30000, **drum), kick(30000, **{**drum, **other}))


@pytest.fixture
def unlike(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Ten fingerprints that share nothing, compared four at a time."""
    monkeypatch.setattr(module, "BLOCK", 4)
    fingerprints = np.eye(10, SIZE, dtype=np.float16)
    fingerprints[:, LEVELS] = 1.0  # in their waveforms they are alike
    return fingerprints


def test_every_copy_points_at_the_first(unlike: np.ndarray) -> None:
    unlike[[3, 9]] = unlike[1]  # in its own block, and two blocks on
    unlike[7] = unlike[6]
    assert originals(unlike).tolist() == [0, 1, 2, 1, 4, 5, 6, 6, 8, 1]


@pytest.mark.parametrize("rows", [(0, 1, 2), (0, 1, 5)])
def test_what_is_like_a_copy_alone_is_an_original(unlike: np.ndarray, rows: tuple[int, ...]) -> None:
    for row, angle in zip(rows, (0.0, 0.08, 0.16), strict=True):  # each like the one before, the last unlike the first
        unlike[row, :10] = 0.0
        unlike[row, :2] = np.cos(angle), np.sin(angle)
    assert originals(unlike)[list(rows)].tolist() == [0, 0, rows[-1]]


def test_no_sound_is_like_no_sound(unlike: np.ndarray) -> None:
    unlike[[2, 3]] = 0.0
    assert originals(unlike)[3] == 3


def test_a_threshold_of_1_keeps_every_copy() -> None:
    copies = np.stack([fingerprint(kick(end=end), RATE) for end in range(40, 60) for _ in range(2)])
    assert originals(copies, 1.0).tolist() == list(range(40))
