"""Functions mapped over leading axes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_vectorize_maps_over_leading_axes():
    x = np.arange(12.0).reshape(3, 2, 2)
    np.testing.assert_allclose(ops.vectorize(lambda a, b: a * b + 1)([1, 2], 3), [4, 7])
    traces = ops.vectorize(torch.trace, signature="(n,n)->()")
    np.testing.assert_allclose(traces(x), np.trace(x, axis1=1, axis2=2))
    power = ops.vectorize(lambda a, n: a**n, excluded={1})
    np.testing.assert_allclose(power(x, 2), x**2)
    assert traces(KerasTensor((None, 2, 2))).shape == (None,)
    with pytest.raises(ValueError, match="'n->m'"):
        ops.vectorize(torch.trace, signature="n->m")
    with pytest.raises(ValueError, match="1 arguments, but received 2"):
        traces(x, x)
    with pytest.raises(TypeError, match="pyfunc=3"):
        ops.vectorize(3)
