"""Binary and categorical crossentropies, against Keras."""

from __future__ import annotations

import types
from typing import ClassVar

import numpy as np
import pytest
import torch

from tests.losses.against_keras import PREDICTIONS, RNG, Case, LossChecks
from torchkeras_compat import losses


class TestCrossentropy(LossChecks):
    cases: ClassVar[list[Case]] = [
        Case("BinaryCrossentropy", {}, "binary", "fraction"),
        Case("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real"),
        Case("CategoricalCrossentropy", {}, "one_hot", "fraction"),
        Case("CategoricalCrossentropy", {"label_smoothing": 0.2}, "probability", "probability"),
        Case("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "one_hot", "real"),
        Case("SparseCategoricalCrossentropy", {}, "class", "fraction"),
        Case("SparseCategoricalCrossentropy", {"from_logits": True}, "class", "real"),
        Case("SparseCategoricalCrossentropy", {"ignore_class": 1}, "class", "probability"),
        Case("SparseCategoricalCrossentropy", {"ignore_class": 1, "from_logits": True}, "class", "real"),
    ]


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_the_axis_of_the_classes_may_be_any(real_keras: types.ModuleType, axis: int) -> None:
    y_pred = PREDICTIONS["fraction"]((2, 4, 3, 5))
    classes = y_pred.shape[axis]
    labels = RNG.integers(0, classes, [s for i, s in enumerate(y_pred.shape) if i != axis % 4])
    one_hot = np.moveaxis(np.eye(classes, dtype="float32")[labels], -1, axis)
    for from_logits in (False, True):
        sparse = losses.sparse_categorical_crossentropy(labels, y_pred, from_logits, axis=axis)
        torch.testing.assert_close(sparse, losses.categorical_crossentropy(one_hot, y_pred, from_logits, axis=axis))
        expected = real_keras.losses.categorical_crossentropy(one_hot, y_pred, from_logits, axis=axis)
        torch.testing.assert_close(sparse, expected)
        again = losses.SparseCategoricalCrossentropy(from_logits, axis=axis)(np.expand_dims(labels, axis), y_pred)
        torch.testing.assert_close(again, expected.mean())


@pytest.mark.parametrize("classes", [3, 200])
def test_few_and_many_classes_are_computed_alike(classes: int) -> None:
    """The shorter way for many classes against the definition."""
    p = torch.rand(7, classes, dtype=torch.float64, requires_grad=True)
    labels = torch.randint(classes, (7,))
    value = losses.SparseCategoricalCrossentropy(dtype="float64")(labels, p)
    expected = -(p / p.sum(1, keepdim=True))[torch.arange(7), labels].log().mean()
    torch.testing.assert_close(value, expected)
    torch.testing.assert_close(*(torch.autograd.grad(v, p, retain_graph=True)[0] for v in (value, expected)))


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight", None])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(("shape", "axis"), [((6, 3), -1), ((2, 4, 3), -1), ((2, 3, 4), 1), ((4, 70), -1)])
def test_an_ignored_class_may_have_any_prediction(real_keras, shape, axis, from_logits, bad, reduction):
    prediction = np.random.default_rng(0).uniform(0.1, 1.0, shape).astype("float32")
    labels = np.random.default_rng(1).integers(0, 3, np.delete(shape, axis))
    labels.flat[[0, 2]] = 255
    ignored = np.broadcast_to(np.expand_dims(labels == 255, axis), shape)
    results = []
    for space, filling in ((losses, bad), (losses, 0.5), (real_keras.losses, 0.5)):
        y_pred = torch.tensor(np.where(ignored, np.float32(filling), prediction), requires_grad=True)
        loss = space.SparseCategoricalCrossentropy(from_logits, 255, axis=axis, reduction=reduction)
        value = loss(torch.tensor(labels), y_pred)
        value.sum().backward()
        results.append((value.detach().numpy(), y_pred.grad.numpy()))
        assert not y_pred.grad.numpy()[ignored].any()
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_nothing_but_ignored_classes_is_a_loss_of_zero():
    y_pred = torch.full((2, 3), torch.nan, requires_grad=True)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)(torch.tensor([-1, -1]), y_pred)
    loss.backward()
    assert loss.item() == 0.0
    assert not y_pred.grad.any()


def test_an_ignored_class_need_not_be_one() -> None:
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255)
    value = loss(torch.tensor([0, 255]), torch.tensor([[0.25, 0.75], [0.5, 0.5]]))
    assert value.item() == pytest.approx(-np.log(0.25))
    with pytest.raises(ValueError, match="Received labels from 0 to 7"):
        loss(torch.tensor([7, 255]), torch.tensor([[0.25, 0.75], [0.5, 0.5]]))


def test_one_class_is_warned_of() -> None:
    with pytest.warns(SyntaxWarning, match=r"one class: y_pred.shape=\(4, 1\)"):
        losses.CategoricalCrossentropy()(torch.ones(4, 1), torch.ones(4, 1))
