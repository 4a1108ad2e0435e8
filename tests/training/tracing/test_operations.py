"""What is known of operations."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.training.tracing import operations

aten = torch.ops.aten


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (aten.mul.Tensor, ((), ())),
        (aten.mul_.Tensor, ((0,), ())),
        (aten.mm.out, ((), ("out",))),
        (aten.native_batch_norm.default, ((3, 4), ())),  # its schema says nothing
        (aten._native_batch_norm_legit.default, ((3, 4), ())),
    ],
)
def test_what_is_written(function, expected):
    assert operations.written(function) == expected


@pytest.mark.parametrize(
    ("function", "is_pure"),
    [
        (aten.mul.Tensor, True),
        (aten.view.default, True),
        (aten.mm.default, True),
        (aten.mul_.Tensor, False),
        (aten.bernoulli.default, False),
        (aten.native_batch_norm.default, False),
        (aten.empty_like.default, False),
    ],
)
def test_what_is_pure(function, is_pure):
    assert operations.is_pure(function) is is_pure


def test_every_name_is_one_of_torch():
    for name in operations._PURE | operations._OF_FORM | operations._HIDDEN_WRITES.keys():
        library, _, function = name.partition("::")
        assert hasattr(getattr(torch.ops, library), function), name


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (aten.relu.default, (aten.relu_.default, None)),
        (aten.mul.Tensor, (aten.mul_.Tensor, None)),
        (aten.threshold_backward.default, (aten.threshold_backward.grad_input, "grad_input")),
        (aten.mm.default, None),
        (aten.cumsum.default, None),
        (aten.bernoulli.default, None),
    ],
)
def test_what_can_be_written_in_place(function, expected):
    assert operations.in_place(function) == expected
