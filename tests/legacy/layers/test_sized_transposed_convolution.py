"""`SizedConv2DTranspose`: the gradient of a convolution, for inputs of the size that is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.sized_transposed_convolution import SizedConv2DTranspose


@pytest.mark.parametrize(("size", "inputs", "stride"), [(7, 3, 2), (8, 3, 2), (5, 3, 1), (9, 3, 3)])
def test_valid_padding(size: int, inputs: int, stride: int) -> None:
    layer = SizedConv2DTranspose(2, 3, output_shape=(None, size, size, 2), strides=stride)
    x = torch.randn(1, inputs, inputs, 4)
    layer(x)
    kernel = layer.kernel.value  # (rows, columns, filters, channels)
    image = torch.zeros(1, 2, size, size, requires_grad=True)
    y = torch.nn.functional.conv2d(image, kernel.permute(3, 2, 0, 1), stride=stride)
    (expected,) = torch.autograd.grad(y, image, x.permute(0, 3, 1, 2))
    torch.testing.assert_close(layer(x), expected.permute(0, 2, 3, 1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kernel", [3, 4])
def test_same_padding(kernel: int) -> None:
    layer = SizedConv2DTranspose(2, kernel, output_shape=(None, 6, 6, 2), strides=2, padding="same")
    assert layer(torch.ones(1, 3, 3, 4)).shape == (1, 6, 6, 2)


def test_round_trip(tmp_path: Path) -> None:
    layer = SizedConv2DTranspose(2, 3, output_shape=(None, 8, 8, 2), strides=2)
    check_round_trip(layer, torch.tensor(np.random.rand(1, 3, 3, 2), dtype=torch.float32), tmp_path)


def test_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match=r"output_shape=\(4, 4\)"):
        SizedConv2DTranspose(2, 3, output_shape=(4, 4))
    with pytest.raises(ValueError, match="3 channels, and there are 2 filters"):
        SizedConv2DTranspose(2, 3, output_shape=(None, 4, 4, 3))
    with pytest.raises(ValueError, match="outputs of 5 to 5 of an input of 3"):
        SizedConv2DTranspose(2, 3, output_shape=(None, 9, 9, 2)).build((None, 3, 3, 1))
