"""Images in rows and columns."""

from __future__ import annotations

import pathlib
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from torchkeras_compat.visualization import plot_image_gallery
from torchkeras_compat.visualization.image_gallery import grid

IMAGES = np.random.default_rng(0).random((5, 8, 9, 3)).astype("float32")


@pytest.mark.parametrize(
    ("images", "rows", "cols", "expected"),
    [
        (4, None, None, (2, 2)),
        (5, None, None, (2, 3)),
        (7, None, None, (3, 3)),
        (5, 1, None, (1, 5)),
        (5, None, 2, (3, 2)),
        (5, 2, 2, (2, 2)),
        (1, None, None, (1, 1)),
    ],
)
def test_grids(images: int, rows: int | None, cols: int | None, expected: tuple[int, int]) -> None:
    assert grid(images, rows, cols) == expected


def test_every_image_is_shown_with_its_names() -> None:
    names = {0: "cat", 1: "dog"}
    plot_image_gallery(IMAGES, [0, 1, 0, 1, 0], [1, 1, 0, 0, 0], names, value_range=(0, 1), rows=1, scale=3, show=False)
    figure = plt.gcf()
    assert figure.get_size_inches().tolist() == [15, 3]
    assert [axis.get_title() for axis in figure.axes][:2] == ["Label: cat  Pred: dog", "Label: dog  Pred: dog"]
    shown: Any = figure.axes[3].images[0].get_array()
    np.testing.assert_array_equal(shown, (IMAGES[3] * 255).astype("uint8"))
    assert not any(axis.axison for axis in figure.axes)


def test_a_path_gets_the_figure_and_nothing_stays_open(tmp_path: pathlib.Path) -> None:
    plot_image_gallery(IMAGES, value_range=(0, 1), path=tmp_path / "gallery.png", transparent=False, dpi=30)
    image = plt.imread(tmp_path / "gallery.png")
    assert image.shape[:2] == (4 * 30, 6 * 30)
    assert not plt.get_fignums()


def test_channels_first_and_gray_images() -> None:
    plot_image_gallery(np.moveaxis(IMAGES, -1, 1)[:, :1], value_range=(0, 1), show=False, data_format="channels_first")
    assert plt.gcf().axes[0].images[0].get_array().shape == (8, 9)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="`path` or `show`"):
        plot_image_gallery(IMAGES, path="x.png", show=True)
    with pytest.raises(ValueError, match="path=''"):
        plot_image_gallery(IMAGES, path="")
    with pytest.raises(ValueError, match="label_map=None"):
        plot_image_gallery(IMAGES, y_true=[0] * 5)
    with pytest.raises(ValueError, match="each of 5 images. Received 2"):
        plot_image_gallery(IMAGES, y_pred=[0, 1], label_map={})
    with pytest.raises(ValueError, match="rows=0"):
        plot_image_gallery(IMAGES, rows=0)
    with pytest.raises(ValueError, match=r"value_range=\(1, 0\)"):
        plot_image_gallery(IMAGES, value_range=(1, 0))
    with pytest.raises(ValueError, match=r"\(8, 9, 3\)"):
        plot_image_gallery(IMAGES[0])
    with pytest.raises(OSError, match="no_folder"):
        plot_image_gallery(IMAGES, path="no_folder/a.png")
    assert not plt.get_fignums()


def test_too_few_places_are_refused() -> None:
    with pytest.raises(ValueError, match="5 images need more places than 2 rows and 2 columns"):
        plot_image_gallery(IMAGES, rows=2, cols=2, show=False)
    assert not plt.get_fignums()
