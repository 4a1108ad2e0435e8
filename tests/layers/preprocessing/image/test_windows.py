"""Windows of images, and boxes in them."""

from __future__ import annotations

import torch

from torchkeras_compat.layers.preprocessing.image.windows import Window, cropped_shape, in_window, moved_into, window


def test_windows_are_in_the_middle() -> None:
    assert window((8, 10), (4, 4)) == Window(2, 3, 4, 4)
    assert window((8, 10), (4, 4), is_largest=True) == Window(0, 1, 8, 8)
    assert window((8, 10), (12, 6)) == Window(0, 3, 8, 4)


def test_pixels_and_boxes_agree() -> None:
    image = torch.arange(80.0).reshape(1, 8, 10, 1)
    part = in_window(image, Window(2, 3, 4, 4), (8, 8), "nearest", "channels_last")
    assert part[0, 0, 0].item() == image[0, 2, 3].item() and part.shape == (1, 8, 8, 1)
    first = in_window(image.movedim(-1, 1), Window(2, 3, 4, 4), (8, 8), "nearest", "channels_first")
    assert torch.equal(first.movedim(1, -1), part)
    assert moved_into(torch.tensor([4.0, 3, 5, 6]), Window(2, 3, 4, 4), (8, 8)).tolist() == [2, 2, 4, 8]


def test_shapes_of_dictionaries() -> None:
    shapes = {"images": (None, 8, 10, 3), "segmentation_masks": (None, 8, 10, 1), "labels": (None, 2)}
    assert cropped_shape(shapes, 4, 5, "channels_last") == {
        "images": (None, 4, 5, 3),
        "segmentation_masks": (None, 4, 5, 1),
        "labels": (None, 2),
    }
    assert cropped_shape((3, 8, 10), 4, 5, "channels_first") == (3, 4, 5)
