"""Images beside their masks."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from torchkeras_compat.visualization import draw_segmentation_masks, plot_segmentation_mask_gallery

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 255, (3, 6, 7, 3)).astype("float32")
TRUE, PREDICTED = RANDOM.integers(0, 3, (2, 3, 6, 7))


def test_each_row_is_an_image_its_true_and_its_predicted_mask() -> None:
    plot_segmentation_mask_gallery(IMAGES, 3, y_true=TRUE, y_pred=PREDICTED[..., None], alpha=0.4, show=False)
    figure = plt.gcf()
    assert figure.get_size_inches().tolist() == [6, 6] and len(figure.axes) == 9
    shown = [axis.images[0].get_array() for axis in figure.axes]
    np.testing.assert_array_equal(shown[3], IMAGES[1].astype("uint8"))
    np.testing.assert_array_equal(shown[4], draw_segmentation_masks(IMAGES, TRUE, 3, alpha=0.4)[1])
    np.testing.assert_array_equal(shown[8], draw_segmentation_masks(IMAGES, PREDICTED, 3, alpha=0.4)[2])


def test_channels_first_and_other_ranges() -> None:
    images, masks = np.moveaxis(IMAGES / 255, -1, 1), TRUE[:, None]
    plot_segmentation_mask_gallery(
        images,
        3,
        (0, 1),
        y_true=masks,
        data_format="channels_first",
        color_mapping={i: (i, i, i) for i in range(3)},
        show=False,
    )
    assert len(plt.gcf().axes) == 6


def test_labels_outside_of_the_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="num_classes - 1 = 1"):
        plot_segmentation_mask_gallery(IMAGES, 2, y_true=TRUE)
