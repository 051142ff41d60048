"""The picture of a model's map."""

from pathlib import Path

import pytest
from matplotlib.image import imread

from latentaudio.config import FACTORY_MODEL
from latentaudio.core.map_picture import draw_map
from latentaudio.errors import ModelError, UsageError


@pytest.mark.parametrize("measure", ["brightness", "decay"])
def test_the_factory_map_is_a_picture_with_colours(tmp_path: Path, measure: str) -> None:
    draw_map(FACTORY_MODEL, tmp_path / "map.png", measure)
    red, _, blue, _ = imread(tmp_path / "map.png").transpose(2, 0, 1)
    assert red.shape == (825, 1045)
    assert (red - blue).max() > 0.4 and (blue - red).max() > 0.3


def test_a_model_with_one_measure_has_a_picture(tiny_model: Path, tmp_path: Path) -> None:
    draw_map(tiny_model, tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 10_000


def test_what_cannot_be_drawn_is_said_in_a_sentence(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no measure 'brightnes'; did you mean 'brightness'"):
        draw_map(tiny_model, tmp_path / "map.png", "brightnes")
    with pytest.raises(UsageError, match=r"no \.png file"):
        draw_map(tiny_model, tmp_path / "map.jpg")
    with pytest.raises(ModelError, match="no model file"):
        draw_map(tmp_path / "none.safetensors", tmp_path / "map.png")
    assert not list(tmp_path.iterdir())
