from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.backend import reductions as K
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize("name", ["max", "min", "sum", "prod", "mean", "std", "var", "logsumexp", "any", "all"])
def test_axes_may_be_lists_and_arrays(name: str) -> None:
    x = torch.rand(2, 3, 4)
    function = getattr(K, name)
    for axes in ([1, 2], np.arange(1, 3), (1, -1)):
        assert torch.equal(function(x, axis=axes, keepdims=True), function(x, (1, 2), True))
    assert function(x, axis=np.int64(1)).shape == (2, 4)
    assert function(KerasTensor((None, 3, 4)), axis=[1, 2]).shape == (None,)


def test_the_mean_of_booleans_is_their_fraction() -> None:
    assert float(K.mean(torch.tensor([True, False]))) == 0.5
