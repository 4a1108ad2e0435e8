"""Programs, and how two recordings are compared."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.tracing.recorded import record

W = torch.randn(3, 3)
OTHER = W.clone()


def test_the_same_operations_on_the_same_tensors_agree():
    a, b = (record(lambda x: (torch.relu(x @ W) * 2,), torch.randn(2, 3)) for _ in range(2))
    assert a.difference(b) is None
    assert [v.tensor is W for v in a.outside()] == [True]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (lambda x: (torch.relu(x @ W) * 3,), "other arguments of aten.mul.Tensor"),
        (lambda x: (torch.tanh(x @ W) * 2,), "relu"),
        (lambda x: (torch.relu(x @ OTHER) * 2,), "other arguments of aten.mm.default"),
        (lambda x: (torch.relu(x @ W) * 2 + 1,), "3 operations, then 4"),
        (lambda x: (torch.relu(x @ W) * 2.0,), "other arguments"),
        (lambda x: ((h := torch.relu(x @ W)) * 2, h), "other results"),
    ],
)
def test_differences_are_said(other, reason):
    a, b = record(lambda x: (torch.relu(x @ W) * 2,), torch.randn(2, 3)), record(other, torch.randn(2, 3))
    assert reason in a.difference(b)


def test_a_tensor_made_outside_in_each_step_is_another_one():
    a, b = (record(lambda x: (x * torch.from_numpy(np.ones(100)),), torch.randn(2, 100)) for _ in range(2))
    assert "other arguments" in a.difference(b)


def test_numbers_written_down_are_compared_by_value():
    a, b = (record(lambda x: (x * torch.tensor([1.0, float("nan")]),), torch.randn(2)) for _ in range(2))
    c = record(lambda x: (x * torch.tensor([2.0, float("nan")]),), torch.randn(2))
    assert a.difference(b) is None
    assert a.difference(c) is not None


def test_an_alias_of_a_weight_is_the_same_tensor():
    a, b = (record(lambda x: (x @ W.data,), torch.randn(2, 3)) for _ in range(2))
    assert a.difference(b) is None
