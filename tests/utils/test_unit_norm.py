"""normalize beside Keras's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.utils.unit_norm import normalize


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
def test_arrays_are_scaled_as_in_keras(real_keras, order):
    x = np.random.default_rng(0).normal(size=(4, 3))
    x[1] = 0
    np.testing.assert_allclose(normalize(x, -1, order), real_keras.utils.normalize(x, -1, order), rtol=1e-12)
    np.testing.assert_allclose(normalize(x.T, 0, order), normalize(x, -1, order).T, rtol=1e-12)


def test_one_axis_becomes_two_as_in_keras(real_keras):
    assert normalize([3, 4]).tolist() == real_keras.utils.normalize(np.array([3, 4])).tolist() == [[0.6, 0.8]]


def test_tensors_stay_tensors(real_keras):
    x = torch.tensor([[3.0, 4.0], [0.0, 2.0]], requires_grad=True)
    torch.testing.assert_close(normalize(x), real_keras.utils.normalize(x))
    assert normalize(x).requires_grad
