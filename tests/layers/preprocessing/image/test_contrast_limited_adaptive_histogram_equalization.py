"""`ContrastLimitedAdaptiveHistogramEqualization` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import BOXES, IMAGES, LABELS, MASKS, AgainstKeras, Case
from torchkeras_compat import layers
from torchkeras_compat.layers.preprocessing.image import contrast_limited_adaptive_histogram_equalization as module

NAME = "ContrastLimitedAdaptiveHistogramEqualization"
RNG = np.random.RandomState(0)


class TestContrastLimitedAdaptiveHistogramEqualization(AgainstKeras):
    layer = NAME
    cases = [
        Case({"tile_grid_size": (2, 3), "clip_limit": 0}),
        Case({}),
        Case({"tile_grid_size": (1, 1), "clip_limit": 30.0, "value_range": (0, 200)}),
    ]
    is_random = False
    gives_floats = False

    def test_boxes_are_those_of_keras(self, case: Case) -> None:
        boxes = {"boxes": BOXES, "labels": LABELS}
        assert self.make(case).transform_bounding_boxes(boxes, None) is boxes  # Keras's has none

    def test_masks_are_those_of_keras(self, case: Case) -> None:
        assert self.make(case).transform_segmentation_masks(MASKS, None) is MASKS

    @pytest.mark.parametrize("limit", [0, 2.3, 40.0])
    @pytest.mark.parametrize(
        "size, grid", [((64, 48), (4, 3)), ((65, 50), (4, 3)), ((33, 21), (8, 8)), ((5, 5), (2, 9))]
    )
    def test_tiles_are_those_of_keras(
        self, real_keras: ModuleType, size: tuple[int, int], grid: tuple[int, int], limit: float
    ) -> None:
        x = torch.tensor(RNG.uniform(0, 1, (2, *size, 2)).astype("float32")) ** 2 * 255
        for images in (x, x.to(torch.uint8)):
            got, expected = (
                getattr(kind, NAME)(tile_grid_size=grid, clip_limit=limit)(images)
                for kind in (layers, real_keras.layers)
            )
            assert got.dtype is images.dtype
            torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-3 if images.is_floating_point() else 1)

    def test_inference_equalizes_too(self) -> None:
        layer = layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=0)
        torch.testing.assert_close(layer(IMAGES, training=False), layer(IMAGES, training=True))

    def test_no_more_tiles_are_made_than_pixels_have_near(self) -> None:
        many, few = (layers.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(n, n)) for n in (10**12, 11))
        torch.testing.assert_close(many(IMAGES), few(IMAGES))

    def test_images_with_very_many_tiles_are_computed_one_by_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        layer = layers.ContrastLimitedAdaptiveHistogramEqualization()
        together = layer(IMAGES)
        computed: list[int] = []
        of_part = layer._equalized
        monkeypatch.setattr(module, "_MANY", 3)
        monkeypatch.setattr(layer, "_equalized", lambda x, *tiles: computed.append(len(x)) or of_part(x, *tiles))
        torch.testing.assert_close(layer(IMAGES), together)
        assert computed == [1, 1, 1]

    def test_limits_of_any_size_are_none(self) -> None:
        none, huge = (layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=limit) for limit in (0, 1e308))
        torch.testing.assert_close(huge(IMAGES), none(IMAGES))

    def test_arguments_are_checked(self) -> None:
        for wrong in (4, (0, 1), (1,), (1.5, 2), "ab", None):
            with pytest.raises(ValueError, match="tile_grid_size"):
                layers.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=wrong)
        for wrong in ("a", None, float("nan")):
            with pytest.raises(ValueError, match="clip_limit"):
                layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=wrong)
