from __future__ import annotations

import itertools

import pytest
import torch

from torchkeras_compat.ops import pooling
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_max_pool_as_in_keras(real_keras, axes, data_format):
    for size, window, strides, padding in itertools.product((6, 7), (1, 2, 3), (1, 2, 3), ("valid", "same")):
        spatial = (size,) * axes
        x = torch.randn(2, *spatial, 3) if data_format == "channels_last" else torch.randn(2, 3, *spatial)
        arguments = (window, strides, padding, data_format)
        torch.testing.assert_close(pooling.max_pool(x, *arguments), real_keras.ops.max_pool(x, *arguments).cpu())


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_average_pool_counts_only_what_is_inside(axes):
    """Against the sums of elements and of ones; Keras 3 on torch repeats the border where the padding is odd."""
    for size, window, strides in itertools.product((6, 7), (1, 2, 3, 4), (1, 2, 3)):
        x = torch.rand(2, *(size,) * axes, 3)
        sums = pooling.average_pool(torch.cat([x, torch.ones_like(x)]), window, strides, "same")
        brute = x
        for axis in range(1, axes + 1):
            total = max((-(-size // strides) - 1) * strides + window - size, 0)
            starts = [i * strides - total // 2 for i in range(-(-size // strides))]
            parts = [brute.narrow(axis, max(s, 0), min(s + window, size) - max(s, 0)) for s in starts]
            brute = torch.cat([part.mean(dim=axis, keepdim=True) for part in parts], dim=axis)
        torch.testing.assert_close(sums[:2], brute)
        torch.testing.assert_close(sums[2:], torch.ones_like(brute))


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_average_pool_valid_and_adaptive_as_in_keras(real_keras, axes):
    x = torch.rand(2, *(7,) * axes, 3)
    for window, strides in itertools.product((1, 2, 3), (None, 1, 2)):
        torch.testing.assert_close(
            pooling.average_pool(x, window, strides), real_keras.ops.average_pool(x, window, strides).cpu()
        )
    for name, size in itertools.product(("adaptive_max_pool", "adaptive_average_pool"), (1, 2, 3)):
        torch.testing.assert_close(getattr(pooling, name)(x, size), getattr(real_keras.ops, name)(x, size).cpu())


@pytest.mark.parametrize("function", [pooling.max_pool, pooling.average_pool])
def test_symbolic_shapes(function):
    assert function(KerasTensor((None, 9, None, 3)), 2, 2, "same").shape == (None, 5, None, 3)
    assert function(KerasTensor((None, 3, 9, 9)), (2, 3), data_format="channels_first").shape == (None, 3, 4, 3)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"inputs.shape=\(2, 3\)"):
        pooling.max_pool(torch.ones(2, 3), 2)
    with pytest.raises(ValueError, match="Received: padding='causal'"):
        pooling.average_pool(torch.ones(2, 3, 4), 2, padding="causal")
