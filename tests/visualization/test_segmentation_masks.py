"""Colors of classes over images: Keras is the oracle, and the formula."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.visualization import draw_segmentation_masks

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 255, (2, 6, 7, 3)).astype("float32")
MASKS = RANDOM.integers(0, 4, (2, 6, 7, 1))
COLORS = {0: (1, 2, 3), 1: (255, 0, 0), 2: (0, 255, 0), 3: (0, 0, 255)}


@pytest.mark.parametrize(
    "options",
    [{}, {"alpha": 0.3}, {"ignore_index": 0}, {"color_mapping": COLORS}, {"ignore_index": 2, "color_mapping": COLORS}],
)
def test_pixels_are_those_of_keras(real_keras: types.ModuleType, options: dict[str, Any]) -> None:
    expected = real_keras.visualization.draw_segmentation_masks(IMAGES, MASKS, num_classes=4, **options)
    drawn = draw_segmentation_masks(IMAGES, MASKS, num_classes=4, **options)
    assert drawn.dtype == np.uint8
    assert np.abs(drawn.astype(int) - expected).max() <= 1  # fractions on the edge of two whole numbers
    assert (drawn == expected).mean() > 0.98


def test_masks_without_a_last_axis_and_without_number_of_classes() -> None:
    np.testing.assert_array_equal(
        draw_segmentation_masks(IMAGES, MASKS[..., 0]), draw_segmentation_masks(IMAGES, MASKS, num_classes=4)
    )


def test_without_blending_the_colors_stand_alone() -> None:
    drawn = draw_segmentation_masks(IMAGES, MASKS, blend=False, color_mapping=COLORS, ignore_index=0)
    expected = np.array([(0, 0, 0), *(COLORS[i] for i in (1, 2, 3))], "uint8")[MASKS[..., 0]]
    np.testing.assert_array_equal(drawn, expected)


def test_channels_first() -> None:
    first = [np.moveaxis(x, -1, 1) for x in (IMAGES, MASKS)]
    drawn = draw_segmentation_masks(*first, data_format="channels_first")
    np.testing.assert_array_equal(np.moveaxis(drawn, 1, -1), draw_segmentation_masks(IMAGES, MASKS))


def test_bad_input_is_refused() -> None:
    with pytest.raises(TypeError, match="float64"):
        draw_segmentation_masks(IMAGES, MASKS.astype("float64"))
    with pytest.raises(ValueError, match=r"\(2, 6, 7\).*shape \(1, 6, 7, 1\)"):
        draw_segmentation_masks(IMAGES, MASKS[:1])
    with pytest.raises(ValueError, match="from 0 to num_classes - 1 = 1.*labels from 0 to 3"):
        draw_segmentation_masks(IMAGES, MASKS, num_classes=2)
    with pytest.raises(ValueError, match="no color for class 0"):
        draw_segmentation_masks(IMAGES, MASKS, color_mapping={1: (1, 2, 3)})
    with pytest.raises(ValueError, match="alpha=2"):
        draw_segmentation_masks(IMAGES, MASKS, alpha=2)
    with pytest.raises(ValueError, match="3 channels"):
        draw_segmentation_masks(IMAGES[..., :1], MASKS)
