"""Intersection over union beside real Keras and its paper's values."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from torchkeras_compat.utils.bounding_boxes import compute_ciou, compute_iou

RNG = np.random.RandomState(0)
FIRST = np.concatenate([RNG.uniform(0, 5, (5, 2)), RNG.uniform(5, 9, (5, 2))], axis=1).astype("float32")
SECOND = np.concatenate([RNG.uniform(0, 5, (5, 2)), RNG.uniform(5, 9, (5, 2))], axis=1).astype("float32")


@pytest.mark.parametrize("name", ["xyxy", "yxyx", "xywh", "center_xywh", "rel_xyxy"])
def test_overlaps_are_those_of_keras(real_keras: ModuleType, name: str) -> None:
    theirs = real_keras.utils.bounding_boxes
    shape = {"image_shape": (10, 20, 3)} if name.startswith("rel") else {}
    for one, other in (
        (FIRST, SECOND[:3]),
        (FIRST[None], SECOND),
        (FIRST, np.stack([SECOND] * 2)),
        (np.stack([FIRST] * 2), np.stack([SECOND] * 2)),
        (np.stack([FIRST] * 2), SECOND[None]),
    ):
        got = compute_iou(one, other, name, **shape)
        torch.testing.assert_close(got, theirs.compute_iou(one, other, name, **shape))
    if not shape:  # Keras's fails on relative boxes
        torch.testing.assert_close(compute_ciou(FIRST, SECOND, name), theirs.compute_ciou(FIRST, SECOND, name))


def test_relative_boxes_have_a_complete_overlap() -> None:
    scale = np.array([20, 10, 20, 10], "float32")
    got = compute_ciou(FIRST / scale, SECOND / scale, "rel_xyxy", image_shape=(10, 20, 3))
    torch.testing.assert_close(got, compute_ciou(FIRST, SECOND, "xyxy"))


def test_boxes_that_stand_for_none_are_masked(real_keras: ModuleType) -> None:
    boxes = np.array([[0.0, 0, 4, 4], [-1, -1, -1, -1]], "float32")
    for one, other in ((boxes, FIRST), (FIRST, boxes)):
        expected = real_keras.utils.bounding_boxes.compute_iou(one, other, "xyxy", use_masking=True, mask_val=-3)
        got = compute_iou(one, other, "xyxy", use_masking=True, mask_val=-3)
        torch.testing.assert_close(got, expected)
    assert compute_iou(np.stack([boxes] * 2), FIRST, "xyxy", use_masking=True)[0, 1].tolist() == [-1] * 5
    assert compute_iou(np.zeros((1, 4)), np.zeros((1, 4)), "xyxy").tolist() == [[0]]


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match=r"`boxes1`.*shape \(4,\)"):
        compute_iou(FIRST[0], SECOND, "xyxy")
    with pytest.raises(ValueError, match=r"`boxes2` must be a tensor with the last dimension of 4"):
        compute_iou(FIRST, SECOND[:, :3], "xyxy")
    for function in (compute_iou, compute_ciou):
        with pytest.raises(ValueError, match="relative format 'rel_xyxy'.*image_shape=None"):
            function(FIRST, SECOND, "rel_xyxy")
        with pytest.raises(ValueError, match="format 'bad'"):
            function(FIRST, SECOND, "bad")
