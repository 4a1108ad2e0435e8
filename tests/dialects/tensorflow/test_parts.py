"""Parts of tensors that brackets choose (values of TensorFlow 2.15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap


@pytest.fixture
def c() -> Tensor:
    """A tensor that is part of autograd's graph."""
    found: Tensor = wrap(torch.tensor([1.0, 2.0], requires_grad=True))
    return found


@pytest.fixture
def i() -> Tensor:
    """Integers."""
    found: Tensor = wrap(torch.tensor([1, 2], dtype=torch.int32))
    return found


def same(x: Any, values: Any, dtype: str) -> None:
    """Assert that a tensor of the dialect holds these values."""
    assert type(x) is Tensor
    assert x.dtype == dtype
    np.testing.assert_allclose(x.numpy(), values)


def test_a_part_at_an_index_without_a_value_has_its_shape() -> None:
    i = wrap(torch.zeros((), dtype=torch.int32, device="meta"))
    assert wrap(torch.zeros(2, 3, 4, device="meta"))[:, i].shape.as_list() == [2, 4]


@pytest.mark.parametrize(
    "key", [0, -1, slice(None, None, -1), (None, 1), (..., None), (slice(3, 0, -2), 0), (0, slice(None, None, -1)), ...]
)
def test_parts(key: Any) -> None:
    values = np.arange(8.0).reshape(4, 2)
    same(wrap(torch.tensor(values))[key], values[key], "float64")


def test_parts_by_tensors(c: Tensor, i: Tensor) -> None:
    same(c[c > 1], [2.0], "float32")
    same(c[i[0]], 2.0, "float32")
    same(c[: i[0]], [1.0], "float32")
    assert [1, 2, 3][i[1]] == 3
