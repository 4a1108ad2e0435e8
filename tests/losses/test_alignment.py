"""Targets and predictions of different shapes and dtypes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.losses.against_keras import PREDICTIONS, TARGETS
from torchkeras_compat import losses


@pytest.mark.parametrize(
    "name",
    [
        "mean_squared_error",
        "huber",
        "log_cosh",
        "hinge",
        "kl_divergence",
        "poisson",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "binary_focal_crossentropy",
        "categorical_focal_crossentropy",
        "dice",
        "tversky",
        "cosine_similarity",
    ],
)
def test_both_shapes_are_named(name: str) -> None:
    y_true, y_pred = torch.zeros(4, 2), torch.rand(4, 3)
    with pytest.raises(ValueError, match=r"(?s)shape=\(4, 2\).*shape=\(4, 3\)"):
        getattr(losses, name)(y_true, y_pred)


BOOLEAN = [
    ("one_hot", name)
    for name in (
        "CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge KLDivergence MeanSquaredError Poisson"
        " BinaryCrossentropy BinaryFocalCrossentropy Dice Tversky Hinge Huber LogCosh CosineSimilarity"
    ).split()
]


@pytest.mark.parametrize(("kind", "name"), BOOLEAN)
def test_boolean_targets_are_zeros_and_ones(real_keras, kind, name):
    y_true, y_pred = TARGETS[kind]((6, 3)), PREDICTIONS["probability"]((6, 3))
    loss = getattr(losses, name)()
    ours = [float(loss(t, torch.tensor(y_pred))) for t in (y_true == 1, torch.tensor(y_true == 1), y_true)]
    np.testing.assert_allclose(ours, float(getattr(real_keras.losses, name)()(y_true, y_pred)), rtol=1e-5)
