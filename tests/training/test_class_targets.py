"""Targets of torch's losses of classes, beside the same loss called by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.training.class_targets import ClassTargets
from torchkeras_compat.training.loss_function import loss_function

IMAGES = torch.randn(2, 4, 5, 3, generator=torch.Generator().manual_seed(0))  # classes on the last axis
LABELS = torch.randint(0, 3, (2, 4, 5), generator=torch.Generator().manual_seed(1))
EXPECTED = F.cross_entropy(IMAGES.movedim(-1, 1), LABELS)


def named(loss):
    return getattr(loss, "__name__", None) or str(loss)


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8, torch.float32], ids=str)
@pytest.mark.parametrize("make", [nn.CrossEntropyLoss, nn.NLLLoss])
def test_labels_say_by_their_shape_where_the_classes_are(make: Any, dtype: torch.dtype) -> None:
    expected = make()(IMAGES.movedim(-1, 1), LABELS)
    for labels in (LABELS, LABELS[..., None], LABELS[:, None]):
        torch.testing.assert_close(loss_function(make())(labels.to(dtype), IMAGES, None), expected)
        torch.testing.assert_close(loss_function(make())(labels.to(dtype), IMAGES.movedim(-1, 1), None), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.bool, torch.float16], ids=str)
def test_one_hot_targets_say_by_their_sums(dtype: torch.dtype) -> None:
    one_hot = F.one_hot(LABELS, 3).to(dtype)
    last, first = (loss_function(nn.CrossEntropyLoss()) for _ in range(2))
    for _ in range(2):
        torch.testing.assert_close(last(one_hot, IMAGES, None).float(), EXPECTED)
        torch.testing.assert_close(first(one_hot.movedim(-1, 1), IMAGES.movedim(-1, 1), None).float(), EXPECTED)
    flat = loss_function(nn.CrossEntropyLoss())(one_hot[:, 0, 0], IMAGES[:, 0, 0], None)
    torch.testing.assert_close(flat.float(), F.cross_entropy(IMAGES[:, 0, 0], LABELS[:, 0, 0]))


def test_soft_targets_and_other_sums() -> None:
    shares = torch.softmax(torch.randn(2, 4, 5, 3), -1)
    expected = F.cross_entropy(IMAGES.movedim(-1, 1), shares.movedim(-1, 1))
    torch.testing.assert_close(loss_function(nn.CrossEntropyLoss())(shares, IMAGES, None), expected)
    loose = torch.rand(2, 4, 5, 3)  # of no axis: as torch has it
    torch.testing.assert_close(
        loss_function(nn.CrossEntropyLoss())(loose, IMAGES, None), F.cross_entropy(IMAGES, loose)
    )


def test_shapes_that_say_nothing_are_those_of_torch_with_a_warning() -> None:
    square, labels = torch.randn(2, 3, 3), torch.randint(0, 3, (2, 3))
    loss = loss_function(nn.CrossEntropyLoss())
    with pytest.warns(UserWarning, match=r"predictions of shape \(2, 3, 3\) on axis 1") as caught:
        for _ in range(2):
            torch.testing.assert_close(loss(labels, square, None), F.cross_entropy(square, labels))
    assert len(caught) == 1


def test_sample_weights_count_for_classes_on_the_last_axis() -> None:
    weights = torch.tensor([1.0, 3.0])
    each = F.cross_entropy(IMAGES.movedim(-1, 1), LABELS, reduction="none")
    found = loss_function(nn.CrossEntropyLoss())(LABELS, IMAGES, weights)
    torch.testing.assert_close(found, (each * weights[:, None, None]).sum() / each.numel())


def test_what_fits_neither_axis_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 5, 3\).*or of shape \(2, 4, 5\).*y_true.shape=\(2, 7\)"):
        ClassTargets(nn.CrossEntropyLoss())(torch.zeros(2, 7), IMAGES)


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), F.cross_entropy], ids=named)
def test_segmentation_trains(loss: Any) -> None:
    model = keras.Sequential([keras.Input((8, 6, 2)), layers.Conv2D(3, 1)])
    x = np.random.default_rng(0).normal(size=(16, 8, 6, 2)).astype("float32")
    y = (x[..., 0] > 0).astype("int32") + (x[..., 1] > 0)
    model.compile("adam", loss)
    history = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]
    plain = F.cross_entropy(model(x).movedim(-1, 1), torch.as_tensor(y).long())
    assert model.evaluate(x, y, verbose=0) == pytest.approx(plain.item(), rel=1e-5)
