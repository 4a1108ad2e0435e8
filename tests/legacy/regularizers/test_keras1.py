"""Regularizers by the names of Keras 1."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import regularizers
from torchkeras_compat.legacy.regularizers import keras1

X = torch.tensor([[1.0, -2.0], [0.5, 3.0]])


def test_penalties() -> None:
    assert keras1.l1(l=0.1)(X).item() == pytest.approx(0.65)
    assert keras1.l2(l=0.1)(X).item() == pytest.approx(1.425)
    assert keras1.l1l2(l1=0.1, l2=0.1)(X).item() == pytest.approx(2.075)
    assert keras1.activity_l2(0.1)(X).item() == pytest.approx(1.425)
    assert keras1.WeightRegularizer(l1=0.1)(X).item() == pytest.approx(0.65)
    assert keras1.ActivityRegularizer(l2=0.1)(X).item() == pytest.approx(1.425)


def test_defaults_of_keras_1() -> None:
    assert keras1.l1()(X).item() == pytest.approx(0.065) and keras1.l2()(X).item() == pytest.approx(0.1425)
    assert keras1.activity_l1l2()(X).item() == pytest.approx(0.2075)
    assert keras1.WeightRegularizer()(X).item() == 0.0


def test_the_largest_singular_value() -> None:
    x = np.random.RandomState(0).rand(4, 3)
    expected = 0.5 * np.linalg.svd(x)[1][0]
    found = keras1.EigenvalueRegularizer(0.5)(torch.tensor(x))
    assert found.item() == pytest.approx(expected, rel=1e-6)


def test_its_gradient_configs_and_errors() -> None:
    x = torch.rand(3, 3, requires_grad=True)
    keras1.EigenvalueRegularizer(1.0)(x).backward()
    assert x.grad is not None and torch.isfinite(x.grad).all()
    again = regularizers.deserialize(regularizers.serialize(keras1.EigenvalueRegularizer(0.5)))
    assert again.get_config() == {"k": 0.5}
    with pytest.raises(ValueError, match=r"shape=\(3,\)"):
        keras1.EigenvalueRegularizer(1.0)(torch.ones(3))
    with pytest.raises(ValueError, match="k=-1"):
        keras1.EigenvalueRegularizer(-1)
