"""Generators and iterables as training data."""

from __future__ import annotations

import numpy as np
import torch

from tests.data.batch_sources import pairs
from torchkeras_compat.data.make_adapter import make_adapter


def test_a_generator_is_not_restarted_and_loses_no_batch():
    adapter = make_adapter(pairs(3), device="cpu")
    assert adapter.num_batches is None
    batches = adapter.epoch()
    x, y, weights = next(batches)
    assert x.dtype is torch.float32 and y.dtype is torch.int64 and weights is None
    assert [y[0].item() for _, y, _ in batches] == [1, 2]
    assert list(adapter.epoch()) == []


def test_an_iterable_starts_again():
    class Batches:
        def __iter__(self):
            return pairs(3)

    adapter = make_adapter(Batches(), device="cpu")
    assert [len(list(adapter.epoch())) for _ in range(2)] == [3, 3]


def test_a_generator_may_yield_structures_and_bare_inputs():
    x, y, _ = next(make_adapter(iter([({"a": np.ones((2, 1)), "b": None}, [np.ones(2)])]), device="cpu").epoch())
    assert x["a"].dtype is torch.float32 and x["b"] is None and isinstance(y, list)
    x, y, _ = next(make_adapter(iter([np.ones((2, 1))]), device="cpu").epoch())
    assert y is None and x.shape == (2, 1)
