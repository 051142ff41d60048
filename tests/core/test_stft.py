"""The transform and its inverse."""

import pytest
import torch

from latentaudio.core.stft import InverseStft, overlap_add, stft


@pytest.mark.parametrize(("frames", "columns"), [(44100, 352), (44100, 345), (4097, 33), (11025, 96)])
def test_the_inverse_of_a_transform_is_the_sound(frames: int, columns: int) -> None:
    audio = torch.randn(2, frames)
    spectrum = stft(audio, torch.hann_window(512), 128, columns)
    assert torch.allclose(InverseStft(512, 128, columns, frames)(spectrum), audio, atol=1e-5)


def test_the_transform_is_that_of_torch() -> None:
    audio, window = torch.randn(2, 5000), torch.hann_window(256)
    theirs = torch.stft(audio, 256, 64, window=window, pad_mode="constant", return_complex=True)
    assert torch.allclose(stft(audio, window, 64), theirs.transpose(1, 2), atol=1e-4)


def test_overlapping_columns_add_up() -> None:
    summed = overlap_add(torch.ones(1, 5, 8), hop=2)
    assert summed.tolist() == [[1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 3, 3, 2, 2, 1, 1]]


def test_a_column_sounds_where_it_stands() -> None:
    spectrum = torch.zeros(1, 33, 257, dtype=torch.complex64)
    spectrum[0, 10] = 1.0 - 2.0 * (torch.arange(257) % 2)  # a click in the middle of column 10
    assert InverseStft(512, 128, 33, 4096)(spectrum)[0].argmax() == 10 * 128
