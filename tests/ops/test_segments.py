"""Reductions of segments, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import (
    segments,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize("name, reduce, neutral", [
    ("segment_sum", np.sum, 0), ("segment_max", np.max, -np.inf),
    ("segment_min", np.min, np.inf), ("segment_prod", np.prod, 1),
])  # fmt: skip
@pytest.mark.parametrize("count", [None, 5])
def test_segments_are_reduced_one_by_one(name, reduce, neutral, count):
    data, ids = np.random.rand(6, 2).astype("float32"), np.array([0, 3, 0, -1, 1, 3])
    out = getattr(segments, name)(data, ids, count)
    expected = [reduce(data[ids == i], axis=0) if (ids == i).any() else [neutral] * 2 for i in range(count or 4)]
    np.testing.assert_allclose(out, expected, rtol=1e-6)
    assert getattr(segments, name)(KerasTensor((None, 2)), KerasTensor((9,), "int32"), count).shape == (count, 2)


def test_segments_of_integers_and_ids_too_large():
    assert segments.segment_max(np.array([1, 5, 3], "int32"), [0, 0, 9], 2).tolist() == [5, -(2**31)]


@pytest.mark.parametrize("ids, words", [([[0], [1]], r"1-D vector.*shape=\(2, 1\)"), ([0, 1, 2], "Received: 3 and 2")])
def test_segments_refuse_other_ids(ids, words):
    with pytest.raises(ValueError, match=words):
        segments.segment_sum(torch.ones(2), ids)
