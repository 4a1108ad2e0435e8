"""Circle, against Keras."""

from __future__ import annotations

import types
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.losses.against_keras import REDUCTIONS, RNG, LossConfigChecks, compare, data
from torchkeras_compat import losses


class TestConfigs(LossConfigChecks):
    configs: ClassVar[list[tuple[str, dict[str, Any]]]] = [("Circle", {"gamma": 3.0, "margin": 0.3})]


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_circle_is_that_of_keras(real_keras: types.ModuleType, reduction: str | None) -> None:
    labels = np.array([1, 1, 2, 2, 3, 4], dtype="int32")
    embeddings = RNG.normal(size=(6, 4)).astype("float32")
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    weight = RNG.random(6).astype("float32")
    for arguments in ({}, {"gamma": 2.0, "margin": 0.25, "remove_diagonal": False}):
        ours = losses.Circle(**arguments, reduction=reduction)
        theirs = real_keras.losses.Circle(**arguments, reduction=reduction)
        for y_true in (labels, labels[:, None], labels * 0, np.arange(6)):
            for w in (None, weight):
                for mask in (None, weight > 0.4):
                    compare(ours, theirs, y_true, embeddings, w, mask)
    references = data("real", "real", (5, 4))[0]
    both = [
        f(labels, embeddings, np.arange(5, dtype="int32"), references, False)
        for f in (losses.circle, real_keras.losses.circle)
    ]
    torch.testing.assert_close(*both)


def test_the_shape_of_labels_is_checked() -> None:
    with pytest.raises(ValueError, match=r"y_true.shape=\(3,\) for embeddings of shape \(2, 4\)"):
        losses.circle([1, 2, 3], torch.zeros(2, 4))
