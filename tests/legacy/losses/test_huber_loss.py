"""`huber_loss` of Keras 2.3."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers, losses
from torchkeras_compat.legacy.losses.huber_loss import huber_loss


@pytest.mark.parametrize("delta", [1.0, 0.5])
def test_a_value_per_unit(delta: float) -> None:
    a, b = np.random.RandomState(0).randn(2, 3, 4)
    error = np.abs(b - a)
    small = np.minimum(error, delta)
    np.testing.assert_allclose(huber_loss(a, b, delta=delta), 0.5 * small**2 + delta * (error - small), rtol=1e-5)


def test_training_with_it_is_training_with_huber() -> None:
    model = Sequential([layers.Dense(3, input_dim=4)])
    x, y = np.random.RandomState(0).randn(8, 4), np.random.RandomState(1).randn(8, 3)
    found = []
    for loss in (huber_loss, losses.huber, "huber_loss"):
        model.compile("sgd", loss)
        found.append(model.evaluate(x, y, verbose=0))
    assert found[0] == pytest.approx(found[1]) == pytest.approx(found[2])
