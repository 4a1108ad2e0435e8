from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import convolutions as K
from torchkeras_compat.legacy.backend.inspection import shape
from torchkeras_compat.legacy.backend.placeholders import placeholder


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("sizes", [(9, 10), (10, 9)])
def test_the_transposed_one_is_the_gradient_of_the_convolution(padding: str, sizes: tuple[int, int]) -> None:
    x = torch.rand(2, *sizes, 4, requires_grad=True)
    kernel = torch.rand(3, 2, 4, 5)
    y = K.conv2d(x, kernel, (2, 3), padding)
    (expected,) = torch.autograd.grad(y.sum(), x)
    found = K.conv2d_transpose(torch.ones_like(y), kernel, x.shape, (2, 3), padding)
    assert torch.allclose(found, expected, atol=1e-5)


def test_the_batch_size_of_the_output_is_not_asked_for() -> None:
    x = placeholder((None, 4, 4, 3))
    assert K.conv2d_transpose(x, torch.ones(2, 2, 5, 3), (None, 8, 8, 5), (2, 2)).shape == (None, 8, 8, 5)
    assert K.conv2d_transpose(x, torch.ones(2, 2, 5, 3), (shape(x)[0], 8, 8, 5), (2, 2)).shape == (None, 8, 8, 5)


def test_channels_first_gives_the_same_numbers() -> None:
    x, kernel = torch.rand(1, 5, 5, 3), torch.rand(3, 3, 3, 2)
    last, first = K.conv2d(x, kernel), K.conv2d(x.movedim(-1, 1), kernel, data_format="channels_first")
    assert torch.allclose(last, first.movedim(1, -1), atol=1e-6)
    sequences, line = torch.rand(1, 5, 3), torch.rand(2, 3, 4)
    last = K.conv1d(sequences, line, padding="causal")
    first = K.conv1d(sequences.movedim(-1, 1), line, padding="causal", data_format="channels_first")
    assert torch.allclose(last, first.movedim(1, -1), atol=1e-6)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid padding: 'causal'"):
        K.conv2d(torch.ones(1, 3, 3, 1), torch.ones(2, 2, 1, 1), padding="causal")
    with pytest.raises(ValueError, match="Unexpected bias dimensions 2, expect to be 1 or 3"):
        K.bias_add(torch.ones(1, 3, 3, 2), torch.ones(3, 2))
    with pytest.raises(ValueError, match="channel"):
        K.conv2d(torch.ones(1, 3, 3, 2), torch.ones(2, 2, 1, 1))


def test_volumes_are_turned_back_too() -> None:
    x = torch.rand(1, 4, 4, 4, 2, requires_grad=True)
    kernel = torch.rand(2, 2, 2, 2, 3)
    y = K.conv3d(x, kernel, (2, 2, 2))
    (expected,) = torch.autograd.grad(y.sum(), x)
    assert torch.allclose(K.conv3d_transpose(torch.ones_like(y), kernel, x.shape, (2, 2, 2)), expected, atol=1e-5)


def test_separable_sequences_are_depthwise_then_pointwise() -> None:
    x, depth, point = torch.rand(1, 6, 2), torch.rand(3, 2, 2), torch.rand(1, 4, 5)
    each = torch.cat([K.conv1d(x[..., i : i + 1], depth[:, i : i + 1].contiguous()) for i in range(2)], -1)
    assert torch.allclose(K.separable_conv1d(x, depth, point), each @ point[0], atol=1e-5)
