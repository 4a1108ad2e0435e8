"""`RandomPerspective` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import MASKS, AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomPerspective(AgainstKeras):
    layer = "RandomPerspective"
    cases = [
        Case({"factor": (1.0, 1.0), "scale": 0.3}),
        Case({"factor": 0.5, "scale": 0.5, "interpolation": "nearest", "fill_value": 3.0}),
        Case({"factor": 0.0}),
    ]

    def test_masks_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        ours, theirs = self.both(case, real_keras)
        drawn = self.drawn(theirs, MASKS)
        done = ours.transform_segmentation_masks(MASKS, drawn)  # Keras's are read between pixels, which mixes classes
        nearest = layers.RandomPerspective(interpolation="nearest", fill_value=ours.fill_value)
        torch.testing.assert_close(done, nearest.transform_images(MASKS, drawn).long())

    def test_pixels_move_with_their_corners(self) -> None:
        layer = layers.RandomPerspective()
        drawn = {
            "apply_perspective": [True, False],
            "start_points": torch.tensor([[[0.0, 0.0], [3, 0], [0, 3], [3, 3]]]).expand(2, 4, 2),
            "end_points": torch.tensor([[[0.0, 0.0], [1, 0], [0, 1], [1, 1]]]).expand(2, 4, 2),
            "input_shape": (4, 4, 1),
        }
        done = layer.transform_images(torch.ones(2, 4, 4, 1), drawn)
        assert done[0, :, :, 0].round(decimals=4).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
        assert (done[1] == 1).all()

    def test_corners_go_as_far_as_the_scale(self) -> None:
        layer = layers.RandomPerspective((0.2, 0.6), scale=0.5, seed=1)
        drawn = layer.get_random_transformation(torch.zeros(2000, 11, 21, 3))
        assert drawn is not None
        ends = drawn["end_points"]
        assert (ends[:, 0] == 0).all() and 15 <= ends[:, 1, 0].min() < 15.1 and 24.9 < ends[:, 3, 0].max() <= 25
        assert 7.5 <= ends[:, 2, 1].min() < 7.6 and 12.4 < ends[:, 3, 1].max() <= 12.5
        assert abs(drawn["apply_perspective"].float().mean() - 0.4) < 0.04

    def test_a_flat_image_does_not_wait_or_fail(self) -> None:
        assert layers.RandomPerspective((1.0, 1.0))(torch.ones(2, 1, 1, 3)).shape == (2, 1, 1, 3)

    def test_arguments_are_checked(self) -> None:
        for wrong in (2, "a", None, (0.1,), (-0.2, 0.3)):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomPerspective(wrong)
        for wrong in (2, -1, "a", (0.1, 0.2), None):
            with pytest.raises(ValueError, match="scale="):
                layers.RandomPerspective(scale=wrong)
        with pytest.raises(NotImplementedError, match="'bicubic'"):
            layers.RandomPerspective(interpolation="bicubic")
