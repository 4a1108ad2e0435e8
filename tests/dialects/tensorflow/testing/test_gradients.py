"""`tf.test.compute_gradient`."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.testing.gradients import compute_gradient


def test_both_jacobians_agree() -> None:
    exact, numeric = compute_gradient(lambda x, y: x * x * y, [np.array([1.0, 2.0]), np.array([3.0, 4.0])])
    assert [j.shape for j in exact] == [(2, 2), (2, 2)]
    np.testing.assert_allclose(exact[0], [[6, 0], [0, 16]])
    for a, b in zip(exact, numeric, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="list"):
        compute_gradient(lambda x: x, np.ones(1))
