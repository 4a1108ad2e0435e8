"""Against torch's own shapes, and against every output size of a window that starts inside the data."""

from __future__ import annotations

import itertools

import pytest
import torch

from torchkeras_compat.ops import padding

GRID = list(itertools.product(range(1, 9), (1, 2, 3, 4, 5), (1, 2, 3)))


@pytest.mark.parametrize("dilation", [1, 2])
def test_same_padding_gives_the_ceiling_of_size_by_stride(dilation):
    for size, kernel, stride in GRID:
        before, after = padding.same_padding(size, kernel, stride, dilation)
        assert 0 <= after - before <= 1
        outputs = (size + before + after - (kernel - 1) * dilation - 1) // stride + 1
        assert outputs == -(-size // stride) == padding.output_size(size, kernel, stride, "same", dilation)


@pytest.mark.parametrize("pool", [torch.nn.functional.max_pool1d, torch.nn.functional.avg_pool1d])
def test_pooling_padding_has_the_same_number_of_windows(pool):
    for size, kernel, stride in GRID:
        fit = padding.pooling_padding((size,), (kernel,), (stride,))
        if fit is None:
            assert stride == 1 and kernel % 2 == 0
            continue
        (amount,), ceil_mode = fit
        assert pool(torch.ones(1, 1, size), kernel, stride, amount, ceil_mode=ceil_mode).shape[2] == -(-size // stride)


def test_valid_and_unknown_sizes():
    assert padding.output_size(10, 3, 2, "valid") == 4
    assert padding.output_size(None, 3, 2, "valid") is None
    assert padding.transpose_output_size(None, 3, 2, "same") is None


def test_transposed_same_gives_size_times_stride():
    for size, kernel, stride in GRID:
        assert padding.transpose_output_size(size, kernel, stride, "same") == size * stride


def test_causal_padding_is_all_before():
    assert padding.causal_padding(4, dilation=3) == (9, 0)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: padding.per_axis((1, 2), 3, "strides"), r"tuple of 3 integers. Received strides=\(1, 2\)"),
        (lambda: padding.per_axis(0, 2, "strides"), "Received strides=0"),
        (lambda: padding.check_padding("full"), "Received: padding='full'"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
