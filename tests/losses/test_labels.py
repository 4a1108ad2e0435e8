"""Integer class labels that are not a class."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from torchkeras_compat import losses


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("classes", [3, 100])
@pytest.mark.parametrize("labels", [[0, 2, -1], [0, 1, 100], [-100, 0, 1]])
def test_labels_that_are_not_a_class_are_named(labels: list[int], classes: int, from_logits: bool) -> None:
    y_pred = torch.rand(3, classes)
    loss = losses.SparseCategoricalCrossentropy(from_logits)
    message = (
        f"Labels must be in [0, {classes}): the predictions have {classes} classes."
        f" Received labels from {min(labels)} to {max(labels)}."
    )
    for call in (
        lambda: loss(torch.tensor(labels), y_pred),
        lambda: loss(np.array(labels), y_pred.numpy(), sample_weight=np.ones(3)),
        lambda: losses.sparse_categorical_crossentropy(torch.tensor([labels]), y_pred[None], from_logits),
        lambda: losses.categorical_generalized_cross_entropy(torch.tensor(labels), y_pred, 0.5),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            call()


@pytest.mark.parametrize("loss", [losses.BinaryCrossentropy(), losses.binary_crossentropy])
def test_binary_labels_outside_of_their_range_are_named(loss: object) -> None:
    with pytest.raises(ValueError, match=r"in \[0, 1\]. Received labels from -1 to 2"):
        loss(torch.tensor([[-1.0], [2.0]]), torch.rand(2, 1))  # type: ignore[operator]
