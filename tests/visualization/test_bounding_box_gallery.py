"""Images with true and predicted boxes, in rows and columns."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from torchkeras_compat.visualization import draw_bounding_boxes, plot_bounding_box_gallery

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")

IMAGES = np.random.default_rng(0).random((2, 40, 50, 3)).astype("float32")
TRUE = {"boxes": np.array([[[5, 6, 20, 25.0]], [[0, 0, 30, 30]]]), "labels": np.array([[0], [0]])}
PREDICTED = {"boxes": TRUE["boxes"] + 3, "labels": np.array([[0], [-1]])}


def test_both_kinds_of_boxes_are_drawn_in_their_colors() -> None:
    plot_bounding_box_gallery(
        IMAGES, "xyxy", TRUE, PREDICTED, (0, 1), class_mapping={0: "a"}, prediction_mapping={0: "b"}, show=False
    )
    drawn = draw_bounding_boxes(IMAGES * 255, TRUE, "xyxy", {0: "a"}, (0, 188, 212), text_thickness=2)
    drawn = draw_bounding_boxes(drawn, PREDICTED, "xyxy", {0: "b"}, (255, 235, 59), text_thickness=2)
    for axis, image in zip(plt.gcf().axes, drawn, strict=False):
        np.testing.assert_array_equal(axis.images[0].get_array(), image)


def test_a_legend_says_which_color_is_which() -> None:
    plot_bounding_box_gallery(IMAGES, "xyxy", TRUE, PREDICTED, legend=True, show=False)
    (legend,) = plt.gcf().legends
    assert [text.get_text() for text in legend.get_texts()] == ["Ground Truth", "Prediction"]
    assert legend.get_patches()[0].get_facecolor() == pytest.approx((0, 188 / 255, 212 / 255, 1))


def test_two_legends_are_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        plot_bounding_box_gallery(IMAGES, "xyxy", TRUE, legend=True, legend_handles=[])
