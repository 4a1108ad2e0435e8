"""Formats of bounding boxes beside Keras's, clipping, and moving."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from torchkeras_compat.layers.preprocessing.image import boxes as box_formats

PIXELS = torch.tensor([[[1.0, 2.0, 4.0, 6.0], [3.0, 1.0, 9.0, 7.0]], [[0.0, 0.0, 3.0, 3.0], [2.0, 2.0, 5.0, 7.0]]])


@pytest.mark.parametrize("name", box_formats.FORMATS)
def test_formats_are_those_of_keras(name: str, real_keras: ModuleType) -> None:
    wanted = real_keras.utils.bounding_boxes.convert_format(PIXELS, source="xyxy", target=name, height=8, width=10)
    got = box_formats.in_format(PIXELS, name, 8, 10)
    torch.testing.assert_close(got, wanted)
    torch.testing.assert_close(box_formats.corners(got, name, 8, 10), PIXELS)


def test_clipped_boxes_lose_their_labels() -> None:
    boxes, labels = box_formats.clipped(torch.tensor([[-2.0, 1, 3, 20], [11, 0, 12, 4]]), torch.tensor([1, 2]), 8, 10)
    assert boxes.tolist() == [[0, 1, 3, 8], [10, 0, 10, 4]]
    assert labels is not None and labels.tolist() == [1, -1]


def test_boxes_move_against_the_reading() -> None:
    # Read 2 to the right and 1 above: the pixels move 2 to the left and 1 down.
    transform = torch.tensor([[1.0, 0, 2, 0, 1, -1, 0, 0], [2.0, 0, 0, 0, 2, 0, 0, 0]])
    assert box_formats.moved(PIXELS, transform)[0].tolist() == [[-1, 3, 2, 7], [1, 2, 7, 8]]
    assert box_formats.moved(PIXELS, transform)[1].tolist() == [[0, 0, 1.5, 1.5], [1, 1, 2.5, 3.5]]


def test_bad_boxes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\['labels'\]"):
        box_formats.parts({"labels": PIXELS})
    with pytest.raises(ValueError, match=r"\(2, 2, 3\)"):
        box_formats.parts({"boxes": PIXELS[..., :3]})
    with pytest.raises(ValueError, match="'corners'"):
        box_formats.check_format("corners")
