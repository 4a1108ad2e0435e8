"""Rows of ragged tensors chosen and joined; properties beside lists."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.arrays.joining import concat
from torchkeras_compat.dialects.tensorflow.arrays.padding import pad
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.math.reduction import reduce_mean, reduce_sum
from torchkeras_compat.dialects.tensorflow.ragged.making import constant
from torchkeras_compat.dialects.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras_compat.dialects.tensorflow.ragged.rows import take


def some_rows(seed: int) -> list[list[int]]:
    random = np.random.RandomState(seed)
    return [random.randint(0, 9, random.randint(0, 5)).tolist() for _ in range(6)]


@pytest.mark.parametrize("seed", range(4))
def test_rows_behave_as_lists_do(seed: int) -> None:
    rows, others = some_rows(seed), some_rows(seed + 10)
    x, y = constant(rows, dtype="int32"), constant(others, dtype="int32")
    assert x.to_list() == rows
    assert x[1:4].to_list() == rows[1:4]
    assert x[::-1].to_list() == rows[::-1]
    assert x[:, 1:3].to_list() == [row[1:3] for row in rows]
    assert x[:, ::-1].to_list() == [row[::-1] for row in rows]
    assert concat([x, y], 1).to_list() == [a + b for a, b in zip(rows, others, strict=True)]
    assert concat([x, y], 0).to_list() == rows + others
    assert reduce_sum(x, axis=1).numpy().tolist() == [sum(row) for row in rows]
    assert RaggedTensor.from_tensor(x.to_tensor(-1), padding=-1).to_list() == rows
    assert take(x, torch.tensor([2, 0, 2])).to_list() == [rows[2], rows[0], rows[2]]


def test_the_mean_of_no_numbers_is_nan() -> None:
    found = reduce_mean(constant([[1.0, 2.0], []]), axis=1).numpy()
    assert found[0] == 1.5
    assert np.isnan(found[1])


def test_what_is_not_known_for_ragged_tensors_says_what_to_use() -> None:
    with pytest.raises(TypeError, match=r"`tf.pad` does not take ragged tensors here. Use `x.to_tensor\(\)`"):
        pad(constant([[1]]), [[0, 0], [1, 1]])
    with pytest.raises(InvalidArgumentError, match="Row 5 does not exist"):
        constant([[1]])[5]
    with pytest.raises(NotImplementedError, match="over axis 0 is not supported"):
        reduce_sum(constant([[1]]), axis=0)


def test_rows_of_different_numbers_are_not_joined() -> None:
    with pytest.raises(InvalidArgumentError, match="different numbers of rows"):
        concat([constant([[1]]), constant([[1], [2]])], 1)
