"""What losses say when targets and predictions do not fit."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from torchkeras_compat import losses


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("classes", [3, 100])
@pytest.mark.parametrize("labels", [[0, 2, -1], [0, 1, 100], [-100, 0, 1]])
def test_labels_that_are_no_class_are_named(labels: list[int], classes: int, from_logits: bool) -> None:
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


def test_an_ignored_class_need_not_be_one() -> None:
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255)
    value = loss(torch.tensor([0, 255]), torch.tensor([[0.25, 0.75], [0.5, 0.5]]))
    assert value.item() == pytest.approx(-np.log(0.25))
    with pytest.raises(ValueError, match="Received labels from 0 to 7"):
        loss(torch.tensor([7, 255]), torch.tensor([[0.25, 0.75], [0.5, 0.5]]))


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


def test_weights_that_fit_nothing_are_named() -> None:
    with pytest.raises(ValueError, match=r"\(3,\).*\(4,\)"):
        losses.MeanSquaredError()(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=np.ones(3))


def test_one_class_is_warned_of() -> None:
    for name in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy"):
        with pytest.warns(SyntaxWarning, match=r"one class: y_pred.shape=\(4, 1\)"):
            getattr(losses, name)()(torch.ones(4, 1), torch.ones(4, 1))


def test_ctc_and_circle_say_the_shapes_they_need() -> None:
    with pytest.raises(ValueError, match=r"y_true.shape=\(2,\)"):
        losses.ctc([1, 2], torch.zeros(2, 3, 4))
    with pytest.raises(ValueError, match=r"y_pred.shape=\(2, 4\)"):
        losses.ctc([[1], [2]], torch.zeros(2, 4))
    with pytest.raises(ValueError, match=r"y_true.shape=\(3,\) for embeddings of shape \(2, 4\)"):
        losses.circle([1, 2, 3], torch.zeros(2, 4))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Huber", {"delta": -1}, "delta"),
        ("CategoricalGeneralizedCrossEntropy", {"q": 1}, "q must be in the interval"),
        ("MeanSquaredError", {"reduction": "median"}, "Invalid value for argument `reduction`"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(losses, name)(**arguments)


def test_an_unknown_name_comes_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="mean_squared_error"):
        losses.get("mean_squarederror")


@pytest.mark.parametrize("loss", [losses.BinaryCrossentropy(), losses.binary_crossentropy])
def test_binary_labels_outside_of_their_range_are_named(loss: object) -> None:
    with pytest.raises(ValueError, match=r"in \[0, 1\]. Received labels from -1 to 2"):
        loss(torch.tensor([[-1.0], [2.0]]), torch.rand(2, 1))  # type: ignore[operator]
